import type { FieldName } from "../domain/field-keys.ts";
import type { Findings, Reason, Warning } from "../domain/findings.ts";
import type { EntryDocument, FeedBytes, PolledFeed } from "../domain/polled-feed.ts";
import type { PostContent } from "../domain/post.ts";
import type { Reference } from "../domain/reference.ts";
import type { Site } from "../domain/site.ts";
import type { Instant } from "../domain/time.ts";

/** A document as its source lists it. */
export interface ListedDocument {
  readonly path: string;
  /** It changes with every write of the document. */
  readonly tag?: string;
}

/** Where documents come from. An event only says that a document changed: the current bytes decide. */
export interface Source {
  /** In rows. Unique among the sources of a site. */
  readonly name: string;
  /** The site of all its documents. Absent where all sites share it, each with a folder of its own (`Site.folder`). */
  readonly site?: string;
  /** The address of a feed, which is polled and not listed: see poll-feed.ts. */
  readonly feed?: string;
  /** The paths of all documents, with `/`. Throws when the source cannot be read, which is not the same as an empty source. */
  list(): Promise<readonly string[]>;
  /** The same with tags, where the source has them: then a listing reads what has changed, and nothing else. */
  listTagged?(): Promise<readonly ListedDocument[]>;
  /** The current bytes; undefined when there is no such document. `kept`: it exists, and its bytes cannot be had now. */
  read(path: string): Promise<Uint8Array | "kept" | undefined>;
}

/** How a document was read: for `crier doctor`. */
export interface Reading {
  readonly origins: Findings["origins"];
  /** The keys that are not read. */
  readonly ignored: readonly string[];
  /** The fields for which the document has the key that the site names. */
  readonly ownFields: readonly FieldName[];
  /** Its text was in a wrong encoding. */
  readonly isRepaired: boolean;
}

export type Parsed =
  | {
      readonly kind: "post";
      readonly content: PostContent;
      readonly warnings: readonly Warning[];
      readonly reading?: Reading;
    }
  /** A page of the site (README, an index, `layout: page`), for people: why. */
  | { readonly kind: "page"; readonly reason: string }
  | { readonly kind: "refused"; readonly reasons: readonly Reason[]; readonly reading?: Reading };

export interface ParseContext {
  /** The document is an index, and its folder holds other documents. */
  readonly isSectionIndex?: boolean;
  /** Of a document that Crier reads for the first time now, or read first then: the address of one without a date is made of it. */
  readonly firstRead?: Instant;
  /** Where the documents are that it refers to, by `referenceKey`. */
  readonly links?: ReadonlyMap<string, string>;
}

export interface ParsedDocument {
  readonly parsed: Parsed;
  /** To other documents: each once, and not more than are followed. */
  readonly references: readonly Reference[];
}

/** Parses one document. What takes too long, too much memory or fails in the parser is refused as `too-costly`. */
export type Parse = (bytes: Uint8Array, path: string, site: Site, context?: ParseContext) => Promise<ParsedDocument>;

/** Where the page of a document is. */
export interface LocatedPage {
  readonly url: string;
}

/** Only where the page of a document is; undefined where it does not become a post. */
export type Locate = (
  bytes: Uint8Array,
  path: string,
  site: Site,
  isSectionIndex: boolean,
) => Promise<LocatedPage | undefined>;

/** The content of the post that an entry of another program's feed becomes. It is refused like a document. */
export type ParseEntry = (document: EntryDocument, site: Site) => Promise<Parsed>;

export type ReadFeedResult =
  | { readonly kind: "feed"; readonly feed: PolledFeed }
  /** Why it is not a feed, as the end of a sentence about its address. */
  | { readonly kind: "no-feed"; readonly problem: string };

/** Reads what a feed's address answered. */
export type ReadFeed = (bytes: FeedBytes) => Promise<ReadFeedResult>;

/** What reads documents. Their texts are anybody's: each call ends, whatever they hold. */
export interface DocumentParsers {
  /** No text can end this process: it is parsed in another one. */
  readonly isContained: boolean;
  readonly parse: Parse;
  readonly locate: Locate;
}

/** The same for feeds. */
export interface FeedParsers {
  readonly isContained: boolean;
  readonly parseEntry: ParseEntry;
  readonly readFeed: ReadFeed;
}
