import { hintStatus, isLive, type Archive as Place } from "../../domain/feed.ts";
import { archiveFeed, archivePage, type FeedKey } from "../../domain/feed-key.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Archive, ArchiveMark, Feeds, Posts } from "../../ports/store.ts";

interface Ports {
  readonly archive: Archive;
  readonly feeds: Feeds;
  readonly posts: Posts;
  readonly clock: Clock;
}

/** The feed whose posts are archived: it has every post. */
const archived = "main";

/** Never changes: with another size every page would. */
const pageSize = 50;

/** How many posts one render numbers: it has its lease to keep. */
const most = 100;

const pageOf = (number: number): number => Math.ceil(number / pageSize);

const touch = (site: Site, page: number, { feeds, clock }: Pick<Ports, "feeds" | "clock">): Promise<void> =>
  feeds.touch(site.id, archiveFeed(page), `Archive, page ${page}`, clock());

/** Brings a published post to the archive: marks it where it has no number yet, else its page is due (interleaving 30). */
export const archivePost = async (site: Site, post: Post, wanted: boolean, ports: Omit<Ports, "posts">) => {
  const number = await ports.archive.numberOf(site.id, archived, post.id);
  if (number !== undefined) await touch(site, pageOf(number), ports);
  else if (wanted) await ports.archive.mark(site.id, archived, post);
};

/**
 * Gives marked posts their numbers, the oldest first; called under the lease of the archived feed. The number's row is
 * written before its twin by id, and the last number's twin is completed before another is given: a crash anywhere
 * leaves no post with two numbers (interleaving 31). A false mark is removed, and set again when its post returns; the
 * mark of a scheduled post, as a clock that is behind sees it, stays (interleavings 25 and 26). True while more wait.
 */
const numberPosts = async (site: Site, ports: Ports): Promise<boolean> => {
  const { archive, posts, clock } = ports;
  const last = await archive.last(site.id, archived);
  if (last !== undefined) await archive.indexById(site.id, archived, last);
  let next = (last?.number ?? 0) + 1;
  const marks = await archive.marks(site.id, archived, most);
  const settled: ArchiveMark[] = [];
  const pages = new Set<number>();
  for (const mark of marks) {
    let number = await archive.numberOf(site.id, archived, mark.id);
    const post = number === undefined ? await posts.read(site.id, mark.id) : undefined;
    const status = number === undefined ? hintStatus(mark, post, clock()) : "numbered";
    if (status === "live") {
      // Another render has the lease by now, and numbers on.
      if (!(await archive.assign(site.id, archived, { number: next, id: mark.id }))) return true;
      await archive.indexById(site.id, archived, { number: next, id: mark.id });
      number = next;
      next += 1;
    }
    if (status !== "scheduled") settled.push(mark);
    // The page before learns that it has a successor.
    if (number !== undefined) for (const one of [number - 1, number]) if (one > 0) pages.add(pageOf(one));
  }
  for (const page of pages) await touch(site, page, ports);
  for (const mark of settled) await archive.unmark(site.id, archived, mark);
  return marks.length === most && settled.length > 0;
};

export interface Archived {
  readonly place?: Place | undefined;
  /** More posts wait for their numbers: the feed stays due. */
  readonly more: boolean;
}

/** The place of a feed in the archive; the render of the archived feed numbers the new posts. */
export const archiveOf = async (site: Site, key: FeedKey, ports: Ports): Promise<Archived> => {
  const page = archivePage(key);
  if (page === undefined && key !== archived) return { more: false };
  const more = page === undefined && (await numberPosts(site, ports));
  const last = pageOf((await ports.archive.last(site.id, archived))?.number ?? 0);
  if (page === undefined) return { place: { isPage: false, previous: last > 0 ? archiveFeed(last) : undefined }, more };
  return {
    place: {
      isPage: true,
      previous: page > 1 ? archiveFeed(page - 1) : undefined,
      next: page < last ? archiveFeed(page + 1) : undefined,
    },
    more,
  };
};

/** The live posts of an archive page, those with the highest numbers first. */
export const readPage = async (
  site: Site,
  page: number,
  now: number,
  ports: Pick<Ports, "archive" | "posts">,
): Promise<readonly Post[]> => {
  const first = (page - 1) * pageSize + 1;
  const numbered = await ports.archive.between(site.id, archived, first, first + pageSize - 1);
  const posts = await Promise.all(numbered.toReversed().map(({ id }) => ports.posts.read(site.id, id)));
  return posts.filter((post) => post !== undefined).filter((post) => isLive(post, now));
};
