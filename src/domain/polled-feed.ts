import type { Person, Site } from "./site.ts";
import { hour, type Instant, minute } from "./time.ts";

/** A text of a feed, which is plain or HTML by the rules of its format. */
export type FeedText = { readonly text: string } | { readonly html: string };

/** A file that belongs to an entry. */
export interface PolledFile {
  /** Absolute. */
  readonly url: string;
  readonly mediaType: string | undefined;
  /** In bytes. */
  readonly length: number | undefined;
  readonly alt: string | undefined;
}

/** An entry of another program's feed, as it was read. It is the document that a post is made of. */
export interface PolledEntry {
  /** As it is written: RSS `guid`, Atom and JSON `id`. */
  readonly guid: string | undefined;
  /** The entry's page: absolute. */
  readonly url: string | undefined;
  readonly title: FeedText | undefined;
  /** Dates as they are written. Atom and JSON Feed may have the second alone. */
  readonly published: string | undefined;
  readonly updated: string | undefined;
  /** Only beside the content. */
  readonly summary: FeedText | undefined;
  readonly content: FeedText | undefined;
  /** Relative links of the content are relative to it (`xml:base`). Absent: to the entry's page. */
  readonly base: string | undefined;
  /** The feed's where the entry names none. */
  readonly authors: readonly Person[];
  readonly categories: readonly string[];
  /** Pictures, the best first. */
  readonly images: readonly PolledFile[];
  /** Recordings, films and other files. */
  readonly attachments: readonly PolledFile[];
  /** As it is written: of the entry, else of the feed. */
  readonly language: string | undefined;
}

/** An entry as the document of a post. */
export interface EntryDocument {
  readonly entry: PolledEntry;
  /** The date that its post has already. */
  readonly known: Instant | undefined;
  /** When it was first seen, for an entry without a date. */
  readonly seen: Instant;
}

export interface PolledFeed {
  /** As plain text. */
  readonly title: string | undefined;
  /** The address that the feed gives as its own: absolute. */
  readonly self: string | undefined;
  /** The page that the feed belongs to: absolute. */
  readonly home: string | undefined;
  /** As it is written. */
  readonly language: string | undefined;
  readonly entries: readonly PolledEntry[];
  /** The ids of entries that the feed names as deleted (RFC 6721). */
  readonly deleted: readonly string[];
  /** False where the document ends too early: an entry that is not in it may still be in the feed. */
  readonly isComplete: boolean;
  /** In ms: how long the feed asks to wait between two polls. */
  readonly pollAfter: number | undefined;
}

/** The response to a poll. */
export interface FeedBytes {
  /** Where it came from, after all redirects. */
  readonly url: string;
  /** The header `Content-Type`. */
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** The ids in a feed that Crier wrote for the site begin like this: as a source, its posts would become new posts. */
export const isOwnFeed = (
  { entries }: Pick<PolledFeed, "entries">,
  { authority, id }: Pick<Site, "authority" | "id">,
) => entries.some(({ guid }) => guid?.startsWith(`tag:${authority}:${id}/`));

export const ownFeed = "it is the feed that Crier writes for this site: name the feed that the site itself has";

/** More than decades of a blog have. Each entry is a post, with rows of its own. */
const maxEntries = 5_000;

/** As many entries of a feed as are read, and what is to be said of the others: what is not read has not left the feed. */
export const firstEntries = (feed: PolledFeed): { readonly feed: PolledFeed; readonly problem: string | undefined } => {
  const { length } = feed.entries;
  if (length <= maxEntries) return { feed, problem: undefined };
  const entries = feed.entries.slice(0, maxEntries);
  return {
    feed: { ...feed, entries, isComplete: false },
    problem: `it has ${length} entries, of which the first ${maxEntries} are read`,
  };
};

/** An entry that was in the feed, as far as it is remembered. */
export interface WindowEntry {
  /** Of its document. */
  readonly path: string;
  /** Of what was read. Undefined where it is to be read again: it is a post of another source, or could not be read. */
  readonly hash: string | undefined;
  /** Of its post; undefined where it was refused. */
  readonly published: Instant | undefined;
}

/** What a feed source remembers from one poll to the next. */
export interface FeedMemory {
  /** The address of the next poll: the configured one, until the feed moves for good. */
  readonly url: string;
  readonly validators: { readonly etag?: string; readonly lastModified?: string };
  /** Hash of all settings that the entries were read with. */
  readonly recipe: string;
  /** In ms: how long the feed itself asks to wait between two polls. */
  readonly pollAfter: number | undefined;
  /** The feed is not polled before. */
  readonly next: Instant;
  /** The last poll that ended. */
  readonly last: { readonly at: Instant; readonly answer: "entries" | "unchanged" | "failed" } | undefined;
  /** Polls in a row that failed. */
  readonly failures: number;
  /** Why the last one failed. */
  readonly problem: string | undefined;
  /** Hash of what a poll began to read, and with which settings: where it is still there, reading it ended the process. */
  readonly reading: string | undefined;
  /** The entries of the last poll that brought any. */
  readonly window: readonly WindowEntry[];
  /** Entries that left, and whose pages have not answered yet. */
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

/** The rows of a feed with a whole archive in it stay small. Of the entries behind, no departure is noticed. */
const maxWindow = 1_000;

/**
 * The entries whose pages are to be asked: those that are no longer in the feed, although they are newer than the oldest
 * that is. Older ones made room, as is usual. An empty feed, and one whose end is missing, say nothing about what is not in them.
 */
export const departed = (
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

/** What is remembered of the entries of a poll. After an empty or incomplete feed, those of the poll before still count. */
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

/** The time between two polls: at least what the feed and its server ask for, within limits. In ms. */
export const pollInterval = (asked: readonly (number | undefined)[]): number =>
  Math.min(longest, Math.max(shortest, ...asked.map((wait) => wait ?? 0)));

const longestBackoff = 24 * hour;

/** After so many failures in a row: twice as long each time, up to six hours, and at least what the server asks for. */
export const retryInterval = (failures: number, asked: number | undefined): number =>
  Math.min(longestBackoff, Math.max(Math.min(shortest * 2 ** (failures - 1), 6 * hour), asked ?? 0));
