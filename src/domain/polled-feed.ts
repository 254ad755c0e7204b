import { doublingPause, longestWait } from "./retry.ts";
import type { Person, Site } from "./site.ts";
import { hour, type Instant, minute } from "./time.ts";

/** A text of a feed. The rules of the feed's format decide whether it is plain or HTML. */
export type FeedText = { readonly text: string } | { readonly html: string };

/** A file that belongs to an entry. */
export interface PolledFile {
  /** An absolute URL. */
  readonly url: string;
  readonly mediaType: string | undefined;
  /** In bytes. */
  readonly length: number | undefined;
  readonly alt: string | undefined;
}

/** An entry of another program's feed, as it was read. It is the document that a post is made from. */
export interface PolledEntry {
  /** The id as the feed has it: RSS `guid`, Atom and JSON `id`. */
  readonly guid: string | undefined;
  /** The absolute URL of the entry's page. */
  readonly url: string | undefined;
  readonly title: FeedText | undefined;
  /** Both dates are as the feed has them. Atom and JSON Feed may have `updated` alone. */
  readonly published: string | undefined;
  readonly updated: string | undefined;
  /** Undefined if the entry has no content besides it. */
  readonly summary: FeedText | undefined;
  readonly content: FeedText | undefined;
  /** The base of relative links in the content (`xml:base`). If it is absent, the entry's page is. */
  readonly base: string | undefined;
  /** The authors of the entry, or those of the feed if the entry names none. */
  readonly authors: readonly Person[];
  readonly categories: readonly string[];
  /** Pictures, the best first. */
  readonly images: readonly PolledFile[];
  /** Recordings, videos and other files. */
  readonly attachments: readonly PolledFile[];
  /** The absolute URL of a page elsewhere that the entry is about: `external_url` of JSON Feed, `related` of Atom. */
  readonly external?: string;
  /** The elements of an episode of a podcast, as the feed has them. */
  readonly episode?: Readonly<Partial<Record<"duration" | "episode" | "season" | "episodeType" | "explicit", string>>>;
  /** The language of the entry, or of the feed, as the feed has it. */
  readonly language: string | undefined;
}

/** An entry as the document of a post. */
export interface EntryDocument {
  readonly entry: PolledEntry;
  /** The date that its post already has. */
  readonly known: Instant | undefined;
  /** The moment at which an entry without a date was first seen. */
  readonly seen: Instant;
}

export interface PolledFeed {
  /** The title as plain text. */
  readonly title: string | undefined;
  /** The absolute address that the feed names as its own. */
  readonly self: string | undefined;
  /** True if the feed says that Crier wrote it. */
  readonly isByCrier: boolean;
  /** The absolute URL of the page that the feed belongs to. */
  readonly homePage: string | undefined;
  /** The language as the feed has it. */
  readonly language: string | undefined;
  readonly entries: readonly PolledEntry[];
  /** The ids of entries that the feed names as deleted (RFC 6721). */
  readonly deleted: readonly string[];
  /** False if the document ends too early: an entry that is not in it may still be in the feed. */
  readonly isComplete: boolean;
  /** The time that the feed requests between two polls, in ms. */
  readonly pollAfter: number | undefined;
}

