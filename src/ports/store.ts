import type { AccountState } from "../domain/account.ts";
import type { RateWindow } from "../domain/concurrency.ts";
import type { Delivery, DeliveryList } from "../domain/delivery.ts";
import type { KnownDocument } from "../domain/document.ts";
import type { FeedUse } from "../domain/feed.ts";
import type { FeedKey } from "../domain/feed-key.ts";
import type { LoggedAct } from "../domain/logged-act.ts";
import type { Notice, Ping } from "../domain/notice.ts";
import type { PageCheck } from "../domain/page-check.ts";
import type { FeedMemory } from "../domain/polled-feed.ts";
import type { Listing, Post, PostHead } from "../domain/post.ts";
import type { ServerState } from "../domain/request-gates.ts";
import type { Stops } from "../domain/stopped.ts";
import type { Instant } from "../domain/time.ts";
import type { Fault } from "./feeds.ts";

export type Ref =
  | { readonly kind: "post"; readonly site: string; readonly id: string }
  | { readonly kind: "feed"; readonly site: string; readonly key: FeedKey }
  | {
      readonly kind: "delivery";
      readonly site: string;
      readonly post: string;
      readonly account: string;
      readonly generation: number;
    }
  | { readonly kind: "ping"; readonly site: string; readonly key: FeedKey; readonly hub: string }
  | { readonly kind: "notice"; readonly site: string; readonly to: Notice["to"]; readonly about: string };

export type PostRef = Extract<Ref, { kind: "post" }>;

export type FeedRef = Extract<Ref, { kind: "feed" }>;

export type DeliveryRef = Extract<Ref, { kind: "delivery" }>;

export type PingRef = Extract<Ref, { kind: "ping" }>;

export type NoticeRef = Extract<Ref, { kind: "notice" }>;

export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: string | undefined;
}

/**
 * The rows of posts. As in all of these interfaces, `save` writes only over the version that was read, and returns
 * false if another worker saved first.
 */
export interface Posts {
  read(site: string, id: string): Promise<Post | undefined>;
  /** Reads the post without its body, which is not decompressed. */
  head(site: string, id: string): Promise<PostHead | undefined>;
  save(post: Post): Promise<boolean>;
  /** Returns the most recently changed post first. */
  newest(site: string, from?: string, limit?: number): Promise<Page<Post>>;
}

/**
 * `announcement` belongs to an account and a translation key: only one of the translations is announced by the account.
 */
export type AliasKind = "address" | "guid" | "announcement";

/** The kinds of values that several posts may share. */
export type SharedKind = "slug" | "hash" | "published";

export interface Shared {
  readonly value: string;
  /** Hash of the post's document. Among thousands of posts with one value, it finds those with equal bytes directly. */
  readonly hash?: string | undefined;
}

export interface Aliases {
  read(site: string, kind: AliasKind, value: string): Promise<string | undefined>;
  /** Claims an alias. Returns its owner afterwards: the given id, or the one that claimed it first. */
  claim(site: string, kind: AliasKind, value: string, id: string): Promise<string>;
  /** Moves an alias that `from` claimed and never used to `to`. Returns false if it no longer belongs to `from`. */
  takeOver(site: string, kind: AliasKind, value: string, from: string, to: string): Promise<boolean>;
  /**
   * Stores that a post has a value. It is stored before the post, and kept for a while when the post changes, so a
   * reader must compare it with the post.
   */
  share(site: string, kind: SharedKind, shared: Shared, id: string): Promise<void>;
  unshare(site: string, kind: SharedKind, shared: Shared, id: string): Promise<void>;
  /** Returns the ids of at most 50 posts with the value, and with the hash if one is passed. */
  sharing(site: string, kind: SharedKind, shared: Shared): Promise<readonly string[]>;
}

/** A post as one of its translations. */
export interface TranslationMember {
  /** The id of the post. */
  readonly post: string;
  readonly language: string;
  /** The file of its document, for people. */
  readonly file: string;
  /** The translation key that follows from its document's path. */
  readonly path: string;
}

