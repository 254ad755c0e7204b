import { type Entry, entryId, feedsOf, hintStatus } from "../../domain/feed.ts";
import { archivePage, type FeedKey } from "../../domain/feed-key.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { Archive, Memberships, Posts } from "../../ports/store.ts";
import { readPage } from "./archive-pages.ts";

export interface WindowPorts {
  readonly posts: Posts;
  readonly memberships: Memberships;
  readonly archive: Archive;
}

export interface Window {
  /** Newest first. */
  readonly posts: readonly Post[];
  /** When the next scheduled post is due. */
  readonly due: Instant | undefined;
}

/** Moments by which a post is judged. */
export interface Moments {
  readonly now: Instant;
  /** The last render: later than now where the clock went back since then. */
  readonly rendered: Instant | undefined;
}

/** What was published stays in the feeds when the clock goes back behind its date. */
const momentFor = (post: Pick<Post, "audience"> | undefined, { now, rendered = now }: Moments): Instant =>
  post?.audience === undefined ? now : Math.max(now, rendered);

/**
 * The newest posts of a feed. Memberships are hints: each is checked against its post, which is read consistently. A
 * false one is deleted, that of a scheduled post is kept (design.md §2, rule 3; interleavings 16, 25, 26, 27).
 */
export const readWindow = async (site: Site, key: FeedKey, moments: Moments, ports: WindowPorts): Promise<Window> => {
  const { posts, memberships } = ports;
  const page = archivePage(key);
  if (page !== undefined)
    return { posts: await readPage(site, key, page, (post) => momentFor(post, moments), ports), due: undefined };
  const window: Post[] = [];
  let due: Instant | undefined;
  for await (const hint of memberships.newest(site.id, key)) {
    if (window.length >= site.feeds.entries) break;
    const read = await posts.read(site.id, hint.id);
    const post = read !== undefined && feedsOf(read, site).includes(key) ? read : undefined;
    const status = hintStatus(hint, post, momentFor(post, moments));
    if (status === "false") await memberships.remove(site.id, hint);
    if (status === "scheduled") due = Math.min(due ?? hint.published, hint.published);
    if (status === "live" && post !== undefined && !window.some(({ id }) => id === post.id)) window.push(post);
  }
  return { posts: window, due };
};

/** Entries with unique `updated`: where posts share a moment, a millisecond is added to each newer one. */
export const entriesOf = (site: Site, posts: readonly Post[]): readonly Entry[] => {
  const taken = new Set<Instant>();
  const entries = posts.toReversed().map((post): Entry => {
    let updated = post.updated;
    while (taken.has(updated)) updated += 1;
    taken.add(updated);
    return { id: entryId(site, post), post, updated };
  });
  return entries.toReversed();
};
