import {
  categoryNames,
  type Entry,
  entryId,
  type Feed,
  type Archive as FeedArchive,
  type FeedUse,
  feedTitle,
  hintStatus,
  postFeeds,
  repeatsMain,
  withCategoryNames,
} from "../../domain/feed.ts";
import { archivePage, type FeedKey, feedFolder, feedParts, mainFeedFor, otherKindFeed } from "../../domain/feed-key.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { Archive, FeedState, ListedFeed, Memberships, Posts } from "../../ports/store.ts";
import { readPage } from "./archive-pages.ts";
import { minorCategories, withoutOvertaken } from "./category-feeds.ts";

export interface WindowPorts {
  readonly posts: Posts;
  readonly memberships: Memberships;
  readonly archive: Archive;
}

export interface Window {
  /** Newest first. */
  readonly posts: readonly SizedPost[];
  /** The posts that would be in the feed if their stored content could be read. */
  readonly damaged: readonly Post[];
  /** When the next scheduled post is due. */
  readonly due: Instant | undefined;
}

/** Moments by which a post is judged. */
export interface Moments {
  readonly now: Instant;
  /** The last render: later than now where the clock went back since then. */
  readonly rendered: Instant | undefined;
}

/** A published post stays in the feeds when the clock goes back behind its date. */
const momentFor = (post: Pick<Post, "audience"> | undefined, { now, rendered = now }: Moments): Instant =>
  post?.audience === undefined ? now : Math.max(now, rendered);

/**
 * Reads the newest posts of a feed. Memberships are hints: each is checked against its post, which is read
 * consistently. A false one is deleted, and that of a scheduled post is kept.
 */
export const readWindow = async (site: Site, key: FeedKey, moments: Moments, ports: WindowPorts): Promise<Window> => {
  const { posts, memberships } = ports;
  const page = archivePage(key);
  const keep = keepWithinSize();
  if (page !== undefined)
    return windowOf(await readPage(site, key, page, (post) => momentFor(post, moments), keep, ports), undefined);
  const window: SizedPost[] = [];
  let due: Instant | undefined;
  for await (const hint of memberships.newest(site.id, key)) {
    if (window.length >= site.feeds.entries) break;
    const read = await posts.read(site.id, hint.id);
    const post = read !== undefined && postFeeds(read, site).includes(key) ? read : undefined;
    const status = hintStatus(hint, post, momentFor(post, moments));
    if (status === "false") await memberships.remove(site.id, hint);
    if (status === "scheduled") due = Math.min(due ?? hint.published, hint.published);
    if (status === "live" && post !== undefined && !window.some((one) => one.post.id === post.id))
      window.push(keep(post));
  }
  return windowOf(window, due);
};

export const useOf = ({ posts, damaged }: Pick<Window, "posts" | "damaged">): FeedUse => {
  const dates = [...posts.map(({ post }) => post), ...damaged].map(({ published }) => published);
  return { posts: dates.length, since: dates.length === 0 ? 0 : Math.min(...dates) };
};

const windowOf = (posts: readonly SizedPost[], due: Instant | undefined): Window => ({
  posts: posts.filter(({ post }) => post.damage === undefined),
  damaged: posts.map(({ post }) => post).filter(({ damage }) => damage !== undefined),
  due,
});

/**
 * Bytes of the bodies in one feed. With its other texts a file has about 5 MB before compression, which readers and their
 * servers still take; a window of the longest documents would have 40 MB.
 */
const mostBytes = 4_500_000;

/** A post of a feed, without its body where the feed would be too large with it. */
export type SizedPost = Pick<Entry, "post" | "isShortened">;

/**
 * The newest entries keep their bodies. Where they become too many bytes, the others are summaries: called for one post
 * after another as it is read, so that a window of the longest documents is never in memory as a whole.
 */
export const keepWithinSize = (): ((post: Post) => SizedPost) => {
  let bytes = 0;
  return (post) => {
    bytes += new TextEncoder().encode(post.html).length;
    return bytes > mostBytes ? { post: { ...post, html: "" }, isShortened: true } : { post };
  };
};

/** Makes entries with unique `updated`: where posts share a moment, a millisecond is added to each newer one. */
export const makeEntries = (site: Site, posts: readonly SizedPost[]): readonly Entry[] => {
  const taken = new Set<Instant>();
  const entries = posts.toReversed().map((one): Entry => {
    let { updated } = one.post;
    while (taken.has(updated)) updated += 1;
    taken.add(updated);
    return { id: entryId(site, one.post), ...one, updated };
  });
  return entries.toReversed();
};