/**
 * The posts that are translations of one another, one in each language. A row is stored before the post, and kept when
 * the post changes, so a reader must compare it with the post.
 */
export interface Translations {
  /** Claims a language. Returns its post afterwards: the given one, or the one that claimed the language first. */
  claim(site: string, key: string, member: TranslationMember): Promise<TranslationMember>;
  /**
   * Gives the language of a post that no longer has it to another post. Returns false if it no longer belongs to
   * `from`.
   */
  takeOver(site: string, key: string, from: string, member: TranslationMember): Promise<boolean>;
  /** Returns at most 50 posts, sorted by language. */
  all(site: string, key: string): Promise<readonly TranslationMember[]>;
}

export interface Documents {
  read(site: string, source: string, path: string): Promise<KnownDocument | undefined>;
  put(document: KnownDocument): Promise<void>;
  /** Saves the row over `before`, the row as it was read. Returns undefined if it was saved since. */
  replace(document: KnownDocument, before: KnownDocument | undefined): Promise<KnownDocument | undefined>;
  /** Removes the row as it was read. Returns false if it was saved since. */
  remove(document: KnownDocument): Promise<boolean>;
  all(site: string, source: string): AsyncIterable<KnownDocument>;
  /** Lists the documents that a person is told of: those that are refused or pages, or whose deletion is to be confirmed. */
  reported(site: string, pageSize?: number): AsyncIterable<KnownDocument>;
}

/** The stored state of a source of a site. */
export interface SourceState {
  readonly site: string;
  /** The source's name. */
  readonly source: string;
  /** Raised by every save; 0 for a row that does not exist yet. */
  readonly version: number;
  /** The moment at which its first listing was complete. */
  readonly listed: Instant | undefined;
  /** The beginning of a listing that has not ended: it is running, or its process ended before. */
  readonly began: Instant | undefined;
  /** The data that a feed source keeps from one poll to the next. */
  readonly feed: FeedMemory | undefined;
}

/** A new source starts with an empty state. */
export interface SourceStates {
  read(site: string, source: string): Promise<SourceState>;
  save(state: SourceState): Promise<boolean>;
}

export interface FeedState {
  readonly site: string;
  readonly key: FeedKey;
  /** Raised by every touch while the feed is not due or while it is being rendered. */
  readonly revision: number;
  readonly due: Instant | undefined;
  readonly title: string;
  /** True if it was rendered without entries, so that the page and the OPML do not link to it. */
  readonly empty: boolean;
  /** The moment of its last render. */
  readonly rendered: Instant | undefined;
  /** The date of change in its files, which never becomes earlier. */
  readonly updated: Instant | undefined;
  /** The last faults that the gate found: why the last good feed stays, or which entries were left out. */
  readonly faults: readonly Fault[];
  /** The number of entries that are summaries in its last render, because it would be too large with their bodies. */
  readonly shortened: number;
  /**
   * True if the hubs must be notified of an object. It is set before the object is put, so that a crash between loses
   * no notification.
   */
  readonly pingPending: boolean;
  /** True if an audit made it due: its render compares the receipts of its posts, too. */
  readonly auditPending: boolean;
  /** How much the feed of a category was used at its last render. */
  readonly use?: FeedUse;
  /** True for the feed of a category that had no type when the feed began: a site has a limited number of them. */
  readonly isLimited?: boolean;
  /** True for a main feed with more categories than have a feed each. */
  readonly hasManyCategories?: boolean;
}

/** A feed in the list of its site. */
export type ListedFeed = Pick<FeedState, "key" | "title" | "empty" | "use" | "isLimited">;

/** A category whose feed may begin at the next render of its main feed. */
export interface CategoryCandidate extends Pick<ListedFeed, "key" | "title"> {
  /** The moment of its last change. */
  readonly version: Instant;
}

