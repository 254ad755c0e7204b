import type { DeliveryState, History, HoldKind } from "../domain/delivery.ts";
import type { DeliveryAction } from "../domain/delivery-commands.ts";
import type { FeedKey } from "../domain/feed-key.ts";
import type { Reason, Warning } from "../domain/findings.ts";
import type { PublishOptions } from "../domain/merge-post.ts";
import type { Picture, PictureCap } from "../domain/picture.ts";
import type { Post, PostContent, Translation } from "../domain/post.ts";
import type { BreakerForecast } from "../domain/request-gates.ts";
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
  /** The document is not a post, for this reason. `post`: the post that it was before, which is now deleted. */
  | { readonly result: "page"; readonly reason: string; readonly post: Post | undefined }
  /** `conflict`: another living document has the address. */
  | { readonly result: "refused"; readonly reasons: readonly Reason[]; readonly conflict: boolean };

/** The result of a person's announcement of a post: `unchanged` where no account was left out. */
export interface Announced {
  readonly result: "updated" | "unchanged";
  readonly post: Post;
}

/** Whether an account with credentials would announce a document that comes in from a folder, and why not now. */
export interface PlannedAnnouncement {
  readonly when: "now" | "later" | "held" | "never";
  readonly reason: string | undefined;
  /** The earliest time of `later`. Undefined where it waits for a person. */
  readonly at?: Instant | undefined;
}

/** How an account sends the picture of a post. */
export interface PlannedPicture {
  /** `file`: it is scaled and sent; `address`: the network loads it itself; `none`: neither. */
  readonly sent: "file" | "address" | "none";
  readonly url: string | undefined;
  readonly alt: string | undefined;
  /** The alternative text is sent with it: not every network accepts one. */
  readonly sendsAlt: boolean;
  /** The limits to which a file is scaled down. */
  readonly cap: PictureCap | undefined;
  /** The scaled picture, where it has been prepared. */
  readonly prepared: Omit<Picture, "hash"> | undefined;
  /** Why it is not sent, or what went wrong with it before. */
  readonly reason: string | undefined;
}

export interface PlannedSnippet {
  readonly account: string;
  readonly network: string;
  readonly text: string;
  /** Counted as the network counts. */
  readonly length: number;
  /** The texts that follow the post, each in a reply to the one before. */
  readonly replies: readonly Reply[];
  readonly limit: number;
  /** The characters of the whole post, where that is sent instead of the text. */
  readonly article: number | undefined;
  readonly language: string;
  readonly card: Card | undefined;
  readonly picture: PlannedPicture;
  /** The network's charge for it, in US dollars. */
  readonly cost: number | undefined;
  readonly reach: "real" | "sandbox" | "none";
  readonly announced: PlannedAnnouncement;
  /**
   * How many such posts are sent before the breaker holds it. Set where it would be announced now, or as soon as the
   * account's pacing allows.
   */
  readonly breaker: BreakerForecast | undefined;
}

/** A post that a person removed. */
export interface Removed {
  readonly post: Post;
  /** The path of its document, where that is still in its source: an edit of it restores the post. */
  readonly remaining: string | undefined;
}

/** The file that a document was sent from. */
export interface SentFile {
  /** Its path. Where the path ends with that of a document in a source, the file is that document. */
  readonly file?: string;
  /** The end of the path that says something about the document: `ja/post.md`, `alpha/index.md`. */
  readonly fileName?: string;
}

/** The result that publishing a document would have. */
export type Plan =
  | {
      readonly content: PostContent;
      readonly warnings: readonly Warning[];
      readonly snippets: readonly PlannedSnippet[];
      /** The keys from which each field was taken, or a description of its origin where there is no key. */
      readonly origins: Readonly<Record<string, readonly string[]>>;
      /** The post that the document is already. */
      readonly existing: PostStatus | undefined;
    }
  | { readonly page: string }
  | { readonly reasons: readonly Reason[] };

export interface DeliveryStatus {
  readonly id: string;
  /** Names its post: the slug, or the path of the address where that says more. */
  readonly slug: string;
  readonly account: string;
  readonly network: string;
  readonly state: DeliveryState;
  /** The kind of hold, where it is held. */
  readonly hold: HoldKind | undefined;
  readonly generation: number;
  readonly sandbox: boolean;
  /** When it was first sent, where the network has it. */
  readonly posted: Instant | undefined;
  /** The URL of the copy on the network. */
  readonly url: string | undefined;
  /** The copy differs from the post, or is there although the post was deleted. */
  readonly stale: boolean;
  /** Only a part of it is known to be on the network, and its post is there. */
  readonly unfinished: boolean;
  /** How often the post was sent, or searched for. Edits and deletions are not counted. */
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
  /** The parts of its document that were left out or guessed. */
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
  /** The problem with its secret, because of which its deliveries wait. */
  readonly problem: string | undefined;
  /** Set while the network refuses the login. */
  readonly paused: { readonly since: Instant; readonly reason: string } | undefined;
}

