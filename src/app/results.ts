import type { DeliveryStatus } from "../contract/deliveries.ts";
import type { AccountReport } from "../contract/installation-status.ts";
import type { PlannedSnippet, PostStatus } from "../contract/posts.ts";
import type { Reason, Warning } from "../domain/findings.ts";
import type { Post, PostContent } from "../domain/post.ts";
import type { Instant } from "../domain/time.ts";

/** A delivery that waited, and is tried now. `waits`: the reason why it is not sent even so, where one is known. */
export interface Hurried {
  readonly account: string;
  readonly waits: string | undefined;
}

/** The result of one document. */
export type Ingested =
  | {
      readonly result: "created" | "updated" | "unchanged" | "deleted" | "absent";
      readonly post?: Post;
      /** The path of its document before this, where it was moved now. */
      readonly movedFrom?: string;
      /** True where its document is back after it was missing. */
      readonly isBack?: true;
      /** True of a created, absent or unchanged document that was refused before. */
      readonly wasRefused?: true;
      readonly warnings: readonly Warning[];
      readonly hurried?: readonly Hurried[];
    }
  /** The document is not a post, for this reason. `post`: the post that it was before, which is now deleted. */
  | { readonly result: "page"; readonly reason: string; readonly post: Post | undefined }
  /** `conflict`: another living document has the address. */
  | {
      readonly result: "refused";
      readonly reasons: readonly Reason[];
      readonly conflict: boolean;
      /** The post that was made of it before, which stays as it is. */
      readonly post?: Post | undefined;
      /** The moment from which the same document is not refused any more. */
      readonly retryAt?: Instant | undefined;
      /** True where it was refused before. */
      readonly wasRefused?: true;
    };

/** The result of a person's announcement of a post: `unchanged` where no account was left out. */
export type Announced =
  | {
      readonly result: "updated" | "unchanged";
      readonly post: Post;
      readonly hurried: readonly Hurried[];
    }
  | { readonly result: "refused"; readonly problem: string };

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
export type AccountLogin = Pick<AccountReport, "name" | "reach" | "identity" | "problem">;

/** A delivery after a person's decision. `already`: it was so before. */
export interface Changed {
  readonly delivery: DeliveryStatus;
  readonly already: boolean;
}

/** `problem`: why nothing was done. `delivery`: the delivery as it is, where it is not the one that the person saw. */
export type Resolved = Changed | { readonly problem: string; readonly delivery?: DeliveryStatus };

/** True for a result that a listing reports: the owner did not see the file go, move or come back, or a refusal end. */
export const isNewsOfListing = (answer: Ingested): boolean =>
  answer.result === "deleted" ||
  ((answer.result === "created" || answer.result === "absent" || answer.result === "unchanged") &&
    answer.wasRefused === true) ||
  (answer.result === "updated" && (answer.isBack === true || answer.movedFrom !== undefined));
