import type { Account, Policies } from "../../domain/account.ts";
import type { Delivery, StoredRequest } from "../../domain/delivery.ts";
import { copiesGrace } from "../../domain/feed.ts";
import { snippetFor } from "../../domain/snippet.ts";
import type { Instant } from "../../domain/time.ts";
import type { Network } from "../../ports/networks.ts";
import type { Posts } from "../../ports/store.ts";
import { tooLong } from "./too-long.ts";

/** What one delivery should be now, by its post. */
export type DesiredState =
  /** A copy made by this request. `problem`: why it must not be sent. */
  | {
      readonly kind: "copy";
      readonly request: StoredRequest;
      readonly url: string;
      readonly problem: string | undefined;
      /** By its age it would not be announced now. */
      readonly isOld: boolean;
    }
  /** Nothing yet. */
  | { readonly kind: "wait"; readonly until: Instant; readonly reason: string }
  /** No copy. */
  | { readonly kind: "none"; readonly reason: string }
  /** The copy that exists, though the post is withdrawn. */
  | { readonly kind: "keep"; readonly reason: string };

/** The post is read consistently. A copy that is not sent yet is dated `now`; an edit keeps the date of the first send. */
export const readDesiredState = async (
  { site, post: id, sent, remote }: Delivery,
  { account, network }: { readonly account: Account; readonly network: Network },
  now: Instant,
  { posts, policies }: { readonly posts: Posts; readonly policies: Policies },
): Promise<DesiredState> => {
  const post = await posts.read(site, id);
  const hasCopy = remote !== undefined;
  if (post === undefined) return { kind: "none", reason: "the post does not exist any more" };
  if (post.gone !== undefined) {
    const until = post.gone.by === "person" ? now : post.gone.at + copiesGrace;
    return now < until
      ? { kind: "wait", until, reason: "the document is missing; its deletion takes effect soon" }
      : { kind: "none", reason: "the post was deleted" };
  }
  if (post.hold !== undefined)
    return hasCopy
      ? { kind: "keep", reason: `the copy stays, but the post was withdrawn: ${post.hold}` }
      : { kind: "none", reason: post.hold };
  if (post.published > now) return { kind: "wait", until: post.published, reason: "scheduled" };
  if (post.social.off && !hasCopy) return { kind: "none", reason: "the document says socialShare: false" };
  const { request, ...fitted } = network.compose(snippetFor(post, account, sent?.firstSentAt ?? now), account);
  const isOld = !post.byHand && now - post.published > policies.maxAge;
  return { kind: "copy", request, url: post.url, problem: tooLong(fitted), isOld };
};
