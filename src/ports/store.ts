import type { AccountState } from "../domain/account.ts";
import type { RateWindow } from "../domain/concurrency.ts";
import type { Delivery, DeliveryState } from "../domain/delivery.ts";
import type { KnownDocument } from "../domain/document.ts";
import type { FeedKey } from "../domain/feed-key.ts";
import type { Notice, Ping } from "../domain/notice.ts";
import type { PageCheck } from "../domain/page-check.ts";
import type { FeedMemory } from "../domain/polled-feed.ts";
import type { Listing, Post, PostHead } from "../domain/post.ts";
import type { ServerState } from "../domain/request-gates.ts";
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

/** Every `save` writes only over the version that was read, and returns false when another worker saved first. */
export interface Posts {
  read(site: string, id: string): Promise<Post | undefined>;
  /** The post without its body, which is not unpacked. */
  head(site: string, id: string): Promise<PostHead | undefined>;
  save(post: Post): Promise<boolean>;
  /** The most recently changed first. */
  newest(site: string, from?: string): Promise<Page<Post>>;
}

/** `announcement`: of an account and a key of translations, which one of them announces. */
export type AliasKind = "address" | "guid" | "announcement";

/** What several posts may have. */
export type SharedKind = "slug" | "hash" | "published";

export interface Shared {
  readonly value: string;
  /** Of the post's document: among thousands with one value, those of equal bytes are found at once. */
  readonly hash?: string | undefined;
}

export interface Aliases {
  read(site: string, kind: AliasKind, value: string): Promise<string | undefined>;
  /** The id that the alias belongs to afterwards: the given one, or the one that claimed it first. */
  claim(site: string, kind: AliasKind, value: string, id: string): Promise<string>;
  /** Moves an alias that `from` claimed and never used to `to`. False when it no longer belongs to `from`. */
  takeOver(site: string, kind: AliasKind, value: string, from: string, to: string): Promise<boolean>;
  /** Stored before the post, and kept for a while when that changes: whoever reads it compares it with the post. */
  share(site: string, kind: SharedKind, shared: Shared, id: string): Promise<void>;
  unshare(site: string, kind: SharedKind, shared: Shared, id: string): Promise<void>;
  /** The ids of at most 50 posts; of those that were shared with the hash, where one is given. */
  sharing(site: string, kind: SharedKind, shared: Shared): Promise<readonly string[]>;
}

/** The place of a post among its translations. */
export interface TranslationPlace {
  /** The id of the post. */
  readonly post: string;
  readonly language: string;
  /** Of its document, for people. */
  readonly file: string;
  /** The key that its document has by its path. */
  readonly path: string;
}

/**
 * The posts that are translations of one another, one in each language. Stored before the post, and kept when the post
 * changes: whoever reads a place compares it with the post.
 */
export interface Translations {
  /** The place of the language afterwards: the given one, or that of the post which was there first. */
  claim(site: string, key: string, place: TranslationPlace): Promise<TranslationPlace>;
  /** Gives the place of a post that has left it to another one. False when it no longer belongs to `from`. */
  takeOver(site: string, key: string, from: string, place: TranslationPlace): Promise<boolean>;
  /** At most 50, sorted by language. */
  all(site: string, key: string): Promise<readonly TranslationPlace[]>;
}

export interface Documents {
  read(site: string, source: string, path: string): Promise<KnownDocument | undefined>;
  put(document: KnownDocument): Promise<void>;
  /** Removes the row as it was read. False: it was saved since. */
  remove(document: KnownDocument): Promise<boolean>;
  all(site: string, source: string): AsyncIterable<KnownDocument>;
}

/** What is stored of a source of a site. */
export interface SourceState {
  readonly site: string;
  /** The source's name. */
  readonly source: string;
  /** Raised by every save; 0 for a row that does not exist yet. */
  readonly version: number;
  /** When its first listing was complete. */
  readonly listed: Instant | undefined;
  /** When a listing began that has not ended: it is being read, or the process ended meanwhile. */
  readonly began: Instant | undefined;
  /** What a feed source remembers from one poll to the next. */
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
  /** Raised by every touch of a feed that is not due, or whose render runs. */
  readonly revision: number;
  readonly due: Instant | undefined;
  readonly title: string;
  /** It was rendered without entries: the page and the OPML do not link to it. */
  readonly empty: boolean;
  /** When it was last rendered. */
  readonly rendered: Instant | undefined;
  /** The date of change in its files, which never goes back. */
  readonly updated: Instant | undefined;
  /** What the gate found last: why the last good feed stays, or which entries were left out. */
  readonly faults: readonly Fault[];
  /** An object was put, or is about to be, and the hubs are not yet notified of it (interleaving 28). */
  readonly pingPending: boolean;
}

