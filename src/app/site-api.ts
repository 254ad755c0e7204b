import type { DeliveryState, History, HoldKind } from "../domain/delivery.ts";
import type { Act } from "../domain/delivery-commands.ts";
import type { FeedKey } from "../domain/feed-key.ts";
import type { Reason, Warning } from "../domain/findings.ts";
import type { PublishOptions } from "../domain/merge-post.ts";
import type { Picture, PictureCap } from "../domain/picture.ts";
import type { Post, PostContent, Translation } from "../domain/post.ts";
import type { BreakerAhead } from "../domain/request-gates.ts";
import type { Site } from "../domain/site.ts";
import type { Instant } from "../domain/time.ts";
import type { Fault } from "../ports/feeds.ts";
import type { Card, Reply } from "../ports/networks.ts";
import type { Page } from "../ports/store.ts";

/** The result of one document. */
export type Ingested =
  | {
      readonly result: "created" | "updated" | "unchanged" | "deleted" | "absent";
      readonly post?: Post;
      readonly warnings: readonly Warning[];
    }
  /** Not a post, for this reason. `post`: what it was before, which it takes back. */
  | { readonly result: "page"; readonly reason: string; readonly post: Post | undefined }
  /** `conflict`: another living document has the address. */
  | { readonly result: "refused"; readonly reasons: readonly Reason[]; readonly conflict: boolean };

/** What a person's announcement of a post did: nothing where no account was left out. */
export interface Announced {
  readonly result: "updated" | "unchanged";
  readonly post: Post;
}

/** Whether an account with credentials would announce a document that comes in from a folder, and why not now. */
export interface PlannedAnnouncement {
  readonly when: "now" | "later" | "held" | "never";
  readonly reason: string | undefined;
  /** Of `later`: not before. Undefined where it waits for a person. */
  readonly at?: Instant | undefined;
}

/** What an account does with the picture of a post. */
export interface PlannedPicture {
  /** `file`: it is scaled and sent; `address`: the network loads it itself; `none`: neither. */
  readonly sent: "file" | "address" | "none";
  readonly url: string | undefined;
  readonly alt: string | undefined;
  /** The alternative text goes with it: not every network has a place for one. */
  readonly sendsAlt: boolean;
  /** Of a file: what it is scaled down to. */
  readonly cap: PictureCap | undefined;
  /** The same where it has been prepared. */
  readonly prepared: Omit<Picture, "hash"> | undefined;
  /** Why it is not sent, or what went wrong with it before. */
  readonly reason: string | undefined;
}

export interface PlannedSnippet {
  readonly account: string;
  readonly network: string;
  readonly text: string;
  /** In the network's own measure. */
  readonly length: number;
  /** What follows the post, each in a reply to the one before. */
  readonly replies: readonly Reply[];
  readonly limit: number;
  /** Where the whole post is sent in the place of the text: its characters. */
  readonly article: number | undefined;
  readonly language: string;
  readonly card: Card | undefined;
  readonly picture: PlannedPicture;
  /** What the network charges for it, in US dollars. */
  readonly cost: number | undefined;
  readonly reach: "real" | "sandbox" | "none";
  readonly announced: PlannedAnnouncement;
  /** Where it would be announced now, or as soon as the account's pacing allows: how many such posts are sent before the breaker holds it. */
  readonly breaker: BreakerAhead | undefined;
}

/** A post that a person removed. */
export interface Removed {
  readonly post: Post;
  /** The path of its document, where that is still in its source: an edit of it restores the post. */
  readonly remaining: string | undefined;
}

/** What is known of the file that a document was sent from. */
export interface SentFile {
  /** Its path: where its end is the path of a document in a source, it is that document. */
  readonly file?: string;
  /** As much of the path as says something of the document: `ja/post.md`, `alpha/index.md`. */
  readonly fileName?: string;
}

/** What a document would publish. */
export type Plan =
  | {
      readonly content: PostContent;
      readonly warnings: readonly Warning[];
      readonly snippets: readonly PlannedSnippet[];
      /** By field: the keys that gave it, or what did without a key. */
      readonly origins: Readonly<Record<string, readonly string[]>>;
      /** The post that the document is already. */
      readonly existing: PostStatus | undefined;
    }
  | { readonly page: string }
  | { readonly reasons: readonly Reason[] };

