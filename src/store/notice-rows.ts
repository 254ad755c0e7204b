import * as z from "zod";
import type { Notice } from "../domain/notice.ts";
import type { Notices } from "../ports/store.ts";
import { type DueTable, putDue } from "./due-writes.ts";
import { noticeKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { onVersion } from "./table.ts";

const instant = z.number();

const shape = {
  site: z.string(),
  to: z.enum(["owner", "site"]),
  about: z.string(),
  version: z.number(),
  items: z.array(z.object({ id: z.string(), from: instant })),
  more: z.number(),
  attempts: z.number(),
  since: orUndefined(instant),
  wait: orUndefined(instant),
  reason: orUndefined(z.string()),
  told: orUndefined(instant),
  count: z.number(),
  content: orUndefined(z.string()),
} satisfies Record<Exclude<keyof Notice, "due">, z.ZodType>;

const noticeRow = z.object({ ...shape, dueAt: instant.optional() });

export const tableNotices = (rows: DueTable): Notices => ({
  read: async ({ site, to, about }) => {
    const row = await rows.table.get(noticeKey({ site, to, about }));
    const { dueAt, ...notice } = noticeRow.parse(
      row ?? { site, to, about, version: 0, items: [], more: 0, attempts: 0, count: 0 },
    );
    return { ...notice, due: dueAt };
  },
  save: ({ due, ...notice }) => {
    const { site, to, about, version } = notice;
    const row = { ...notice, version: version + 1 };
    return putDue(rows, { kind: "notice", site, to, about }, row, due, onVersion(version));
  },
});
