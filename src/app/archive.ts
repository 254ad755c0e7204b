import { archiveFeed, archivePage, type FeedKey, isLive, type Archive as Place } from "../domain/feed.ts";
import type { Post } from "../domain/post.ts";
import type { Site } from "../domain/site.ts";
import type { Archive, Clock, Feeds, Posts } from "../ports.ts";

interface Ports {
  readonly archive: Archive;
  readonly feeds: Feeds;
  readonly posts: Posts;
  readonly clock: Clock;
}

/** The feed whose posts are archived: every post stands in it. */
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
  else if (wanted) await ports.archive.want(site.id, archived, post);
};

/**
 * Gives marked posts their numbers, the oldest first; called under the lease of the archived feed. The number's row is
 * written before its twin by id, and the last number's twin is completed before another is given: a crash anywhere
 * leaves no post with two numbers (interleaving 31). True while more wait.
 */
const numberPosts = async (site: Site, ports: Ports): Promise<boolean> => {
  const { archive } = ports;
  const last = await archive.last(site.id, archived);
  if (last !== undefined) await archive.know(site.id, archived, last);
  let next = (last?.number ?? 0) + 1;
  const markers = await archive.wanting(site.id, archived, most);
  const pages = new Set<number>();
  for (const { id } of markers) {
    const known = await archive.numberOf(site.id, archived, id);
    if (known !== undefined) pages.add(pageOf(known));
    if (known !== undefined || !(await isPublished(site, id, ports))) continue;
    // Another render has the lease by now, and numbers on.
    if (!(await archive.place(site.id, archived, { number: next, id }))) return true;
    await archive.know(site.id, archived, { number: next, id });
    // The page before learns that it has a successor.
    if (next > 1) pages.add(pageOf(next - 1));
    pages.add(pageOf(next));
    next += 1;
  }
  for (const page of pages) await touch(site, page, ports);
  for (const marker of markers) await archive.settle(site.id, archived, marker);
  return markers.length === most;
};

/** A post that was withdrawn meanwhile is marked again when it returns. */
const isPublished = async (site: Site, id: string, { posts, clock }: Ports): Promise<boolean> => {
  const post = await posts.read(site.id, id);
  return post !== undefined && isLive(post, clock());
};

export interface Archived {
  readonly place?: Place | undefined;
  /** More posts wait for their numbers: the feed stays due. */
  readonly more: boolean;
}

/** Where a feed stands in the archive; the archived feed's render numbers the posts that came. */
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
