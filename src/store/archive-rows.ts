import * as z from "zod";
import type { Archive, ArchiveMark, Numbered } from "../ports/store.ts";
import { feedPartition, numberedKey, numberedPrefix, numberKey, unnumberedKey, unnumberedPrefix } from "./keys.ts";
import { collect, type Table } from "./table.ts";

const numbered = z.object({ number: z.number(), id: z.string() } satisfies Record<keyof Numbered, z.ZodType>);
const mark = z.object({
  id: z.string(),
  published: z.number(),
  version: z.number(),
} satisfies Record<keyof ArchiveMark, z.ZodType>);

export const tableArchive = (table: Table): Archive => ({
  want: async (site, feed, { id, published, version }) => {
    await table.put(
      { ...unnumberedKey(site, feed, published, id), id, published, version },
      { kind: "notNewer", version },
    );
  },
  wanting: async (site, feed, limit) => {
    const partition = feedPartition(site, feed);
    const { rows } = await table.page({ partition, sort: { prefix: unnumberedPrefix }, limit });
    return rows.map((row) => mark.parse(row));
  },
  settle: async (site, feed, { id, published, version }) => {
    await table.remove(unnumberedKey(site, feed, published, id), { kind: "notNewer", version });
  },
  last: async (site, feed) => {
    const partition = feedPartition(site, feed);
    const { rows } = await table.page({ partition, sort: { prefix: numberedPrefix }, newestFirst: true, limit: 1 });
    return rows.map((row) => numbered.parse(row)).at(0);
  },
  place: (site, feed, { number, id }) =>
    table.put({ ...numberedKey(site, feed, number), number, id }, { kind: "absent" }),
  know: async (site, feed, { number, id }) => {
    await table.put({ ...numberKey(site, feed, id), number, id }, { kind: "absent" });
  },
  numberOf: async (site, feed, id) => {
    const row = await table.get(numberKey(site, feed, id));
    return row && numbered.parse(row).number;
  },
  between: async (site, feed, first, last) => {
    const rows = await collect(table, {
      partition: feedPartition(site, feed),
      sort: { between: [numberedKey(site, feed, first).sk, numberedKey(site, feed, last).sk] },
      limit: last - first + 1,
    });
    return rows.map((row) => numbered.parse(row));
  },
});
