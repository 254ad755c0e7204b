import {
  type Archive as FeedArchive,
  feedTitle,
  hintStatus,
  isArchived,
  isLive,
  postFeeds,
} from "../../domain/feed.ts";
import { archiveFeed, archivePage, type FeedKey, mainFeedFor } from "../../domain/feed-key.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Archive, ArchiveMark, ArchivePage, Feeds, Posts } from "../../ports/store.ts";

interface ArchivePorts {
  readonly archive: Archive;
  readonly feeds: Feeds;
  readonly posts: Posts;
  readonly clock: Clock;
}

/** The size must not change: with another one every page would change. */
const pageSize = 50;

/** One render numbers no more posts than those of this many publications, so that its lease does not expire. */
const maxMarks = 25;

const pageFeed = (site: Site, feed: FeedKey, page: number): readonly [FeedKey, string | undefined] => {
  const key = archiveFeed(page, feed);
  return [key, feedTitle(key, site)];
};

/** Returns the archive page of a post, which has to be rendered. A post without one waits for its number. */
export const findArchivePage = async (
  site: Site,
  feed: FeedKey,
  id: string,
  { archive }: Pick<ArchivePorts, "archive">,
): Promise<readonly [FeedKey, string | undefined] | undefined> => {
  const page = await archive.pageOf(site.id, feed, id);
  return page === undefined ? undefined : pageFeed(site, feed, page);
};

type MarkStatus = ReturnType<typeof hintStatus> | "archived";

interface FoundMark {
  readonly mark: ArchiveMark;
  readonly status: MarkStatus;
  readonly page: number | undefined;
}

/** Compares a feed's mark of a post with the post: whether it is in the feed now, and which page it has already. */
const findMark = async (site: Site, feed: FeedKey, mark: ArchiveMark, ports: ArchivePorts): Promise<FoundMark> => {
  const page = await ports.archive.pageOf(site.id, feed, mark.id);
  if (page !== undefined) return { mark, status: "archived", page };
  const post = await ports.posts.head(site.id, mark.id);
  const listed = post !== undefined && postFeeds(post, site).includes(feed) ? post : undefined;
  return { mark, status: hintStatus(mark, listed, ports.clock()), page };
};

/** Writes the last row after all the others: where it exists, the others exist, too. */
const indexAll = async (site: Site, feed: FeedKey, page: number, ids: readonly string[], { archive }: ArchivePorts) => {
  const index = (id: string): Promise<void> => archive.indexById(site.id, feed, id, page);
  await Promise.all(ids.slice(0, -1).map(index));
  for (const id of ids.slice(-1)) await index(id);
};

/** Writes the rows that are missing after a crash between the row of a page and those of its posts. */
const completeIndex = async (site: Site, feed: FeedKey, last: ArchivePage, ports: ArchivePorts): Promise<void> => {
  const added = last.ids.slice(last.before);
  const newest = added.at(-1);
  if (newest !== undefined && (await ports.archive.pageOf(site.id, feed, newest)) === undefined)
    await indexAll(site, feed, last.page, added, ports);
};

/** Adds posts to the last page and to new ones. `lost`: another render has the lease now, and continues. */
const addToPages = async (
  site: Site,
  feed: FeedKey,
  last: ArchivePage | undefined,
  ids: readonly string[],
  ports: ArchivePorts,
): Promise<readonly number[] | "lost"> => {
  const pages: number[] = [];
  let { page, ids: there }: Pick<ArchivePage, "page" | "ids"> = last ?? { page: 1, ids: [] };
  for (let done = 0; done < ids.length; ) {
    if (there.length >= pageSize) [page, there] = [page + 1, []];
    const added = ids.slice(done, done + pageSize - there.length);
    const before = there.length;
    there = [...there, ...added];
    if (!(await ports.archive.save(site.id, feed, { page, ids: there, before }))) return "lost";
    await indexAll(site, feed, page, added, ports);
    // The previous page gets a link to its successor.
    pages.push(...(before === 0 && page > 1 ? [page - 1, page] : [page]));
    done += added.length;
  }
  return pages;
};

/**
 * Gives numbers to marked posts, the oldest first, under the lease of the archived feed. The row of a page is written
 * before the rows by id, and the last rows by id are written again before the next number: no crash leaves a post with
 * two numbers. A false mark is removed, and set again when its post returns. The mark of a post that is still scheduled
 * by this clock stays. Returns true while more posts wait.
 */
