import * as z from "zod";
import type { Archive, ArchiveMark, NumberedPost } from "../ports/store.ts";
import {
  archiveMarkKey,
  archiveMarkPrefix,
  archiveNumberKey,
  archiveNumberPrefix,
  archivePostKey,
  feedPartition,
} from "./keys.ts";
import { collect, type Table } from "./table.ts";

const numberedRow = z.object({ number: z.number(), id: z.string() } satisfies Record<keyof NumberedPost, z.ZodType>);
const markRow = z.object({
  id: z.string(),
  published: z.number(),
  version: z.number(),
} satisfies Record<keyof ArchiveMark, z.ZodType>);

export const tableArchive = (table: Table): Archive => ({
  mark: async (site, feed, { id, published, version }) => {
    await table.put(
      { ...archiveMarkKey(site, feed, published, id), id, published, version },
      { kind: "notNewer", version },
    );
  },
  marks: async (site, feed, limit) => {
    const partition = feedPartition(site, feed);
    const { rows } = await table.page({ partition, sort: { prefix: archiveMarkPrefix }, limit });
    return rows.map((row) => markRow.parse(row));
  },
  unmark: async (site, feed, { id, published, version }) => {
    await table.remove(archiveMarkKey(site, feed, published, id), { kind: "notNewer", version });
  },
  last: async (site, feed) => {
    const partition = feedPartition(site, feed);
    const { rows } = await table.page({
      partition,
      sort: { prefix: archiveNumberPrefix },
      newestFirst: true,
      limit: 1,
    });
    return rows.map((row) => numberedRow.parse(row)).at(0);
  },
  assign: (site, feed, { number, id }) =>
    table.put({ ...archiveNumberKey(site, feed, number), number, id }, { kind: "absent" }),
  indexById: async (site, feed, { number, id }) => {
    await table.put({ ...archivePostKey(site, feed, id), number, id }, { kind: "absent" });
  },
  numberOf: async (site, feed, id) => {
    const row = await table.get(archivePostKey(site, feed, id));
    return row && numberedRow.parse(row).number;
  },
  between: async (site, feed, first, last) => {
    const rows = await collect(table, {
      partition: feedPartition(site, feed),
      sort: { between: [archiveNumberKey(site, feed, first).sk, archiveNumberKey(site, feed, last).sk] },
      limit: last - first + 1,
    });
    return rows.map((row) => numberedRow.parse(row));
  },
});
