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

/** A source of documents. An event only says that a document changed: the current bytes decide. */
export interface Source {
  /** The source's name in rows, unique among the sources of a site. */
  readonly name: string;
  /** The site of all its documents. Absent if all sites share the source, each with its own folder (`Site.folder`). */
  readonly site?: string;
  /** The address of a feed, which is polled and not listed (poll-feed.ts). */
  readonly feed?: string;
  /**
   * The paths of all documents, with `/`. Throws when the source cannot be read, which is not the same as an empty
   * source.
   */
  list(): Promise<readonly string[]>;
  /** Lists the documents with tags, if the source has them. Then only changed documents are read. */
  listTagged?(): Promise<readonly ListedDocument[]>;
  /**
   * Sorts the documents by their dates, as far as those are known without parsing: the first listing begins with the
   * newest, which a new owner expects to see.
   */
  newestFirst?(paths: readonly string[]): Promise<readonly string[]>;
  /**
   * Returns the current bytes; undefined if there is no such document. `unreadable`: it exists, but its bytes cannot be
   * read now.
   */
  read(path: string): Promise<Uint8Array | "unreadable" | undefined>;
  /**
   * Says where a document is that `read` does not find, if it is missing only for now, such as on another branch of a
   * git repository. Undefined where it is deleted.
   */
  findElsewhere?(path: string): Promise<Elsewhere | undefined>;
}

/** The place of a document that is missing for now. */
export interface Elsewhere {
  /** A clause: "it is on the branch main". */
  readonly where: string;
  /** It was not there when it was looked for before. */
  readonly isNews: boolean;
}

/** Details of how a document was read, which `crier doctor` shows. */
export interface Reading {
  readonly origins: Findings["origins"];
  /** The keys that Crier does not read. */
  readonly ignored: readonly string[];
  /** The fields for which the document has the key that the site configures. */
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
  /** The document is a page of the site (README, an index, `layout: page`). `reason` is for people. */
  | { readonly kind: "page"; readonly reason: string }
  | { readonly kind: "refused"; readonly reasons: readonly Reason[]; readonly reading?: Reading };

export interface ParseContext {
  /** The document is an index, and its folder contains other documents. */
  readonly isSectionIndex?: boolean;
  /** The moment at which Crier first read the document. It is the date in the address of a document without a date. */
  readonly firstRead?: Instant;
  /** The URLs of the documents that it refers to, by `referenceKey`. */
  readonly links?: ReadonlyMap<string, string>;
}

export interface ParsedDocument {
  readonly parsed: Parsed;
  /** The references to other documents, each once and not more than are followed. */
  readonly references: readonly Reference[];
}

/**
 * Parses one document. A document that takes too long or too much memory, or fails in the parser, is refused as
 * `too-costly`.
 */
export type Parse = (bytes: Uint8Array, path: string, site: Site, context?: ParseContext) => Promise<ParsedDocument>;

/** Returns only the URL of a document's page; undefined if the document does not become a post. */
export type Locate = (
  bytes: Uint8Array,
  path: string,
  site: Site,
  isSectionIndex: boolean,
) => Promise<string | undefined>;

/** Makes the content of a post from an entry of another program's feed. An entry is refused like a document. */
export type ParseEntry = (document: EntryDocument, site: Site) => Promise<Parsed>;

export type ReadFeedResult =
  | { readonly kind: "feed"; readonly feed: PolledFeed }
  /** `problem` says why it is not a feed, as the end of a sentence about its address. */
  | { readonly kind: "no-feed"; readonly problem: string };

/** Reads the response of a feed's address. */
export type ReadFeed = (bytes: FeedBytes) => Promise<ReadFeedResult>;

/** The parsers of documents. Anybody may have written the texts, so each call ends, whatever they contain. */
export interface DocumentParsers {
  /** True if documents are parsed in another process, so that no text can end this one. */
  readonly isContained: boolean;
  readonly parse: Parse;
  readonly locate: Locate;
}

/** The parsers of feeds. The same rules apply as for documents. */
export interface FeedParsers {
  readonly isContained: boolean;
  readonly parseEntry: ParseEntry;
  readonly readFeed: ReadFeed;
}
