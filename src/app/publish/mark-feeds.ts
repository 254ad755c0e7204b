import { type FeedKey, mainFeedFor } from "../../domain/feed-key.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Archive, ArchiveMark, Feeds } from "../../ports/store.ts";

/** The feeds of a site that a published post changes. */
export interface ChangedFeeds {
  readonly site: string;
  /** The changed feeds, each with the title for a feed that has none yet. */
  readonly feeds: ReadonlyMap<FeedKey, string | undefined>;
  /** The archived feeds in which the post waits for a number. */
  readonly archives: readonly FeedKey[];
  readonly mark: ArchiveMark;
}

/** Resolves when the feeds are due and the post is marked. */
export type MarkFeeds = (changed: ChangedFeeds) => Promise<void>;

interface MarkFeedsPorts {
  readonly archive: Pick<Archive, "mark">;
  readonly feeds: Pick<Feeds, "touch">;
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

/** Main feeds last, because their pages link to the others. */
const touchFeeds = async (
  site: string,
  changes: readonly ChangedFeeds[],
  { feeds, clock }: MarkFeedsPorts,
): Promise<void> => {
  const titles = new Map<FeedKey, string | undefined>();
  for (const changed of changes) for (const [key, title] of changed.feeds) titles.set(key, titles.get(key) ?? title);
  const keys = [...titles.keys()].toSorted((a, b) => Number(a === mainFeedFor(a)) - Number(b === mainFeedFor(b)));
  for (const key of keys) await feeds.touch(site, key, titles.get(key), clock());
};

/** Marks each feed once for all posts that are published at the same time. The marks come first: a render looks for them. */
export const markFeedsCoalesced = (ports: MarkFeedsPorts): MarkFeeds =>
  coalesce(async (all) => {
    for (const site of new Set(all.map((changed) => changed.site))) {
      const changes = all.filter((changed) => changed.site === site);
      await markArchives(site, changes, ports);
      await touchFeeds(site, changes, ports);
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