export interface LeaseTerms {
  readonly clock: () => Instant;
  /** The duration of the lease in ms, which is longer than the work may run. */
  readonly duration: number;
  /** The shortest time between two renders in ms. An earlier one is postponed. */
  readonly minInterval: number;
}

/** The lease of one render on a feed. */
export interface FeedLease {
  /** The state of the feed when the lease was taken. */
  readonly state: FeedState;
  /** Returns false once the lease has expired or another worker has it. Called before each put. */
  holds(): Promise<boolean>;
  /**
   * Saves changes, before the first put. A pending ping stays until the due is cleared. Returns false if another worker
   * has the lease.
   */
  store(changes: Partial<Pick<FeedState, "pingPending" | "updated" | "hasManyCategories">>): Promise<boolean>;
  /** Stores title and use, and whether there are entries, in the feed and in its site's list. Safe to repeat. */
  list(listed: Pick<ListedFeed, "title" | "empty" | "use">): Promise<void>;
}

export interface RenderResult {
  /** The faults that the gate found. */
  readonly faults: readonly Fault[];
  readonly shortened: number;
  /** The moment at which the feed is due again. */
  readonly due: Instant | undefined;
}

export interface Feeds {
  read(site: string, key: FeedKey): Promise<FeedState | undefined>;
  all(site: string): Promise<readonly ListedFeed[]>;
  /** Returns the feeds that pages link to. The pages of the site's archive, whose number grows, are not among them. */
  linked(site: string): Promise<readonly ListedFeed[]>;
  /**
   * Makes the feed due at `due` and registers it in its site. Raises the revision, unless the feed is already due. The
   * title is for a feed that has none yet; the render sets the final one.
   */
  touch(
    site: string,
    key: FeedKey,
    title: string | undefined,
    due: Instant,
    options?: { readonly isAudit?: boolean; readonly isLimited?: boolean },
  ): Promise<void>;
  /** The same for a feed that exists. Returns false if there is none. */
  touchExisting(site: string, key: FeedKey, title: string | undefined, due: Instant): Promise<boolean>;
  /** Stores a category whose feed may begin, with its main feed. Safe to repeat. */
  propose(site: string, candidate: CategoryCandidate): Promise<void>;
  /** Returns the proposed categories of a main feed, sorted by key. */
  proposed(site: string, main: FeedKey): Promise<readonly CategoryCandidate[]>;
  /** Removes a proposal, unless the category was proposed again. */
  settle(site: string, candidate: CategoryCandidate): Promise<void>;
  /**
   * Leases a feed that is due and not leased, and ends the lease with the result of the work. The due is cleared, or
   * replaced by the result's, only on the revision that was leased and under the same lease. Otherwise the revision is
   * raised and the feed stays due. The same holds for the result `lost`: another render has taken the lease or written
   * an object. When the work throws, the lease expires by itself: a request in flight may still be applied.
   */
  withLease(
    site: string,
    key: FeedKey,
    terms: LeaseTerms,
    work: (lease: FeedLease) => Promise<RenderResult | "lost">,
  ): Promise<void>;
}

export interface Membership extends Listing {
  readonly id: string;
  /** The version of the post that wrote it. */
  readonly version: number;
}

export interface Memberships {
  /** Never overwrites one that a newer version wrote. */
  put(site: string, membership: Membership): Promise<void>;
  remove(site: string, membership: Membership): Promise<void>;
  /** Returns the newest first, with consistent reads. */
  newest(site: string, feed: FeedKey): AsyncIterable<Membership>;
}

/** The posts of an archive page, in the order of their numbers. A number never changes. */
export interface ArchivePage {
  /** The number of the page. The first one is 1. */
  readonly page: number;
  readonly ids: readonly string[];
  /** The number of posts that it had before the last save. */
  readonly before: number;
}

/** A post that waits for its archive number. */
export interface ArchiveMark {
  readonly id: string;
  readonly published: Instant;
  /** The version of the post that wrote it. */
  readonly version: number;
}

