import * as z from "zod";
import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import type { FeedKey } from "../domain/feed-key.ts";
import type { Archive, ArchiveMark, ArchiveMarks, ArchivePage } from "../ports/store.ts";
import {
  entryPrefix,
  feedPartition,
  type Key,
  keyComponents,
  markKey,
  markPrefix,
  pageKey,
  pageOfPostKey,
  pageOfPostPrefix,
  pagePrefix,
} from "./keys.ts";
import { allRows, instant, onVersion, parseRow, type Row, readableVersion, rowKey, type Table } from "./table.ts";

export const archivePageRow = z.object({
  page: z.number(),
  ids: z.array(z.string()),
  before: z.number(),
  version: z.number(),
} satisfies Record<keyof ArchivePage | "version", z.ZodType>);

export const archiveMarksRow = z.object({
  marks: z.array(
    z.object({ id: z.string(), published: instant, version: z.number() } satisfies Record<
      keyof ArchiveMark,
      z.ZodType
    >),
  ),
} satisfies Record<keyof ArchiveMarks, z.ZodType>);

export const archivedRow = z.object({ page: z.number() });

const parsePage = (table: Table, row: Row): ArchivePage | undefined => {
  const { version: _, ...page } = parseRow(table, row, archivePageRow) ?? {};
  return "page" in page ? page : undefined;
};

/** Reads the page of each post that has one, by the post's id. */
const readIndex = async (table: Table, partition: string): Promise<ReadonlyMap<string, number>> => {
  const index = new Map<string, number>();
  for await (const row of allRows(table, { partition, sort: { prefix: pageOfPostPrefix }, limit: 1000 })) {
    const found = parseRow(table, row, archivedRow);
    if (found !== undefined) index.set(keyComponents(rowKey.parse(row).sk)[1] ?? "", found.page);
  }
  return index;
};

/** Reads the posts of a feed from the keys of its memberships, the oldest first. */
const readMembers = async (table: Table, partition: string): Promise<readonly ArchiveMark[]> => {
  const members: ArchiveMark[] = [];
  for await (const row of allRows(table, { partition, sort: { prefix: entryPrefix }, limit: 1000 })) {
    const [, date = "", id = ""] = keyComponents(rowKey.parse(row).sk);
    members.push({ id, published: Date.parse(date), version: 0 });
  }
  return members;
};

/**
 * Makes a page that cannot be read again from the rows of its posts, in the order in which these were published. A page
 * that no row names is removed. `conflict`: the row is another one now, or is gone.
 */
const rebuildPage = async (table: Table, row: Row): Promise<ArchivePage | typeof conflict> => {
  const own = rowKey.parse(row);
  const page = Number(keyComponents(own.sk)[1]);
  const index = await readIndex(table, own.pk);
  const members = await readMembers(table, own.pk);
  const known = [...new Set([...members.map(({ id }) => id), ...index.keys()])];
  const ids = known.filter((id) => index.get(id) === page);
  const condition = onVersion(readableVersion(row));
  const isSaved =
    ids.length === 0
      ? await table.remove(own, condition)
      : await table.put({ ...own, page, ids, before: ids.length, version: ids.length }, condition);
  return isSaved && ids.length > 0 ? { page, ids, before: ids.length } : conflict;
};

/** Reads a row of a page. Where it cannot be read, the page is made again. */
const readPage = (table: Table, read: () => Promise<Row | undefined>): Promise<ArchivePage | undefined> =>
  retryOnConflict("a page of the archive", async () => {
    const row = await read();
    return row && (parsePage(table, row) ?? rebuildPage(table, row));
  });

/** The number of posts in a row of marks that replaces a damaged one. */
const postsInRow = 10;

/** Replaces marks that cannot be read: every post of the feed without a number is marked. */
const replaceDamagedMarks = async (
  table: Table,
  site: string,
  feed: FeedKey,
  damaged: readonly Key[],
): Promise<void> => {
  const partition = feedPartition(site, feed);
  const index = await readIndex(table, partition);
  const left = (await readMembers(table, partition)).filter(({ id }) => !index.has(id));
  const written = new Set<string>();
  for (let from = 0; from < left.length; from += postsInRow) {
    const marks = left.slice(from, from + postsInRow);
    const key = markKey(site, feed, marks);
    await table.put({ ...key, marks });
    written.add(key.sk);
  }
  for (const key of damaged) if (!written.has(key.sk)) await table.remove(key);
};

/** Finds a post in all pages of an archive, because the row that names its page cannot be read. It has no second number. */
const findPage = async (table: Table, site: string, feed: FeedKey, id: string): Promise<number | undefined> => {
  const query = { partition: feedPartition(site, feed), sort: { prefix: pagePrefix }, limit: 100 };
  for await (const row of allRows(table, query)) {
    const found = parsePage(table, row);
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
    const query = { partition: feedPartition(site, feed), sort: { prefix: markPrefix }, limit };
    for (;;) {
      const { rows } = await table.page(query);
      const found = rows.map((row) => parseRow(table, row, archiveMarksRow));
      const damaged = rows.flatMap((row, at) => (found[at] === undefined ? [rowKey.parse(row)] : []));
      if (damaged.length === 0) return found.flatMap((marks) => marks ?? []);
      await replaceDamagedMarks(table, site, feed, damaged);
    }
  },
  unmark: async (site, feed, { marks }) => {
    await table.remove(markKey(site, feed, marks));
  },
  last: (site, feed) => {
    const query = { partition: feedPartition(site, feed), sort: { prefix: pagePrefix }, newestFirst: true, limit: 1 };
    return readPage(table, async () => (await table.page(query)).rows[0]);
  },
  // Posts are only added, so their number serves as the row's version.
  save: (site, feed, page) =>
    table.put({ ...pageKey(site, feed, page.page), ...page, version: page.ids.length }, onVersion(page.before)),
  read: (site, feed, page) => readPage(table, () => table.get(pageKey(site, feed, page))),
  indexById: async (site, feed, id, page) => {
    await table.put({ ...pageOfPostKey(site, feed, id), page }, { kind: "absent" });
  },
  pageOf: async (site, feed, id) => {
    const row = await table.get(pageOfPostKey(site, feed, id));
    const found = row && parseRow(table, row, archivedRow);
    return row === undefined || found !== undefined ? found?.page : findPage(table, site, feed, id);
  },
});
