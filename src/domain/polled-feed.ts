import type { Person, Site } from "./site.ts";
import type { Instant } from "./time.ts";

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