/** The login of an account with credentials. */
export interface AccountLogin extends Pick<AccountStatus, "name" | "reach" | "problem"> {
  /** Server and account behind it, where the network says them. */
  readonly identity: string | undefined;
}

/** The number of rows in the newest page. `more`: there are others. */
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

/** The state of an account, and its next announcements. */
export interface AccountReport extends AccountStatus, AccountLogin {
  /** Posts within a day, as the network saw them. */
  readonly sentToday: number;
  readonly dailyCap: number;
  /** When another post may be sent, and why not now. Undefined where one may be sent now. */
  readonly next: { readonly at: Instant; readonly reason: string } | undefined;
  readonly waiting: Count;
  readonly held: Count;
  readonly unknown: Count;
  readonly failed: Count;
  /** The posts that it would announce if it were connected now. Undefined where it is connected. */
  readonly ifConnected: readonly Announcement[] | undefined;
}

export interface FeedStatus {
  readonly key: FeedKey;
  readonly title: string;
  /** The absolute URL of its page for people, or of the RSS file of an archive page. */
  readonly url: string;
  readonly rendered: Instant | undefined;
  readonly due: Instant | undefined;
  /**
   * The faults that the gate found last. A fault with an entry leaves out that entry; any other keeps the last good
   * feed.
   */
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
  /** The number of entries in the feed when it last had any. */
  readonly entries: number;
  /** Polls in a row that failed. */
  readonly failures: number;
  /** Why the last one failed. */
  readonly problem: string | undefined;
}

/** A source of the documents of a site. */
export interface SourceStatus {
  /** `folder:content/posts`, `feed:https://blog.example.com/feed.xml`. */
  readonly name: string;
  /** When its first listing was complete: documents that it held until then are history. */
  readonly listed: Instant | undefined;
  /** How the polls of a feed go. Undefined for other sources. */
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
  /** Puts a document, which is published by hand unless `options` says otherwise. */
  put(name: string, bytes: Uint8Array, options?: PublishOptions & SentFile): Promise<Ingested>;
  /** Announces a post by hand, without its document. Undefined when there is no such post. */
  announce(name: string, options: { readonly again?: boolean }): Promise<Announced | undefined>;
  /** Removes a post for a person. Undefined when there is no such post. */
  remove(name: string): Promise<Removed | undefined>;
  /** `fileName` and `file`: see `SentFile`. */
  plan(bytes: Uint8Array, fileName: string, file?: string): Promise<Plan>;
  /** Finds a post by slug, address or document. Throws `AmbiguousName`, as does `remove`. */
  status(name: string): Promise<PostStatus | undefined>;
  /** Lists posts, the most recently changed first. */
  list(from?: string): Promise<Page<PostSummary>>;
  /** Lists all of them, or those with a name: a path, or the name of a file. */
  refused(name?: string): Promise<readonly RefusedDocument[]>;
  /** Lists all of them, or those with a name: a path, or the name of a file. */
  pages(name?: string): Promise<readonly PageDocument[]>;
  /** Documents whose deletion has to be confirmed by a person. */
  waiting(): Promise<readonly WaitingDocument[]>;
  deliveries(state: DeliveryState, from?: string): Promise<Page<DeliveryStatus>>;
  accounts(): Promise<readonly AccountStatus[]>;
  /**
   * Logs in to each account that has credentials, and so takes as long as the slowest network: some seconds at most.
   */
  reportAccounts(): Promise<readonly AccountReport[]>;
  logIn(): Promise<readonly AccountLogin[]>;
  feeds(): Promise<readonly FeedStatus[]>;
  sources(): Promise<readonly SourceStatus[]>;
  /**
   * Finds the delivery by its id, or by a part of the id that is unique. Throws `UnknownId` or `AmbiguousId`, as do
   * `resolve` and `act`.
   */
  retry(id: string): Promise<Resolved>;
  resolve(id: string, as: "posted" | "retry"): Promise<Resolved>;
  act(act: DeliveryAction, id: string): Promise<Resolved>;
  /** Undefined when there is no such post. */
  actOnPost(act: DeliveryAction, name: string): Promise<readonly DeliveryStatus[] | undefined>;
  /** One page of all deliveries of the site. */
  actOnAll(act: DeliveryAction, from?: string): Promise<Page<DeliveryStatus>>;
}

/** `problem`: why the state of the delivery does not allow it. */
export type Resolved = { readonly delivery: DeliveryStatus } | { readonly problem: string };
