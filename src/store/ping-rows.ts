import * as z from "zod";
import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import type { Ping } from "../domain/notice.ts";
import type { Pings } from "../ports/store.ts";
import { type DueTable, putDue, updateDueBy } from "./due-writes.ts";
import { feedKey } from "./feed-row.ts";
import { pingKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { onVersion } from "./table.ts";

const instant = z.number();

const shape = {
  site: z.string(),
  key: feedKey,
  hub: z.string(),
  version: z.number(),
  topics: z.array(z.string()),
  publicAt: instant,
  attempts: z.number(),
  since: orUndefined(instant),
  wait: orUndefined(instant),
  pinged: orUndefined(instant),
  reason: orUndefined(z.string()),
} satisfies Record<Exclude<keyof Ping, "due">, z.ZodType>;

const pingRow = z.object({ ...shape, dueAt: instant.optional() });

export const tablePings = (rows: DueTable): Pings => ({
  nudge: async (ref, topics, publicAt) => {
    const { site, key, hub } = ref;
    const set = { site, key, hub, topics, publicAt, attempts: 0 };
    const change = { set, remove: ["failures"], add: { version: 1 } };
    await retryOnConflict(
      `the ping of ${hub}`,
      async () => (await updateDueBy(rows, ref, change, publicAt)) ?? conflict,
    );
  },
  read: async (ref) => {
    const row = await rows.table.get(pingKey(ref));
    if (row === undefined) return undefined;
    const { dueAt, ...ping } = pingRow.parse(row);
    return { ...ping, due: dueAt };
  },
  save: ({ due, ...ping }) => {
    const { site, key, hub, version } = ping;
    return putDue(rows, { kind: "ping", site, key, hub }, { ...ping, version: version + 1 }, due, onVersion(version));
  },
});
