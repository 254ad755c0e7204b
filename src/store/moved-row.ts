import * as z from "zod";
import type { Moves } from "../ports/store.ts";
import { movedKey } from "./keys.ts";
import type { Table } from "./table.ts";

const movedRow = z.object({ at: z.number() });

export const tableMoves = (table: Table): Moves => ({
  read: async () => {
    const row = await table.get(movedKey);
    return row && movedRow.parse(row).at;
  },
  mark: async (at) => {
    await table.put({ ...movedKey, at }, undefined, { durable: true });
  },
  clear: async () => {
    await table.remove(movedKey);
  },
});