/** A feed in the list of its site. */
export type ListedFeed = Pick<FeedState, "key" | "title" | "empty">;

export interface LeaseTerms {
  readonly clock: () => Instant;
  /** In ms, longer than the work may run. */
  readonly duration: number;
  /** In ms. A feed that was rendered more recently is postponed. */
  readonly minInterval: number;
}

/** The lease of one render on a feed. */
export interface FeedLease {
  /** Of the feed when the lease was taken. */
  readonly state: FeedState;
  /** False once the lease has expired or another worker has it. Called before each put. */
  holds(): Promise<boolean>;
  /** Called before the first put. A pending ping is kept until the due is cleared. False when another worker has the lease. */
  store(changes: Partial<Pick<FeedState, "pingPending" | "updated">>): Promise<boolean>;
  /** Stores in the feed and in its site's list its title and whether it has entries. Safe to repeat. */
  list(listed: Pick<ListedFeed, "title" | "empty">): Promise<void>;
}

export interface RenderResult {
  /** What the gate found. */
  readonly faults: readonly Fault[];
  /** When the feed is due again. */
  readonly due: Instant | undefined;
}

export interface Feeds {
  read(site: string, key: FeedKey): Promise<FeedState | undefined>;
  all(site: string): Promise<readonly ListedFeed[]>;
  /** Those that pages link to: without the pages of the site's archive, whose number grows with it. */
  linked(site: string): Promise<readonly ListedFeed[]>;
  /** Makes the feed due at `due` and registers it in its site; raises the revision, unless the feed waits for its render already. The title is for a feed that has none yet: its render decides. */
  touch(site: string, key: FeedKey, title: string | undefined, due: Instant): Promise<void>;
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
  /** The newest first, read consistently. */
  newest(site: string, feed: FeedKey): AsyncIterable<Membership>;
}

/** The posts of an archive page, in the order of their numbers. A number never changes. */
export interface ArchivePage {
  /** From 1. */
  readonly page: number;
  readonly ids: readonly string[];
  /** How many of them were there before the last save. */
  readonly before: number;
}

/** A post that waits for its archive number. */
export interface ArchiveMark {
  readonly id: string;
  readonly published: Instant;
  /** The version of the post that wrote it. */
  readonly version: number;
}

/** The marks of posts that were published together: one row. */
export interface ArchiveMarks {
  readonly marks: readonly ArchiveMark[];
}

/** The archive of a feed: the pages of its posts. */
export interface Archive {
  /** The marks of other posts, and those of other versions, are other rows. Safe to repeat. */
  mark(site: string, feed: FeedKey, marks: ArchiveMarks): Promise<void>;
  /** Those with the post that was published first come first. */
  marks(site: string, feed: FeedKey, limit: number): Promise<readonly ArchiveMarks[]>;
  unmark(site: string, feed: FeedKey, marks: ArchiveMarks): Promise<void>;
  last(site: string, feed: FeedKey): Promise<ArchivePage | undefined>;
  /** Adds posts to a page that has `before` of them. False when another worker has added some since. */
  save(site: string, feed: FeedKey, page: ArchivePage): Promise<boolean>;
  read(site: string, feed: FeedKey, page: number): Promise<ArchivePage | undefined>;
  /** Makes the page of a post available to `pageOf`. Safe to repeat. */
  indexById(site: string, feed: FeedKey, id: string, page: number): Promise<void>;
  pageOf(site: string, feed: FeedKey, id: string): Promise<number | undefined>;
}