/** One row: the marks of posts that were published together. */
export interface ArchiveMarks {
  readonly marks: readonly ArchiveMark[];
}

/** The archive of a feed: the pages of its posts. */
export interface Archive {
  /** Saves marks. Marks of other posts or other versions are separate rows. Safe to repeat. */
  mark(site: string, feed: FeedKey, marks: ArchiveMarks): Promise<void>;
  /** Returns the rows in the order of their earliest publication. */
  marks(site: string, feed: FeedKey, limit: number): Promise<readonly ArchiveMarks[]>;
  unmark(site: string, feed: FeedKey, marks: ArchiveMarks): Promise<void>;
  last(site: string, feed: FeedKey): Promise<ArchivePage | undefined>;
  /** Adds posts to a page that has `before` of them. Returns false if another worker has added some since. */
  save(site: string, feed: FeedKey, page: ArchivePage): Promise<boolean>;
  read(site: string, feed: FeedKey, page: number): Promise<ArchivePage | undefined>;
  /** Makes the page of a post available to `pageOf`. Safe to repeat. */
  indexById(site: string, feed: FeedKey, id: string, page: number): Promise<void>;
  pageOf(site: string, feed: FeedKey, id: string): Promise<number | undefined>;
}

export interface Deliveries {
  /** Returns false if the delivery exists. */
  create(delivery: Delivery): Promise<boolean>;
  read(ref: DeliveryRef): Promise<Delivery | undefined>;
  /** Raises `nudges` and makes the delivery due now, and changes nothing else. */
  nudge(ref: DeliveryRef, now: Instant): Promise<void>;
  /**
   * Writes only over the version that was read. If only `nudges` has changed, its value and the earlier due are kept:
   * the row stays due, because the step may have read the old post.
   */
  save(delivery: Delivery): Promise<boolean>;
  ofPost(site: string, post: string): Promise<readonly Delivery[]>;
  /** Returns a page of one of the account's lists. */
  inState(account: string, list: DeliveryList, from?: string): Promise<Page<Delivery>>;
}

export interface Pings {
  read(ref: PingRef): Promise<Ping | undefined>;
  /**
   * Records that the feed has changed. The ping is due when the bytes are public, or earlier if it was due earlier.
   * Resets the failures, but not the wait that a hub requested.
   */
  nudge(ref: PingRef, topics: readonly string[], publicAt: Instant): Promise<void>;
  /** Writes only over the version that was read. Returns false if the row was nudged or saved since. */
  save(ping: Ping): Promise<boolean>;
}

/** The rows of notices. A new notice has no items. */
export interface Notices {
  read(ref: Omit<NoticeRef, "kind">): Promise<Notice>;
  save(notice: Notice): Promise<boolean>;
}

export interface Accounts {
  read(name: string): Promise<AccountState>;
  save(state: AccountState): Promise<boolean>;
}

export interface PageChecks {
  /** Reads the check of the page of a post, by the post's id. */
  read(site: string, post: string): Promise<PageCheck | undefined>;
  save(check: PageCheck): Promise<boolean>;
}

/** The rows of networks' servers. A server has a row after it did not answer, or if several accounts are on it. */
export interface Servers {
  read(name: string): Promise<ServerState>;
  save(state: ServerState): Promise<boolean>;
}

/** The ids that were counted under a name, such as the missing documents of a source. A new name starts empty. */
export interface RateWindows {
  read(name: string): Promise<RateWindow>;
  save(window: RateWindow): Promise<boolean>;
}

export interface DuePage {
  readonly refs: readonly Ref[];
  /** The end of this page in the index. Undefined if nothing is due. */
  readonly position: string | undefined;
  /** True if nothing more is due now. */
  readonly isLast: boolean;
}

/** The progress of a round of the sweep. */
export interface SweepRound {
  readonly began: Instant;
  /** The position in the index of due rows. */
  readonly place: string | undefined;
  /** True once all overdue rows were queued. */
  readonly isOver: boolean;
}

