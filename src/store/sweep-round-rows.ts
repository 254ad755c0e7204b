import * as z from "zod";
import type { SweepRound, SweepRounds } from "../ports/store.ts";
import { sweepKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import type { Table } from "./table.ts";

const roundRow = z.object({
  began: z.number(),
  place: orUndefined(z.string()),
  isOver: z.boolean(),
} satisfies Record<keyof SweepRound, z.ZodType>);

export const tableSweepRounds = (table: Table): SweepRounds => ({
  read: async () => {
    const row = await table.get(sweepKey);
    return row && roundRow.parse(row);
  },
  save: async (round) => {
    await table.put({ ...sweepKey, ...round });
  },
});
