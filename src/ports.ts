import type { Account, AccountState } from "./domain/account.ts";
import type { Delivery, Offers, Outcome, Remote, State, StoredRequest } from "./domain/delivery.ts";
import type { Feed, FeedKey } from "./domain/feed.ts";
import type { HubAnswer, Ping } from "./domain/ping.ts";
import type { Listing, Post, PostContent } from "./domain/post.ts";
import type { Reason, Warning } from "./domain/refusal.ts";
import type { Site } from "./domain/site.ts";
import type { Fitted, Snippet } from "./domain/snippet.ts";
import type { Instant } from "./domain/time.ts";

/** The clock of the wall. */
export type Clock = () => Instant;

/** SHA-256 in hex. */
export type Hash = (content: string | Uint8Array) => string;

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Somebody should look at this: a metric and an alarm on AWS, a line on the console. */
  alarm(name: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

// ── documents in ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where documents come from. An event only says that something changed; the current bytes decide. */
export interface Source {
  readonly name: string;
  /** The paths of all its documents, with `/`. Throws where the source cannot be read: that is not an empty source. */
  list(): Promise<readonly string[]>;
  /** The current bytes; undefined when there is no such document now. */
  read(path: string): Promise<Uint8Array | undefined>;
}

export type Parsed =
  | { readonly kind: "post"; readonly content: PostContent; readonly warnings: readonly Warning[] }
  | { readonly kind: "refused"; readonly reasons: readonly Reason[] };

/** Reads one document. Never throws for what a document holds. */
export type Parse = (bytes: Uint8Array, path: string, site: Site) => Parsed;

// ── posts out, pull ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface Rendered {
  /** `feed.xml`, `atom.xml`, `feed.json`, `index.html`. */
  readonly file: string;
  readonly contentType: string;
  readonly text: string;
}

/** A fault that the gate found; with `entry`, that entry alone is to blame. */
export interface Fault {
  readonly file: string;
  readonly problem: string;
  readonly entry?: string | undefined;
}

export interface Formats {
  /** Every format of one feed. */
  render(feed: Feed): readonly Rendered[];
  /** What is wrong with the rendered files, judged by the window they were made of. Empty: they may be published. */
  gate(rendered: readonly Rendered[], feed: Feed): readonly Fault[];
  /** The addresses that subscribers know the feed by: what a WebSub hub is told of. */
  topics(feed: Feed): readonly string[];
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Opaque; changes whenever the bytes do. */
  readonly etag: string;
  readonly modified: Instant;
}

export interface Encoded {
  /** Appended to the object's key: empty, `.br`, `.gz`. */
  readonly suffix: string;
  readonly encoding?: "br" | "gzip" | undefined;
  readonly bytes: Uint8Array;
}

/** The bytes of a file as they are and compressed, always the same for the same text. */
export type Encode = (text: string) => readonly Encoded[];

/** Where rendered files live. Keys are paths with `/`, no leading one. */
export interface Objects {
  read(key: string): Promise<StoredObject | undefined>;
  /** Writes only over exactly `over` (an etag, or undefined for "nothing there"); false when something else stands there by now. */
  put(
    key: string,
    bytes: Uint8Array,
    options: {
      readonly contentType: string;
      readonly encoding?: "br" | "gzip" | undefined;
      readonly over: string | undefined;
    },
  ): Promise<boolean>;
  remove(key: string): Promise<void>;
}

// ── posts out, push ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface Composed extends Fitted {
  readonly request: StoredRequest;
}

export interface Found {
  readonly remote: Remote;
}

/** One login, connected. No method throws for what a network answers, none retries. */
export interface Connection {
  /** `key` is the delivery's own and the same for every resend. */
  send(request: StoredRequest, key: string, signal: AbortSignal): Promise<Outcome>;
  edit?(remote: Remote, request: StoredRequest, signal: AbortSignal): Promise<Outcome>;
  remove?(remote: Remote, signal: AbortSignal): Promise<Outcome>;
  /** Own posts since a moment that hold this URL, the oldest first; undefined when the network did not answer. */
  look?(url: string, since: Instant, signal: AbortSignal): Promise<readonly Found[] | undefined>;
}

export interface Login {
  readonly account: Account;
  /** What the network's credentials schema made of the secret. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Base URL of the sandbox, where the account posts there. */
  readonly sandbox?: string | undefined;
}

export interface Network {
  readonly name: string;
  readonly offers: Offers;
  readonly can: { readonly edit: boolean; readonly remove: boolean };
  /** How long after the lease an unanswered request may still land, in ms. */
  readonly settle: number;
  /** How long the network remembers a key, in ms; absent: for ever. */
  readonly keyWindow?: number | undefined;
  /** Pure: the request, and its length by the network's own rule. */
  compose(snippet: Snippet, account: Account): Composed;
  /** The key of a delivery from its seed (a hex hash) and the moment it was planned. Pure. */
  key(seed: string, planned: Instant): string;
  connect(login: Login): Connection;
}

