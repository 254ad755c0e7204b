import * as z from "zod";
import type { Archive, ArchiveMark, ArchiveMarks, ArchivePage } from "../ports/store.ts";
import { feedPartition, markKey, markPrefix, pageKey, pageOfPostKey, pagePrefix } from "./keys.ts";
import { onVersion, type Row, type Table } from "./table.ts";

const pageRow = z.object({
  page: z.number(),
  ids: z.array(z.string()),
  before: z.number(),
} satisfies Record<keyof ArchivePage, z.ZodType>);

const marksRow = z.object({
  marks: z.array(
    z.object({ id: z.string(), published: z.number(), version: z.number() } satisfies Record<
      keyof ArchiveMark,
      z.ZodType
    >),
  ),
} satisfies Record<keyof ArchiveMarks, z.ZodType>);

const archivedRow = z.object({ page: z.number() });

const toPage = (row: Row | undefined): ArchivePage | undefined => row && pageRow.parse(row);

export const tableArchive = (table: Table): Archive => ({
  mark: async (site, feed, { marks }) => {
    await table.put({ ...markKey(site, feed, marks), marks });
  },
  marks: async (site, feed, limit) => {
    const { rows } = await table.page({ partition: feedPartition(site, feed), sort: { prefix: markPrefix }, limit });
    return rows.map((row) => marksRow.parse(row));
  },
  unmark: async (site, feed, { marks }) => {
    await table.remove(markKey(site, feed, marks));
  },
  last: async (site, feed) => {
    const query = { partition: feedPartition(site, feed), sort: { prefix: pagePrefix }, newestFirst: true, limit: 1 };
    const { rows } = await table.page(query);
    return toPage(rows[0]);
  },
  // Posts are only added: their number is the version of the row.
  save: (site, feed, page) =>
    table.put({ ...pageKey(site, feed, page.page), ...page, version: page.ids.length }, onVersion(page.before)),
  read: async (site, feed, page) => toPage(await table.get(pageKey(site, feed, page))),
  indexById: async (site, feed, id, page) => {
    await table.put({ ...pageOfPostKey(site, feed, id), page }, { kind: "absent" });
  },
  pageOf: async (site, feed, id) => {
    const row = await table.get(pageOfPostKey(site, feed, id));
    return row && archivedRow.parse(row).page;
  },
});