export interface Deliveries {
  /** False when it exists. */
  create(delivery: Delivery): Promise<boolean>;
  read(ref: DeliveryRef): Promise<Delivery | undefined>;
  /** Raises `nudges` and makes the delivery due now. Changes nothing else. */
  nudge(ref: DeliveryRef, now: Instant): Promise<void>;
  /** Writes only over the version that was read. Where only `nudges` has changed, its value and the earlier due are kept: the row stays due (interleaving 33). */
  save(delivery: Delivery): Promise<boolean>;
  ofPost(site: string, post: string): Promise<readonly Delivery[]>;
  inState(account: string, state: DeliveryState, from?: string): Promise<Page<Delivery>>;
}

export interface Pings {
  read(ref: PingRef): Promise<Ping | undefined>;
  /** The feed has changed: due when its bytes are public, or earlier if it was due earlier. Resets the failures, but not the wait that a hub asked for. */
  nudge(ref: PingRef, topics: readonly string[], publicAt: Instant): Promise<void>;
  /** Writes only over the version that was read. False when the row was nudged or saved since. */
  save(ping: Ping): Promise<boolean>;
}

/** A new notice has nothing to tell. */
export interface Notices {
  read(ref: Omit<NoticeRef, "kind">): Promise<Notice>;
  save(notice: Notice): Promise<boolean>;
}

export interface Accounts {
  read(name: string): Promise<AccountState>;
  save(state: AccountState): Promise<boolean>;
}

export interface PageChecks {
  /** `post`: its id. */
  read(site: string, post: string): Promise<PageCheck | undefined>;
  save(check: PageCheck): Promise<boolean>;
}

/** A server of a network has a row once it did not answer, or once several accounts are on it. */
export interface Servers {
  read(name: string): Promise<ServerState>;
  save(state: ServerState): Promise<boolean>;
}

/** What was counted under a name, such as the missing documents of a source. A new name starts empty. */
export interface RateWindows {
  read(name: string): Promise<RateWindow>;
  save(window: RateWindow): Promise<boolean>;
}

export interface DuePage {
  readonly refs: readonly Ref[];
  /** Undefined where nothing is due. */
  readonly place: string | undefined;
  /** Nothing more is due now. */
  readonly isLast: boolean;
}

/** How far a round of the sweep has come. */
export interface SweepRound {
  readonly began: Instant;
  readonly place: string | undefined;
  /** All that was overdue has been offered. */
  readonly isOver: boolean;
}

export interface SweepRounds {
  read(): Promise<SweepRound | undefined>;
  save(round: SweepRound): Promise<void>;
}

/** How far the audit of all sites has come. */
export interface AuditProgress {
  readonly configuration: string;
  readonly began: Instant;
  /** The index of the first site that is still to be audited; their number once all are. */
  readonly next: number;
}

export interface Audits {
  read(): Promise<AuditProgress | undefined>;
  save(progress: AuditProgress): Promise<void>;
}

/** A source of a site as it was listed last. */
export interface ListingState {
  /** Of the marks of all documents. */
  readonly hash: string;
  /** No document was to be tried again. */
  readonly isSettled: boolean;
  /** When the rows of the documents were last compared with it. */
  readonly compared: Instant;
}

/** What saves reading every document each hour. The marks are those of the documents that are not read before they change. */
export interface Listings {
  read(site: string, source: string): Promise<ListingState | undefined>;
  marks(site: string, source: string): Promise<ReadonlySet<string>>;
  save(site: string, source: string, state: ListingState, marks: readonly string[]): Promise<void>;
}

/** The sparse index of everything that is still to be done. It may be late: a row in it can be done already, and a row that it lacks is found by the next sweep. */
export interface Due {
  /** The longest overdue first. */
  before(moment: Instant, limit: number): Promise<readonly Ref[]>;
  /** Those behind a place, of each part of the index at most so many entries, and the place behind these. */
  behind(place: string | undefined, moment: Instant, limit: number): Promise<DuePage>;
  /** Postpones a row whose step threw, so that it does not starve other rows (interleaving 51). Returns how many times in a row it has failed. */
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
}

/** Whether `crier export --move` made another home of this one, which sends nothing since. */
export interface Moves {
  /** When. */
  read(): Promise<Instant | undefined>;
  mark(at: Instant): Promise<void>;
  clear(): Promise<void>;
}