/** The response to a poll. */
export interface FeedBytes {
  /** The URL of the response, after all redirects. */
  readonly url: string;
  /** The header `Content-Type`. */
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/**
 * True for a feed that Crier wrote for the site, which its ids or its own address show. As a source, its posts would
 * become new posts, or Crier would read for ever what it wrote itself: the address of a source leads there after a move.
 */
export const isOwnFeed = (
  { entries, isByCrier, self = "" }: Pick<PolledFeed, "entries" | "isByCrier" | "self">,
  { authority, id, feedsUrl }: Pick<Site, "authority" | "id" | "feedsUrl">,
): boolean =>
  (isByCrier && self.startsWith(feedsUrl)) || entries.some(({ guid }) => guid?.startsWith(`tag:${authority}:${id}/`));

export const ownFeed = "it is the feed that Crier writes for this site: name the feed that the site itself has";

/** A blog has fewer posts in decades. The limit exists because each entry is a post, with its own rows. */
const maxEntries = 5_000;

/**
 * Limits a feed to the entries that are read, and reports the others. The feed counts as incomplete, because an entry
 * that is not read has not left it.
 */
export const firstEntries = (feed: PolledFeed): { readonly feed: PolledFeed; readonly problem: string | undefined } => {
  const { length } = feed.entries;
  if (length <= maxEntries) return { feed, problem: undefined };
  const entries = feed.entries.slice(0, maxEntries);
  return {
    feed: { ...feed, entries, isComplete: false },
    problem: `it has ${length} entries, of which the first ${maxEntries} are read`,
  };
};

/** The stored parts of an entry that was in the feed. */
export interface WindowEntry {
  /** The path of its document. */
  readonly path: string;
  /**
   * Hash of the entry as it was read. Undefined if it is read again, because its post belongs to another source or it
   * could not be read.
   */
  readonly hash: string | undefined;
  /** The date of its post; undefined if it has none. */
  readonly published: Instant | undefined;
}

/** The data that a feed source keeps from one poll to the next. */
export interface FeedMemory {
  /** The address of the next poll. It is the configured one until the feed moves permanently. */
  readonly url: string;
  readonly validators: { readonly etag?: string; readonly lastModified?: string };
  /** Hash of all settings that the entries were read with. */
  readonly recipe: string;
  /** The time that the feed requests between two polls, in ms. */
  readonly pollAfter: number | undefined;
  /** The feed is not polled before this moment. */
  readonly next: Instant;
  /** The last poll that ended. */
  readonly last: { readonly at: Instant; readonly answer: "entries" | "unchanged" | "failed" } | undefined;
  /** The number of polls in a row that failed. */
  readonly failures: number;
  /** The reason why the last poll failed. */
  readonly problem: string | undefined;
  /**
   * Hash of the bytes and settings that a poll began to read. If it is still set at the next poll, reading them ended
   * the process.
   */
  readonly reading: string | undefined;
  /** The entries of the last poll that brought any. */
  readonly window: readonly WindowEntry[];
  /** Entries that left the feed, and whose pages have not answered yet. */
  readonly asking: readonly WindowEntry[];
}

export const emptyMemory = (url: string): FeedMemory => ({
  url,
  validators: {},
  recipe: "",
  pollAfter: undefined,
  next: 0,
  last: undefined,
  failures: 0,
  problem: undefined,
  reading: undefined,
  window: [],
  asking: [],
});

/**
 * Limits the row of a feed that contains a whole archive. Crier does not notice when an entry beyond the limit leaves.
 */
const maxWindow = 1_000;

/**
 * Returns the entries whose pages are requested: those that are no longer in the feed although they are newer than its
 * oldest entry. Older ones left to make room, as is usual. An empty or incomplete feed proves nothing about other
 * entries.
 */
export const departedEntries = (
  { window, asking }: Pick<FeedMemory, "window" | "asking">,
  now: readonly WindowEntry[],
  isComplete: boolean,
): readonly WindowEntry[] => {
  const oldest = Math.min(...now.flatMap(({ published }) => published ?? []));
  if (!isComplete || !Number.isFinite(oldest)) return asking;
  const present = new Set(now.map(({ path }) => path));
  return [...asking, ...window].filter(
    ({ path, published }) => !present.has(path) && published !== undefined && published > oldest,
  );
};

/**
 * Returns the entries to store after a poll. After an empty or incomplete feed, those of the poll before still count.
 */
export const nextWindow = (
  before: readonly WindowEntry[],
  now: readonly WindowEntry[],
  isComplete: boolean,
): readonly WindowEntry[] => {
  const present = new Set(now.map(({ path }) => path));
  const kept = isComplete && now.length > 0 ? [] : before.filter(({ path }) => !present.has(path));
  return [...now, ...kept].slice(0, maxWindow);
};

const [shortest, longest] = [5 * minute, hour];

/** Returns the time between two polls in ms: at least what the feed and its server request, within limits. */
export const pollInterval = (asked: readonly (number | undefined)[]): number =>
  Math.min(longest, Math.max(shortest, ...asked.map((wait) => wait ?? 0)));

const pauses = { first: shortest, longest: 6 * hour };

/**
 * Returns the time until the next poll after failures in a row: twice as long each time, up to six hours, and at least
 * what the server requests.
 */
export const retryInterval = (failures: number, asked: number | undefined): number =>
  Math.min(longestWait, Math.max(doublingPause(pauses, failures), asked ?? 0));
