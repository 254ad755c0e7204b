import { feedTitle } from "../../domain/feed.ts";
import { type FeedKey, mainFeedFor, otherKindFeed } from "../../domain/feed-key.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Archive, ArchiveMark, Feeds, Memberships } from "../../ports/store.ts";
import { countUse } from "../render/category-feeds.ts";

/** The feeds of a site that a published post changes. */
export interface ChangedFeeds {
  readonly site: string;
  /** The changed feeds, each with the title for a feed that has none yet. */
  readonly feeds: ReadonlyMap<FeedKey, string | undefined>;
  /** Those of them that the post is no longer in. */
  readonly left: ReadonlySet<FeedKey>;
  /** Those of categories without a type. */
  readonly untyped: ReadonlySet<FeedKey>;
  /** The archived feeds in which the post waits for a number. */
  readonly archives: readonly FeedKey[];
  readonly mark: ArchiveMark;
}

/** Resolves when the feeds are due and the post is marked. */
export type MarkFeeds = (changed: ChangedFeeds) => Promise<void>;

interface MarkFeedsPorts {
  readonly archive: Pick<Archive, "mark">;
  readonly feeds: Pick<Feeds, "read" | "touch" | "touchExisting" | "propose">;
  readonly memberships: Pick<Memberships, "newest">;
  readonly site: (id: string) => Site;
  readonly clock: Clock;
}

/** The limit keeps a row of marks small. */
const maxMarks = 16;

const markArchives = async (
  site: string,
  changes: readonly ChangedFeeds[],
  { archive }: MarkFeedsPorts,
): Promise<void> => {
  for (const feed of new Set(changes.flatMap(({ archives }) => archives))) {
    const marks = changes.filter(({ archives }) => archives.includes(feed)).map(({ mark }) => mark);
    for (let from = 0; from < marks.length; from += maxMarks)
      await archive.mark(site, feed, { marks: marks.slice(from, from + maxMarks) });
  }
};

/**
 * Main feeds last, because their pages link to the others, and they begin the feeds of the categories that are proposed
 * here. The memberships of the posts are there before.
 */
const touchFeeds = async (site: Site, changes: readonly ChangedFeeds[], ports: MarkFeedsPorts): Promise<void> => {
  const { feeds, clock } = ports;
  const titles = new Map<FeedKey, string | undefined>();
  for (const changed of changes) for (const [key, title] of changed.feeds) titles.set(key, titles.get(key) ?? title);
  const wanted = new Set(changes.flatMap(({ feeds: all, left }) => [...all.keys()].filter((key) => !left.has(key))));
  const always = new Set(
    changes.flatMap(({ feeds: all, left, untyped }) =>
      [...all.keys()].filter((key) => !left.has(key) && !untyped.has(key) && otherKindFeed(key) === undefined),
    ),
  );
  const isUsed = usedCategories(site, ports);
  const keys = [...titles.keys()].toSorted((a, b) => Number(a === mainFeedFor(a)) - Number(b === mainFeedFor(b)));
  for (const key of keys) {
    const title = titles.get(key);
    if (always.has(key)) await feeds.touch(site.id, key, title, clock());
    else if (!(await feeds.touchExisting(site.id, key, title, clock())) && wanted.has(key)) {
      if (otherKindFeed(key) !== undefined) await beginKindFeeds(site, key, ports);
      else if (await isUsed(key)) await feeds.propose(site.id, { key, title: title ?? key, version: clock() });
    }
  }
};

/**
 * A site with posts of one kind has no feed of the kind, which would repeat the main feed: both come into being when it
 * gets the second kind. The memberships of its posts are there before. The other feed is made first, so that a crash
 * between the two leaves no feed alone that this post would not find.
 */
const beginKindFeeds = async (site: Site, key: FeedKey, ports: MarkFeedsPorts): Promise<void> => {
  const other = otherKindFeed(key);
  if (other === undefined || (await countUse(site.id, other, 1, ports)).posts === 0) return;
  for (const feed of [other, key]) await ports.feeds.touch(site.id, feed, feedTitle(feed, site), ports.clock());
};

/** On a site with many categories, only those with enough posts are proposed. */
const usedCategories = (site: Site, ports: MarkFeedsPorts): ((key: FeedKey) => Promise<boolean>) => {
  const isLarge = new Map<FeedKey, boolean>();
  const { categoryMinimum } = site.feeds;
  return async (key) => {
    const main = mainFeedFor(key);
    const hasMany = isLarge.get(main) ?? (await ports.feeds.read(site.id, main))?.hasManyCategories ?? false;
    isLarge.set(main, hasMany);
    return !hasMany || (await countUse(site.id, key, categoryMinimum, ports)).posts >= categoryMinimum;
  };
};

/** Marks each feed once for all posts that are published at the same time. The marks come first: a render looks for them. */
export const markFeedsCoalesced = (ports: MarkFeedsPorts): MarkFeeds =>
  coalesce(async (all) => {
    for (const id of new Set(all.map((changed) => changed.site))) {
      const changes = all.filter((changed) => changed.site === id);
      await markArchives(id, changes, ports);
      await touchFeeds(ports.site(id), changes, ports);
    }
  });

/**
 * Does work for all the calls that came while the work for earlier ones was done. It begins after each of its calls, and
 * so reads all that its callers wrote before. Where it fails for several, it is done for each alone: none of them fails
 * for another.
 */
export const coalesce = <T>(work: (items: readonly T[]) => Promise<void>): ((item: T) => Promise<void>) => {
  let waiting: { readonly items: T[]; readonly done: Promise<readonly PromiseSettledResult<void>[]> } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const workAll = async (items: readonly T[]): Promise<readonly PromiseSettledResult<void>[]> => {
    const [all] = await Promise.allSettled([work(items)]);
    if (all.status === "fulfilled" || items.length === 1) return items.map(() => all);
    return Promise.allSettled(items.map((item) => work([item])));
  };

  const begin = () => {
    const items: T[] = [];
    const done = last.then(() => {
      waiting = undefined;
      return workAll(items);
    });
    last = done;
    return { items, done };
  };

  return async (item) => {
    const batch = waiting ?? begin();
    waiting = batch;
    const index = batch.items.push(item) - 1;
    const result = (await batch.done)[index];
    if (result?.status === "rejected") throw result.reason;
  };
};
