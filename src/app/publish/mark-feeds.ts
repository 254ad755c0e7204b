import { type FeedKey, mainFeedOf } from "../../domain/feed-key.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Archive, ArchiveMark, Feeds } from "../../ports/store.ts";
import { together } from "../together.ts";

/** The feeds of a site that a published post changes. */
export interface ChangedFeeds {
  readonly site: string;
  /** Each with the title for a feed that has none yet. */
  readonly feeds: ReadonlyMap<FeedKey, string | undefined>;
  /** The archived feeds in which the post waits for a number. */
  readonly archives: readonly FeedKey[];
  readonly mark: ArchiveMark;
}

/** Resolves when the feeds are due and the post is marked. */
export type MarkFeeds = (changed: ChangedFeeds) => Promise<void>;

interface Ports {
  readonly archive: Pick<Archive, "mark">;
  readonly feeds: Pick<Feeds, "touch">;
  readonly clock: Clock;
}

/** A row of marks stays small. */
const maxMarks = 16;

const markArchives = async (site: string, changes: readonly ChangedFeeds[], { archive }: Ports): Promise<void> => {
  for (const feed of new Set(changes.flatMap(({ archives }) => archives))) {
    const marks = changes.filter(({ archives }) => archives.includes(feed)).map(({ mark }) => mark);
    for (let from = 0; from < marks.length; from += maxMarks)
      await archive.mark(site, feed, { marks: marks.slice(from, from + maxMarks) });
  }
};

/** Main feeds last, because their pages link to the others. */
const touchFeeds = async (site: string, changes: readonly ChangedFeeds[], { feeds, clock }: Ports): Promise<void> => {
  const titles = new Map<FeedKey, string | undefined>();
  for (const changed of changes) for (const [key, title] of changed.feeds) titles.set(key, titles.get(key) ?? title);
  const keys = [...titles.keys()].toSorted((a, b) => Number(a === mainFeedOf(a)) - Number(b === mainFeedOf(b)));
  for (const key of keys) await feeds.touch(site, key, titles.get(key), clock());
};

/** Marks each feed once for all posts that are published at the same time. The marks come first: a render looks for them. */
export const markFeedsTogether = (ports: Ports): MarkFeeds =>
  together(async (all) => {
    for (const site of new Set(all.map((changed) => changed.site))) {
      const changes = all.filter((changed) => changed.site === site);
      await markArchives(site, changes, ports);
      await touchFeeds(site, changes, ports);
    }
  });
