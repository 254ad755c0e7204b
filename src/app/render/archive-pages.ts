import { type Archive as FeedArchive, feedsOf, feedTitle, hintStatus, isArchived, isLive } from "../../domain/feed.ts";
import { archiveFeed, archivePage, type FeedKey, mainFeedOf } from "../../domain/feed-key.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Archive, ArchiveMark, Feeds, Posts } from "../../ports/store.ts";

interface Ports {
  readonly archive: Archive;
  readonly feeds: Feeds;
  readonly posts: Posts;
  readonly clock: Clock;
}

/** Must not change: with another size every page would change. */
const pageSize = 50;

/** One render numbers no more posts than this, so that its lease does not expire. */
const maxNumbered = 100;

const pageOf = (number: number): number => Math.ceil(number / pageSize);

const touchPage = (
  site: Site,
  feed: FeedKey,
  page: number,
  { feeds, clock }: Pick<Ports, "feeds" | "clock">,
): Promise<void> => {
  const key = archiveFeed(page, feed);
  return feeds.touch(site.id, key, feedTitle(key, site), clock());
};

/** Makes the archive page of a post due. A live post without a number is marked instead (interleaving 30). */
export const archivePost = async (
  site: Site,
  feed: FeedKey,
  post: Post,
  { isListed }: { readonly isListed: boolean },
  ports: Omit<Ports, "posts">,
) => {
  const number = await ports.archive.numberOf(site.id, feed, post.id);
  if (number !== undefined) await touchPage(site, feed, pageOf(number), ports);
  else if (isListed) await ports.archive.mark(site.id, feed, post);
};

/** Whether a post is in the feed now, by what the feed's mark of it says. */
const markStatus = (site: Site, feed: FeedKey, mark: ArchiveMark, post: Post | undefined, now: Instant) =>
  hintStatus(mark, post !== undefined && feedsOf(post, site).includes(feed) ? post : undefined, now);

/**
 * Gives numbers to marked posts, the oldest first, under the lease of the archived feed. The row by number is written
 * before the row by id, and the last one's row by id is written again before the next number: no crash leaves a post with
 * two numbers (interleaving 31). A false mark is removed, and set again when its post returns. The mark of a post that is
 * scheduled for a clock that is behind stays (interleavings 25 and 26). Returns true while more posts wait.
 */
const numberPosts = async (site: Site, feed: FeedKey, ports: Ports): Promise<boolean> => {
  const { archive, posts, clock } = ports;
  const last = await archive.last(site.id, feed);
  if (last !== undefined) await archive.indexById(site.id, feed, last);
  let next = (last?.number ?? 0) + 1;
  const marks = await archive.marks(site.id, feed, maxNumbered);
  const done: ArchiveMark[] = [];
  const pages = new Set<number>();
  for (const mark of marks) {
    let number = await archive.numberOf(site.id, feed, mark.id);
    const post = number === undefined ? await posts.read(site.id, mark.id) : undefined;
    const status = number === undefined ? markStatus(site, feed, mark, post, clock()) : "numbered";
    if (status === "live") {
      // False: another render has the lease now, and continues with the numbers.
      if (!(await archive.assign(site.id, feed, { number: next, id: mark.id }))) return true;
      await archive.indexById(site.id, feed, { number: next, id: mark.id });
      number = next;
      next += 1;
    }
    if (status !== "scheduled") done.push(mark);
    // The previous page gets a link to its successor.
    if (number !== undefined) for (const one of [number - 1, number]) if (one > 0) pages.add(pageOf(one));
  }
  for (const page of pages) await touchPage(site, feed, page, ports);
  for (const mark of done) await archive.unmark(site.id, feed, mark);
  return marks.length === maxNumbered && done.length > 0;
};

export interface ArchiveState {
  readonly archive?: FeedArchive;
  /** More posts wait for their numbers: the feed stays due. */
  readonly more: boolean;
}

/** Numbers new posts where the feed has an archive, and returns the feed's links in it. */
export const updateArchive = async (site: Site, key: FeedKey, ports: Ports): Promise<ArchiveState> => {
  const page = archivePage(key);
  if (page === undefined && !isArchived(key, site)) return { more: false };
  const feed = mainFeedOf(key);
  const more = page === undefined && (await numberPosts(site, feed, ports));
  const last = pageOf((await ports.archive.last(site.id, feed))?.number ?? 0);
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

/** The live posts of an archive page, the highest number first. A post that has left the archived feed keeps its number. */
export const readPage = async (
  site: Site,
  key: FeedKey,
  page: number,
  now: number,
  ports: Pick<Ports, "archive" | "posts">,
): Promise<readonly Post[]> => {
  const feed = mainFeedOf(key);
  const first = (page - 1) * pageSize + 1;
  const numbered = await ports.archive.between(site.id, feed, first, first + pageSize - 1);
  const posts = await Promise.all(numbered.toReversed().map(({ id }) => ports.posts.read(site.id, id)));
  return posts
    .filter((post) => post !== undefined)
    .filter((post) => isLive(post, now) && feedsOf(post, site).includes(feed));
};