export interface DeliveryStatus {
  readonly id: string;
  /** Names its post: the slug, or the path of the address where that holds more. */
  readonly slug: string;
  readonly account: string;
  readonly network: string;
  readonly state: DeliveryState;
  /** What held it, where it is held. */
  readonly hold: HoldKind | undefined;
  readonly generation: number;
  readonly sandbox: boolean;
  /** When it was first sent, where the network has it. */
  readonly posted: Instant | undefined;
  /** The URL of the copy on the network. */
  readonly url: string | undefined;
  /** The copy differs from the post, or outlived it. */
  readonly stale: boolean;
  /** Only a part of it is known to be on the network, and its post is there. */
  readonly unfinished: boolean;
  /** How often the post was sent, or looked for. Edits and deletions are not counted. */
  readonly attempts: number;
  readonly due: Instant | undefined;
  readonly reason: string | undefined;
  readonly planned: Instant;
  readonly history: History;
}

/** `live`: in its feeds; `scheduled`: published in the future; `held`: its document forbids publication. */
export type PostState = "live" | "scheduled" | "held" | "deleted";

export interface PostSummary {
  readonly id: string;
  readonly slug: string;
  /** Names the post where the slug is ambiguous: the path of its address. */
  readonly path: string;
  readonly url: string;
  readonly title: string;
  /** Absent while the post is held: it has no date of publication then. */
  readonly published: Instant | undefined;
  readonly updated: Instant;
  readonly revision: string;
  /** The path of its document in the source. */
  readonly document: string;
  readonly featured: boolean;
  readonly trending: boolean;
  /** Minutes. */
  readonly readingTime: number;
  readonly status: PostState;
  /** Why it is held, or why accounts were left out. */
  readonly reason: string | undefined;
}

export interface PostStatus extends PostSummary {
  /** The path of its document before that was moved. */
  readonly movedFrom: string | undefined;
  /** What was left out of its document or guessed. */
  readonly warnings: readonly Warning[];
  /** Its versions in other languages. */
  readonly translations: readonly Translation[];
  readonly deliveries: readonly DeliveryStatus[];
}

export interface RefusedDocument {
  readonly source: string;
  readonly path: string;
  readonly reasons: readonly Reason[];
  readonly at: Instant;
}

/** A document that is a page of its site, not a post. */
export interface PageDocument {
  readonly source: string;
  readonly path: string;
  readonly reason: string;
}

/** A document that is missing from its source or became a page while its post stays, until a person removes it. */
export interface WaitingDocument {
  readonly source: string;
  readonly path: string;
  /** Names its post. */
  readonly slug: string;
  readonly since: Instant;
  /** Why it is a page now. */
  readonly page?: string;
  readonly reason: string;
}

export interface AccountStatus {
  readonly name: string;
  readonly network: string;
  readonly site: string;
  readonly reach: "real" | "sandbox" | "none";
  /** What is wrong with its secret: its deliveries wait. */
  readonly problem: string | undefined;
  /** Set while the network refuses the login. */
  readonly paused: { readonly since: Instant; readonly reason: string } | undefined;
}

/** The login of an account with credentials. */
export interface AccountLogin extends Pick<AccountStatus, "name" | "reach" | "problem"> {
  /** Server and account behind it, where the network says them. */
  readonly identity: string | undefined;
}

/** Of the newest; `more`: there are others. */
export interface Count {
  readonly count: number;
  readonly more: boolean;
}

/** A post that an account would announce. */
export interface Announcement {
  /** Names the post. */
  readonly slug: string;
  readonly at: Instant | undefined;
  readonly reason: string;
}

/** What an account does and would do. */
export interface AccountReport extends AccountStatus, AccountLogin {
  /** Posts within a day, as the network saw them. */
  readonly sentToday: number;
  readonly dailyCap: number;
  /** When another post may be sent, and why not now; undefined: now. */
  readonly next: { readonly at: Instant; readonly reason: string } | undefined;
  readonly waiting: Count;
  readonly held: Count;
  readonly unknown: Count;
  readonly failed: Count;
  /** What would go out if it were connected now; undefined where it is. */
  readonly ifConnected: readonly Announcement[] | undefined;
}

