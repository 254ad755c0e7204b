import type { AccountState } from "../domain/account.ts";
import type { Delivery, DeliveryState } from "../domain/delivery.ts";
import type { KnownDocument } from "../domain/document.ts";
import type { FeedKey } from "../domain/feed-key.ts";
import type { Ping } from "../domain/ping.ts";
import type { Listing, Post } from "../domain/post.ts";
import type { RateWindow } from "../domain/rate-window.ts";
import type { Instant } from "../domain/time.ts";
import type { Fault } from "./feeds.ts";
import type { Clock } from "./runtime.ts";

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
  | { readonly kind: "ping"; readonly site: string; readonly key: FeedKey; readonly hub: string };

export type PostRef = Extract<Ref, { kind: "post" }>;

export type FeedRef = Extract<Ref, { kind: "feed" }>;

export type DeliveryRef = Extract<Ref, { kind: "delivery" }>;

export type PingRef = Extract<Ref, { kind: "ping" }>;

export interface Page<T> {
  readonly rows: readonly T[];
  readonly next?: string | undefined;
}

/** Every `save` writes only on the version that was read, and answers false when somebody else was faster. */
export interface Posts {
  read(site: string, id: string): Promise<Post | undefined>;
  save(post: Post): Promise<boolean>;
  /** The most lately changed first. */
  newest(site: string, from?: string): Promise<Page<Post>>;
}

export type AliasKind = "slug" | "guid" | "oldId";

export interface Aliases {
  read(site: string, kind: AliasKind, value: string): Promise<string | undefined>;
  /** The id that holds the alias afterwards: the given one, or that of who was faster. */
  claim(site: string, kind: AliasKind, value: string, id: string): Promise<string>;
  /** Takes over an alias that its holder never used; false when it is no longer the holder's. */
  takeOver(site: string, kind: AliasKind, value: string, from: string, to: string): Promise<boolean>;
}

export interface Documents {
  read(site: string, source: string, path: string): Promise<KnownDocument | undefined>;
  put(document: KnownDocument): Promise<void>;
  remove(site: string, source: string, path: string): Promise<void>;
  all(site: string, source: string): AsyncIterable<KnownDocument>;
}

export interface FeedState {
  readonly site: string;
  readonly key: FeedKey;
  /** Raised by whoever touches the feed. */
  readonly revision: number;
  readonly due?: Instant | undefined;
  readonly title: string;
  /** It was rendered without an entry: the page and the OPML do not lead to it. */
  readonly empty: boolean;
  /** When it was last rendered. */
  readonly rendered?: Instant | undefined;
  /** What the gate found last: why the last good feed stays, or which entries were left out. */
  readonly faults: readonly Fault[];
  /** Something was put, or is about to be, that its hubs are not told of yet (interleaving 28). */
  readonly pingPending: boolean;
}

/** A feed in the list of its site. */
export type ListedFeed = Pick<FeedState, "key" | "title" | "empty">;

export interface LeaseTerms {
  readonly clock: Clock;
  /** How long the lease lasts, in ms: longer than the work may run. */
  readonly duration: number;
  /** A feed that was rendered less than so long ago is put off until then, in ms. */
  readonly minInterval: number;
}

/** A feed that is leased to one render. */
export interface FeedLease {
  /** As it was when the lease was taken. */
  readonly state: FeedState;
  /** Asked before each put: false once the lease is over or somebody else's. */
  holds(): Promise<boolean>;
  /** Stores that hubs are to be told, until the due is cleared. False when the lease is somebody else's. */
  markPingPending(): Promise<boolean>;
  /** Notes in the feed and in its site's list whether it has entries. May be repeated. */
  markEmpty(empty: boolean): Promise<void>;
}

export interface RenderResult {
  /** What the gate found. */
  readonly faults: readonly Fault[];
  /** When the feed is due again. */
  readonly due?: Instant | undefined;
}