const numberPosts = async (site: Site, feed: FeedKey, ports: ArchivePorts): Promise<boolean> => {
  const { archive, feeds, clock } = ports;
  const last = await archive.last(site.id, feed);
  if (last !== undefined) await completeIndex(site, feed, last, ports);
  const rows = await archive.marks(site.id, feed, maxMarks);
  const marks = rows
    .flatMap((row) => row.marks)
    .toSorted((a, b) => a.published - b.published || (a.id < b.id ? -1 : 1));
  const found = await Promise.all(marks.map((mark) => findMark(site, feed, mark, ports)));
  const fresh = [...new Set(found.flatMap(({ status, mark }) => (status === "live" ? [mark.id] : [])))];
  const added = await addToPages(site, feed, last, fresh, ports);
  if (added === "lost") return true;
  // A render that crashed after it had begun a page has not made the previous one due.
  const earlier = found.flatMap(({ page = 0 }) => [page - 1, page]).filter((page) => page > 0);
  for (const page of new Set([...earlier, ...added])) {
    const [key, title] = pageFeed(site, feed, page);
    await feeds.touch(site.id, key, title, clock());
  }
  const waits = new Set(found.flatMap(({ status, mark }) => (status === "scheduled" ? [mark] : [])));
  const done = rows.filter((row) => !row.marks.some((mark) => waits.has(mark)));
  for (const row of done) await archive.unmark(site.id, feed, row);
  return rows.length === maxMarks && done.length > 0;
};

export interface ArchiveState {
  readonly archive?: FeedArchive;
  /** More posts wait for their numbers: the feed stays due. */
  readonly more: boolean;
}

/** Numbers new posts where the feed has an archive, and returns the feed's links in it. */
export const updateArchive = async (site: Site, key: FeedKey, ports: ArchivePorts): Promise<ArchiveState> => {
  const page = archivePage(key);
  if (page === undefined && !isArchived(key, site)) return { more: false };
  const feed = mainFeedFor(key);
  const more = page === undefined && (await numberPosts(site, feed, ports));
  const last = (await ports.archive.last(site.id, feed))?.page ?? 0;
  const previous = page === undefined ? last : page - 1;
  return {
    archive: {
      isPage: page !== undefined,
      previous: previous > 0 ? archiveFeed(previous, feed) : undefined,
      next: page !== undefined && page < last ? archiveFeed(page + 1, feed) : undefined,
    },
    more,
  };
};

/**
 * Returns the page of a main feed's archive where posts begin that the feed does not show. Undefined if there are none.
 * A post that was dated back has a high number, and is shown on one of the last pages alone.
 */
export const findOlderPage = async (
  site: Site,
  key: FeedKey,
  shown: ReadonlySet<string>,
  { archive, posts, clock }: Pick<ArchivePorts, "archive" | "posts" | "clock">,
): Promise<FeedKey | undefined> => {
  const feed = mainFeedFor(key);
  const isLeftOut = async (id: string): Promise<boolean> => {
    if (shown.has(id)) return false;
    const post = await posts.head(site.id, id);
    return post !== undefined && isLive(post, clock()) && postFeeds(post, site).includes(feed);
  };
  const { page: last = 0, ids = [] } = (await archive.last(site.id, feed)) ?? {};
  // A number whose post was deleted is counted, too: this page may begin with posts that the feed shows.
  const byNumber = Math.max(0, Math.ceil(((last - 1) * pageSize + ids.length - site.feeds.entries) / pageSize));
  for (let page = last; page > byNumber; page -= 1) {
    const on = page === last ? ids : ((await archive.read(site.id, feed, page))?.ids ?? []);
    for (const id of on) if (await isLeftOut(id)) return archiveFeed(page, feed);
  }
  return byNumber > 0 ? archiveFeed(byNumber, feed) : undefined;
};

/** More at once would hold more bodies in memory than the feed may have. */
const readAtOnce = 10;

/**
 * Returns the live posts of an archive page, the highest number first. A post that has left the archived feed keeps its
 * number.
 */
export const readPage = async <Kept>(
  site: Site,
  key: FeedKey,
  page: number,
  momentFor: (post: Post) => number,
  keep: (post: Post) => Kept,
  ports: Pick<ArchivePorts, "archive" | "posts">,
): Promise<readonly Kept[]> => {
  const feed = mainFeedFor(key);
  const ids = ((await ports.archive.read(site.id, feed, page))?.ids ?? []).toReversed();
  const kept: Kept[] = [];
  for (let from = 0; from < ids.length; from += readAtOnce) {
    const posts = await Promise.all(ids.slice(from, from + readAtOnce).map((id) => ports.posts.read(site.id, id)));
    for (const post of posts)
      if (post !== undefined && isLive(post, momentFor(post)) && postFeeds(post, site).includes(feed))
        kept.push(keep(post));
  }
  return kept;
};
