import type { DeliveryStatus } from "../contract/deliveries.ts";
import type { AccountReport, AccountStatus, FeedStatus, SourceStatus } from "../contract/installation-status.ts";
import type {
  PageDocument,
  PlannedSnippet,
  PostStatus,
  PostSummary,
  RefusedDocument,
  WaitingDocument,
} from "../contract/posts.ts";
import type { DeliveryState } from "../domain/delivery.ts";
import type { DeliveryAction } from "../domain/delivery-commands.ts";
import type { Reason, Warning } from "../domain/findings.ts";
import type { PublishOptions } from "../domain/merge-post.ts";
import type { Post, PostContent } from "../domain/post.ts";
import type { Site } from "../domain/site.ts";
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

/** The login of an account with credentials. */
export interface AccountLogin extends Pick<AccountStatus, "name" | "reach" | "problem"> {
  /** Server and account behind it, where the network says them. */
  readonly identity: string | undefined;
}

/** The queries and commands of one site: what the HTTP API calls. */
export interface SiteApi {
  readonly site: Site;
  /** Puts a document, which is published by hand unless `options` says otherwise. */
  put(name: string, bytes: Uint8Array, options?: PublishOptions & SentFile): Promise<Ingested>;
  /** Announces a post by hand, without its document. Undefined when there is no such post. */
  announce(name: string, options: Pick<PublishOptions, "again" | "expected">): Promise<Announced | undefined>;
  /** Removes a post for a person. Undefined when there is no such post. */
  remove(name: string, options?: Pick<PublishOptions, "expected">): Promise<Removed | undefined>;
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
