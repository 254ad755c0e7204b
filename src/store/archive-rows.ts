import * as z from "zod";
import type { FeedKey } from "../domain/feed-key.ts";
import type { Archive, ArchiveMark, ArchiveMarks, ArchivePage } from "../ports/store.ts";
import { feedPartition, keyComponents, markKey, markPrefix, pageKey, pageOfPostKey, pagePrefix } from "./keys.ts";
import { allRows, instant, onVersion, parseRow, rowKey, type Table } from "./table.ts";

export const archivePageRow = z.object({
  page: z.number(),
  ids: z.array(z.string()),
  before: z.number(),
} satisfies Record<keyof ArchivePage, z.ZodType>);

export const archiveMarksRow = z.object({
  marks: z.array(
    z.object({ id: z.string(), published: instant, version: z.number() } satisfies Record<
      keyof ArchiveMark,
      z.ZodType
    >),
  ),
} satisfies Record<keyof ArchiveMarks, z.ZodType>);

export const archivedRow = z.object({ page: z.number() });

/** More posts than a page has: none is added to a page that cannot be read, and the next one begins. */
const fullPage = (page: number): ArchivePage => {
  const ids = Array.from({ length: 1000 }, () => "");
  return { page, ids, before: ids.length };
};

/** Finds a post in all pages of an archive, because the row that names its page cannot be read. It has no second number. */
const findPage = async (table: Table, site: string, feed: FeedKey, id: string): Promise<number | undefined> => {
  const query = { partition: feedPartition(site, feed), sort: { prefix: pagePrefix }, limit: 100 };
  for await (const row of allRows(table, query)) {
    const found = parseRow(table, row, archivePageRow);
    if (found?.ids.includes(id) !== true) continue;
    await table.put({ ...pageOfPostKey(site, feed, id), page: found.page });
    return found.page;
  }
  return undefined;
};

export const tableArchive = (table: Table): Archive => ({
  mark: async (site, feed, { marks }) => {
    await table.put({ ...markKey(site, feed, marks), marks });
  },
  marks: async (site, feed, limit) => {
    const { rows } = await table.page({ partition: feedPartition(site, feed), sort: { prefix: markPrefix }, limit });
    const found: ArchiveMarks[] = [];
    for (const row of rows) {
      const marks = parseRow(table, row, archiveMarksRow);
      // Its posts are numbered when they are published again.
      if (marks === undefined) await table.remove(rowKey.parse(row));
      else found.push(marks);
    }
    return found;
  },
  unmark: async (site, feed, { marks }) => {
    await table.remove(markKey(site, feed, marks));
  },
  last: async (site, feed) => {
    const query = { partition: feedPartition(site, feed), sort: { prefix: pagePrefix }, newestFirst: true, limit: 1 };
    const { rows } = await table.page(query);
    const [row] = rows;
    if (row === undefined) return undefined;
    return parseRow(table, row, archivePageRow) ?? fullPage(Number(keyComponents(String(row.sk))[1]));
  },
  // Posts are only added, so their number serves as the row's version.
  save: (site, feed, page) =>
    table.put({ ...pageKey(site, feed, page.page), ...page, version: page.ids.length }, onVersion(page.before)),
  read: async (site, feed, page) => {
    const row = await table.get(pageKey(site, feed, page));
    if (row === undefined) return undefined;
    const found = parseRow(table, row, archivePageRow);
    if (found === undefined)
      throw new Error(`page ${page} of the archive of ${feed} cannot be read from the data: its last files stay`);
    return found;
  },
  indexById: async (site, feed, id, page) => {
    await table.put({ ...pageOfPostKey(site, feed, id), page }, { kind: "absent" });
  },
  pageOf: async (site, feed, id) => {
    const row = await table.get(pageOfPostKey(site, feed, id));
    const found = row && parseRow(table, row, archivedRow);
    return row === undefined || found !== undefined ? found?.page : findPage(table, site, feed, id);
  },
});