export interface FeedStatus {
  readonly key: FeedKey;
  readonly title: string;
  /** Of its page for people, or of the RSS file of an archive page. Absolute. */
  readonly url: string;
  readonly rendered: Instant | undefined;
  readonly due: Instant | undefined;
  /** What the gate found last. A fault with an entry leaves out that entry; any other keeps the last good feed. */
  readonly faults: readonly Fault[];
  readonly hubs: readonly HubStatus[];
}

/** How the polls of a feed source go. */
export interface PollStatus {
  /** The address of the next poll: the configured one, until the feed moves for good. */
  readonly url: string;
  /** When the last poll ended; absent before the first one. */
  readonly polled: Instant | undefined;
  readonly answer: "entries" | "unchanged" | "failed" | undefined;
  readonly next: Instant | undefined;
  /** In the feed, when it last brought any. */
  readonly entries: number;
  /** Polls in a row that failed. */
  readonly failures: number;
  /** Why the last one failed. */
  readonly problem: string | undefined;
}

/** Where documents of a site come from. */
export interface SourceStatus {
  /** `folder:content/posts`, `feed:https://blog.example.com/feed.xml`. */
  readonly name: string;
  /** When its first listing was complete: what it held until then is history. */
  readonly listed: Instant | undefined;
  /** Of a feed. */
  readonly poll: PollStatus | undefined;
}

export interface HubStatus {
  readonly url: string;
  /** When it last accepted a ping. */
  readonly pinged: Instant | undefined;
  /** Why it did not accept the last one. */
  readonly reason: string | undefined;
}

/** The queries and commands of one site: what the HTTP API calls. */
export interface SiteApi {
  readonly site: Site;
  /** Published by hand, unless `options` says otherwise. */
  put(name: string, bytes: Uint8Array, options?: PublishOptions & SentFile): Promise<Ingested>;
  /** By hand, without its document; undefined when there is no such post. */
  announce(name: string, options: { readonly again?: boolean }): Promise<Announced | undefined>;
  /** By a person; undefined when there is no such post. */
  remove(name: string): Promise<Removed | undefined>;
  /** `fileName` and `file`: see `SentFile`. */
  plan(bytes: Uint8Array, fileName: string, file?: string): Promise<Plan>;
  /** By slug, address or document. Throws `AmbiguousName`, as does `remove`. */
  status(name: string): Promise<PostStatus | undefined>;
  /** The most recently changed first. */
  list(from?: string): Promise<Page<PostSummary>>;
  /** All, or those with a name: a path, or the name of a file. */
  refused(name?: string): Promise<readonly RefusedDocument[]>;
  /** All, or those with a name: a path, or the name of a file. */
  pages(name?: string): Promise<readonly PageDocument[]>;
  /** Documents whose deletion has to be confirmed by a person. */
  waiting(): Promise<readonly WaitingDocument[]>;
  deliveries(state: DeliveryState, from?: string): Promise<Page<DeliveryStatus>>;
  accounts(): Promise<readonly AccountStatus[]>;
  /** With a login of each account that has credentials: they take as long as the slowest network, some seconds at most. */
  reportAccounts(): Promise<readonly AccountReport[]>;
  logIn(): Promise<readonly AccountLogin[]>;
  feeds(): Promise<readonly FeedStatus[]>;
  sources(): Promise<readonly SourceStatus[]>;
  /** By its id, or as much of it as is unique. Throws `UnknownId` or `AmbiguousId`, as does each of these. */
  retry(id: string): Promise<Resolved>;
  resolve(id: string, as: "posted" | "retry"): Promise<Resolved>;
  act(act: Act, id: string): Promise<Resolved>;
  /** Undefined when there is no such post. */
  actOnPost(act: Act, name: string): Promise<readonly DeliveryStatus[] | undefined>;
  /** One page of all deliveries of the site. */
  actOnAll(act: Act, from?: string): Promise<Page<DeliveryStatus>>;
}

/** `problem`: why the state of the delivery does not allow it. */
export type Resolved = { readonly delivery: DeliveryStatus } | { readonly problem: string };
