import * as z from "zod";
import type { ListingState, Listings } from "../ports/store.ts";
import { listingKey, listingMarksKey, listingMarksPrefix, listingPartition } from "./keys.ts";
import { allRows, type Table } from "./table.ts";

const stateRow = z.object({
  hash: z.string(),
  isSettled: z.boolean(),
  compared: z.number(),
  parts: z.number(),
} satisfies Record<keyof ListingState | "parts", z.ZodType>);

const marksRow = z.object({ marks: z.string() });

const markLength = 16;
/** A row has at most 400 KB. */
const marksInRow = 15_000;

export const tableListings = (table: Table): Listings => ({
  read: async (site, source) => {
    const row = await table.get(listingKey(site, source));
    if (row === undefined) return undefined;
    const { parts: _, ...state } = stateRow.parse(row);
    return state;
  },
  marks: async (site, source) => {
    const found = new Set<string>();
    const query = { partition: listingPartition(site, source), sort: { prefix: listingMarksPrefix }, limit: 100 };
    for await (const row of allRows(table, query)) {
      const { marks } = marksRow.parse(row);
      for (let start = 0; start < marks.length; start += markLength) found.add(marks.slice(start, start + markLength));
    }
    return found;
  },
  save: async (site, source, state, marks) => {
    const before = stateRow.partial().parse((await table.get(listingKey(site, source))) ?? {}).parts ?? 0;
    const parts = Math.ceil(marks.length / marksInRow);
    // The marks first: with an older state they are compared again. Those of a longer listing are emptied.
    for (let part = 0; part < Math.max(parts, before); part += 1) {
      const some = marks.slice(part * marksInRow, (part + 1) * marksInRow);
      await table.put({ ...listingMarksKey(site, source, part), marks: some.join("") });
    }
    await table.put({ ...listingKey(site, source), ...state, parts });
  },
});
