import * as z from "zod";
import { deliveryStates } from "../domain/delivery.ts";
import { BadCursor } from "../domain/errors.ts";
import { type LoggedAct, loggedActs } from "../domain/logged-act.ts";
import { day } from "../domain/time.ts";
import type { ActLog } from "../ports/store.ts";
import { actKey, actPartition } from "./keys.ts";
import { instant, orUndefined, parseRow, rowKey, type Table } from "./table.ts";

const text = z.string();

export const actRow = z.object({
  site: text,
  at: instant,
  id: text,
  act: z.enum(loggedActs),
  by: orUndefined(text),
  slug: orUndefined(text),
  title: orUndefined(text),
  account: orUndefined(text),
  state: orUndefined(z.enum(deliveryStates)),
  reason: orUndefined(text),
} satisfies Record<keyof LoggedAct, z.ZodType>);

const keptFor = 400 * day;
const actsInPage = 50;

/** More rows are removed with each line than are added, until none is too old. */
const removedAtOnce = 3;

export const tableActLog = (table: Table): ActLog => ({
  add: async (act) => {
    await table.put({ ...act, ...actKey(act) });
    const oldest = await table.page({ partition: actPartition(act.site), limit: removedAtOnce });
    for (const row of oldest.rows)
      if (typeof row.at === "number" && row.at < act.at - keptFor) await table.remove(rowKey.parse(row));
  },
  newest: async (site, from) => {
    if (from !== undefined && !/^\d{4}-./.test(from)) throw new BadCursor();
    const { rows } = await table.page({
      partition: actPartition(site),
      ...(from !== undefined && { sort: { between: ["0", from] } }),
      newestFirst: true,
      limit: actsInPage + 1,
    });
    const next = rows[actsInPage];
    return {
      rows: rows.slice(0, actsInPage).flatMap((row) => parseRow(table, row, actRow) ?? []),
      next: next && rowKey.parse(next).sk,
    };
  },
});
