import * as z from "zod";
import type { Archive, ArchiveMark, NumberedPost } from "../ports/store.ts";
import { feedPartition, markKey, markPrefix, numberKey, numberOfPostKey, numberPrefix } from "./keys.ts";
import { collect, type Table } from "./table.ts";

const numberedRow = z.object({ number: z.number(), id: z.string() } satisfies Record<keyof NumberedPost, z.ZodType>);
const markRow = z.object({
  id: z.string(),
  published: z.number(),
  version: z.number(),
} satisfies Record<keyof ArchiveMark, z.ZodType>);

export const tableArchive = (table: Table): Archive => ({
  mark: async (site, feed, { id, published, version }) => {
    const key = markKey(site, feed, published, id);
    await table.put({ ...key, id, published, version }, { kind: "notNewer", version });
  },
  marks: async (site, feed, limit) => {
    const { rows } = await table.page({ partition: feedPartition(site, feed), sort: { prefix: markPrefix }, limit });
    return rows.map((row) => markRow.parse(row));
  },
  unmark: async (site, feed, { id, published, version }) => {
    await table.remove(markKey(site, feed, published, id), { kind: "notNewer", version });
  },
  last: async (site, feed) => {
    const query = { partition: feedPartition(site, feed), sort: { prefix: numberPrefix }, newestFirst: true, limit: 1 };
    const { rows } = await table.page(query);
    return rows[0] && numberedRow.parse(rows[0]);
  },
  assign: (site, feed, { number, id }) =>
    table.put({ ...numberKey(site, feed, number), number, id }, { kind: "absent" }),
  indexById: async (site, feed, { number, id }) => {
    await table.put({ ...numberOfPostKey(site, feed, id), number, id }, { kind: "absent" });
  },
  numberOf: async (site, feed, id) => {
    const row = await table.get(numberOfPostKey(site, feed, id));
    return row && numberedRow.parse(row).number;
  },
  between: async (site, feed, first, last) => {
    const rows = await collect(table, {
      partition: feedPartition(site, feed),
      sort: { between: [numberKey(site, feed, first).sk, numberKey(site, feed, last).sk] },
      limit: last - first + 1,
    });
    return rows.map((row) => numberedRow.parse(row));
  },
});