export interface Networks {
  get(name: string): Network;
  /** Where the account would post now. Credentials are read at most once a minute. */
  reach(account: Account): Promise<"real" | "sandbox" | "none">;
  connect(account: Account, sandbox: boolean): Promise<Connection | undefined>;
}

// ── the outside ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** What stands at the URL of an image, film or recording: its true MIME type, and its bytes where the server says so. Undefined where that cannot be told. Never throws. */
export type Probe = (
  url: string,
) => Promise<{ readonly mediaType: string; readonly length?: number | undefined } | undefined>;

/** Tells a WebSub hub that a topic has changed. Never throws. */
export type TellHub = (hub: string, topic: string) => Promise<HubAnswer>;

// ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

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

export interface KnownDocument {
  readonly site: string;
  readonly source: string;
  readonly path: string;
  readonly post?: string | undefined;
  readonly refusal?: { readonly hash: string; readonly reasons: readonly Reason[]; readonly at: Instant } | undefined;
  /** A deletion that waits for a person's word. */
  readonly missing?: { readonly since: Instant; readonly reason: string } | undefined;
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
  readonly lease?: { readonly holder: string; readonly until: Instant } | undefined;
  readonly due?: Instant | undefined;
  readonly title: string;
  /** It was rendered without an entry: the page and the OPML do not lead to it. */
  readonly empty: boolean;
  /** When it was last rendered. */
  readonly rendered?: Instant | undefined;
  /** The gate's last word: what keeps the last good feed up, or the entries that were left out. */
  readonly faults: readonly Fault[];
  /** Something was put, or is about to be, that its hubs are not told of yet (interleaving 28). */
  readonly owed: boolean;
}

/** A feed in the list of its site. */
export type ListedFeed = Pick<FeedState, "key" | "title" | "empty">;

export interface Feeds {
  read(site: string, key: FeedKey): Promise<FeedState | undefined>;
  all(site: string): Promise<readonly ListedFeed[]>;
  /** Raises the revision and makes the feed due now (or at `due`); registers it in its site. Without a title the feed keeps the one it has. */
  touch(site: string, key: FeedKey, title: string | undefined, due: Instant): Promise<void>;
  /** Takes the lease if it is free or over. */
  lease(site: string, key: FeedKey, holder: string, now: Instant, until: Instant): Promise<FeedState | undefined>;
  /** Puts the due of a feed off that nobody has touched or leased since it was read. */
  rest(state: FeedState, until: Instant): Promise<void>;
  holds(site: string, key: FeedKey, holder: string, now: Instant): Promise<boolean>;
  /** Remembers that a ping is owed, until `release` clears it together with `due`. False when the lease is somebody else's. */
  owe(site: string, key: FeedKey, holder: string): Promise<boolean>;
  /** Notes in the feed and in its site's list whether it has entries. May be repeated. */
  mark(state: FeedState, empty: boolean): Promise<void>;
  /** Gives the lease back with the gate's word; `due` is cleared (or put to a later moment) only on the revision that was rendered. Else the revision is raised and the feed stays due. */
  release(
    state: FeedState,
    holder: string,
    result: { readonly faults: readonly Fault[]; readonly due?: Instant | undefined; readonly at: Instant },
  ): Promise<boolean>;
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
export interface Numbered {
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
  want(site: string, feed: FeedKey, mark: ArchiveMark): Promise<void>;
  /** The marks, the first published first. */
  wanting(site: string, feed: FeedKey, limit: number): Promise<readonly ArchiveMark[]>;
  /** Takes a mark away, unless a newer version has written it since. */
  settle(site: string, feed: FeedKey, mark: ArchiveMark): Promise<void>;
  last(site: string, feed: FeedKey): Promise<Numbered | undefined>;
  /** Gives a number; false when it is given already. */
  place(site: string, feed: FeedKey, numbered: Numbered): Promise<boolean>;
  /** Lets `numberOf` know it. May be repeated. */
  know(site: string, feed: FeedKey, numbered: Numbered): Promise<void>;
  numberOf(site: string, feed: FeedKey, id: string): Promise<number | undefined>;
  /** Both ends count; the lowest number first. */
  between(site: string, feed: FeedKey, first: number, last: number): Promise<readonly Numbered[]>;
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
  inState(account: string, state: State, from?: string): Promise<Page<Delivery>>;
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

/** The sparse index of everything still to be done. It may be late: a row that it names can be done, and one that it misses comes at the next sweep. */
export interface Due {
  /** The longest overdue first. */
  before(moment: Instant, limit: number): Promise<readonly Ref[]>;
  /** A step that threw: put its row's due back, so that it starves no other (interleaving 51). Answers how often it has failed in a row. */
  defer(ref: Ref, now: Instant): Promise<number>;
}

export interface Queue {
  /** `after`: how long they are held back, in milliseconds, at most 15 minutes. A worker that is early finds nothing due. */
  send(refs: readonly Ref[], after?: number): Promise<void>;
  depth(): Promise<number>;
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
  readonly due: Due;
}