export interface Feeds {
  read(site: string, key: FeedKey): Promise<FeedState | undefined>;
  all(site: string): Promise<readonly ListedFeed[]>;
  /** Raises the revision and makes the feed due now (or at `due`); registers it in its site. Without a title the feed keeps the one it has. */
  touch(site: string, key: FeedKey, title: string | undefined, due: Instant): Promise<void>;
  /**
   * Leases a feed that is due and that nobody else has leased, and ends the lease with the work's result. The due is
   * cleared, or replaced by the result's, only on the revision that was leased and under the same lease. Otherwise the
   * revision is raised and the feed stays due; so too when the work answers `lost`: another render has taken the lease
   * or written an object. Where the work throws, the lease runs out: a request in flight may still be applied.
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
  /** Never over one that a newer version wrote. */
  put(site: string, membership: Membership): Promise<void>;
  remove(site: string, membership: Membership): Promise<void>;
  /** The newest first, read consistently. */
  newest(site: string, feed: FeedKey): AsyncIterable<Membership>;
}

/** A post's place in a feed's archive. */
export interface NumberedPost {
  /** From 1, in the order of publication; given once. */
  readonly number: number;
  /** Of the post. */
  readonly id: string;
}

/** A post that waits for its archive number. */
export interface ArchiveMark {
  readonly id: string;
  readonly published: Instant;
  /** The version of the post that wrote it. */
  readonly version: number;
}

/** The archive of a feed: which post has which number. */
export interface Archive {
  /** Never over a mark that a newer version wrote. */
  mark(site: string, feed: FeedKey, mark: ArchiveMark): Promise<void>;
  /** The marks, the first published first. */
  marks(site: string, feed: FeedKey, limit: number): Promise<readonly ArchiveMark[]>;
  /** Takes a mark away, unless a newer version has written it since. */
  unmark(site: string, feed: FeedKey, mark: ArchiveMark): Promise<void>;
  last(site: string, feed: FeedKey): Promise<NumberedPost | undefined>;
  /** Gives a number; false when it is given already. */
  assign(site: string, feed: FeedKey, numbered: NumberedPost): Promise<boolean>;
  /** Lets `numberOf` know it. May be repeated. */
  indexById(site: string, feed: FeedKey, numbered: NumberedPost): Promise<void>;
  numberOf(site: string, feed: FeedKey, id: string): Promise<number | undefined>;
  /** Both ends count; the lowest number first. */
  between(site: string, feed: FeedKey, first: number, last: number): Promise<readonly NumberedPost[]>;
}

export interface Deliveries {
  /** False when it exists. */
  create(delivery: Delivery): Promise<boolean>;
  read(ref: DeliveryRef): Promise<Delivery | undefined>;
  /** `ADD nudges 1`, due now: touches nothing else. */
  nudge(ref: DeliveryRef, now: Instant): Promise<void>;
  /** Writes only on the version that was read, and raises it. Where only the nudges moved, their count and the earlier due are kept: the row stays due (interleaving 33). */
  save(delivery: Delivery): Promise<boolean>;
  ofPost(site: string, post: string): Promise<readonly Delivery[]>;
  inState(account: string, state: DeliveryState, from?: string): Promise<Page<Delivery>>;
}

export interface Pings {
  read(ref: PingRef): Promise<Ping | undefined>;
  /** The feed has changed: due when its bytes are public, or at the earlier moment at which it was. Failures count anew; a hub's own wait stays. */
  nudge(ref: PingRef, topics: readonly string[], publicAt: Instant): Promise<void>;
  /** Writes only on the version that was read, and raises it. False when the row was nudged or saved since. */
  save(ping: Ping): Promise<boolean>;
}

export interface Accounts {
  read(name: string): Promise<AccountState>;
  save(state: AccountState): Promise<boolean>;
}

/** What was counted under a name, such as the documents of a source that vanished. Never seen names start empty. */
export interface RateWindows {
  read(name: string): Promise<RateWindow>;
  save(window: RateWindow): Promise<boolean>;
}

/** The sparse index of everything still to be done. It may be late: a row that it names can be done, and one that it misses comes at the next sweep. */
export interface Due {
  /** The longest overdue first. */
  before(moment: Instant, limit: number): Promise<readonly Ref[]>;
  /** A step that threw: put its row's due back, so that it starves no other (interleaving 51). Answers how often it has failed in a row. */
  defer(ref: Ref, now: Instant): Promise<number>;
}

export interface Store {
  readonly posts: Posts;
  readonly aliases: Aliases;
  readonly documents: Documents;
  readonly feeds: Feeds;
  readonly memberships: Memberships;
  readonly archive: Archive;
  readonly deliveries: Deliveries;
  readonly pings: Pings;
  readonly accounts: Accounts;
  readonly rateWindows: RateWindows;
  readonly due: Due;
}