/** The beginning of the year of the site's authority: an empty feed must not depend on the time of its render. */
const emptyFeedUpdated = ({ authority }: Site): number =>
  Date.UTC(Number(/,(\d{4})/.exec(authority)?.[1] ?? 2026), 0, 1);

/** The language is taken from the key, because a feed without posts keeps it, too. */
const feedLanguage = (site: Site, key: FeedKey): string => {
  const { language } = feedParts(key);
  return language === undefined ? site.language : new Intl.Locale(language).toString();
};

const currentTitle = (site: Site, { key, title }: Pick<ListedFeed, "key" | "title">): string =>
  feedTitle(key, site) ?? title;

/**
 * The site's main feed links to every feed, the main feed of a language to the feeds of the language and to the other
 * main feeds, and any other feed to its main feed.
 */
const siblingFeeds = (site: Site, key: FeedKey, listed: readonly ListedFeed[]): Feed["siblings"] => {
  const main = mainFeedFor(key);
  if (key !== main) return [{ key: main, title: currentTitle(site, { key: main, title: "" }) }];
  const shown = withoutOvertaken(listed).filter(
    (one) => one.key !== key && !one.empty && archivePage(one.key) === undefined && !repeatsMain(one.key, site),
  );
  // Without the other kind it would repeat the main feed.
  const hasOtherKind = (one: FeedKey): boolean => {
    const other = otherKindFeed(one);
    return other === undefined || shown.some((feed) => feed.key === other);
  };
  const minor = minorCategories(key, listed);
  return shown
    .filter((one) => hasOtherKind(one.key))
    .filter((one) => key === "main" || mainFeedFor(one.key) === one.key || mainFeedFor(one.key) === key)
    .toSorted((a, b) => Number(b.key === "main") - Number(a.key === "main"))
    .map((one) => ({ key: one.key, title: currentTitle(site, one), ...(minor.has(one.key) && { isMinor: true }) }));
};

/**
 * The date of the newest change. A deletion does not take the date back: readers and caches would see an older feed.
 */
const lastUpdate = (site: Site, entries: readonly Entry[], before: Instant | undefined): Instant =>
  entries.length === 0
    ? (before ?? emptyFeedUpdated(site))
    : Math.max(...entries.map(({ updated }) => updated), before ?? 0);

/** A category that has a feed of the same language has that feed's title as its name. */
const namesByCategory = (
  key: FeedKey,
  entries: readonly Entry[],
  feeds: readonly Pick<ListedFeed, "key" | "title">[],
) =>
  new Map([
    ...categoryNames(entries.map(({ post }) => post)),
    ...feeds.flatMap((one) => {
      const parts = feedParts(one.key);
      return parts.kind === "category" && parts.language === feedParts(key).language
        ? [[parts.slug, one.title] as const]
        : [];
    }),
  ]);

/** The feed's title with these posts: for a category, the spelling that they use most. */
export const titleWith = (site: Site, state: Pick<ListedFeed, "key" | "title">, posts: readonly Post[]): string => {
  const parts = feedParts(state.key);
  const spelling = parts.kind === "category" ? categoryNames(posts).get(parts.slug) : undefined;
  return spelling ?? currentTitle(site, state);
};

export interface FeedInput {
  readonly state: Pick<FeedState, "key" | "title" | "updated">;
  readonly entries: readonly Entry[];
  /** The feeds of the site. */
  readonly listed: readonly ListedFeed[];
  readonly archive: FeedArchive | undefined;
  readonly missing?: Feed["missing"];
}

/** The feed as the formats render it. */
export const makeFeed = (site: Site, { state, entries, listed, archive, missing }: FeedInput): Feed => {
  const { key } = state;
  const names = namesByCategory(key, entries, [state, ...listed]);
  // An archive page is a part of its main feed, whose page is the one to visit.
  const pageKey = archivePage(key) === undefined ? key : mainFeedFor(key);
  const folderUrl = (one: FeedKey): string =>
    new URL(feedFolder(one).split("/").map(encodeURIComponent).join("/"), site.feedsUrl).href;
  return {
    site,
    key,
    title: currentTitle(site, state),
    homeUrl: pageKey === "main" ? site.url : folderUrl(pageKey),
    baseUrl: folderUrl(key),
    updated: lastUpdate(site, entries, state.updated),
    author: site.author,
    language: feedLanguage(site, key),
    content: site.feeds.content[key] ?? site.feeds.content.default ?? "full",
    licence: site.licence,
    hubs: site.hubs,
    archive,
    entries: entries.map((entry) => ({
      ...entry,
      post: { ...entry.post, categories: withCategoryNames(entry.post.categories, names) },
    })),
    siblings: siblingFeeds(site, key, listed),
    ...(missing && { missing }),
  };
};