export interface SweepRounds {
  read(): Promise<SweepRound | undefined>;
  save(round: SweepRound): Promise<void>;
}

/** The progress of the audit of all sites. */
export interface AuditProgress {
  readonly configuration: string;
  readonly began: Instant;
  /** The index of the next site to audit, or the number of sites once all are audited. */
  readonly next: number;
}

export interface Audits {
  read(): Promise<AuditProgress | undefined>;
  save(progress: AuditProgress): Promise<void>;
}

/** The last listing of a source of a site. */
export interface ListingState {
  /** Hash of the marks of all documents. */
  readonly hash: string;
  /** True if no document has to be tried again. */
  readonly isSettled: boolean;
  /** The moment at which the rows of the documents were last compared with the listing. */
  readonly compared: Instant;
}

/**
 * The last listings, which save reading every document each hour. The marks belong to documents that are not read again
 * before they change.
 */
export interface Listings {
  read(site: string, source: string): Promise<ListingState | undefined>;
  marks(site: string, source: string): Promise<ReadonlySet<string>>;
  save(site: string, source: string, state: ListingState, marks: readonly string[]): Promise<void>;
}

/**
 * The sparse index of all due rows. It may be stale: a row in it may be done already, and the next sweep finds a row
 * that it lacks.
 */
export interface Due {
  /** Returns the longest overdue rows first. */
  before(moment: Instant, limit: number): Promise<readonly Ref[]>;
  /** Returns the rows after a position, at most `limit` of each part of the index, and the position after these. */
  behind(position: string | undefined, moment: Instant, limit: number): Promise<DuePage>;
  /**
   * Postpones a row whose step threw, so that it does not starve other rows. Returns how many times in a row it has
   * failed.
   */
  defer(ref: Ref, now: Instant): Promise<number>;
}

export interface Store {
  readonly posts: Posts;
  readonly aliases: Aliases;
  readonly translations: Translations;
  readonly documents: Documents;
  readonly sourceStates: SourceStates;
  readonly feeds: Feeds;
  readonly memberships: Memberships;
  readonly archive: Archive;
  readonly deliveries: Deliveries;
  readonly pings: Pings;
  readonly notices: Notices;
  readonly accounts: Accounts;
  readonly pageChecks: PageChecks;
  readonly servers: Servers;
  readonly rateWindows: RateWindows;
  readonly due: Due;
  readonly sweepRounds: SweepRounds;
  readonly audits: Audits;
  readonly listings: Listings;
  readonly moves: Moves;
  readonly stops: StopRows;
  readonly actLog: ActLog;
  readonly requestMarks: RequestMarks;
}

export interface ActLog {
  /** Adds a line, and removes some that are older than 400 days. */
  add(act: LoggedAct): Promise<void>;
  newest(site: string, from?: string): Promise<Page<LoggedAct>>;
}

/** The row with what a person has stopped. */
export interface StopRows {
  read(): Promise<Stops>;
  /** Saves over the version that was read. Returns false where another worker was faster. */
  save(stops: Stops): Promise<boolean>;
}

/**
 * How many requests each account has made, stored outside of the table as well. A table that was restored to an earlier
 * state has a lower number than its mark.
 */
export interface RequestMarks {
  /** Gives the table an identity if it has none: the marks of another table do not count. */
  begin(): Promise<void>;
  /** Returns 0 if this table has made none. */
  read(account: string): Promise<number>;
  /** Called after the account's row has the number, and before the request is made. Never lowers a mark. */
  raise(account: string, requests: number): Promise<void>;
}

/** Stores whether `crier export --move` moved this installation to another one. Since then it sends nothing. */
export interface Moves {
  /** Returns the moment of the move; undefined if the installation was not moved. */
  read(): Promise<Instant | undefined>;
  mark(at: Instant): Promise<void>;
  clear(): Promise<void>;
}
