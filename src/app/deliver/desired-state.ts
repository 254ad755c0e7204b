import type { Delivery } from "../../domain/delivery.ts";
import type { Post } from "../../domain/post.ts";
import { type Instant, minute } from "../../domain/time.ts";
import type { Composed } from "../../ports/networks.ts";

/** What one delivery should be now, by its post. */
export type DesiredState =
  /** Out, as composed. */
  | { readonly kind: "copy"; readonly composed: Composed; readonly url: string }
  /** Nothing yet. */
  | { readonly kind: "wait"; readonly until: Instant; readonly reason: string }
  /** No copy. */
  | { readonly kind: "none"; readonly reason: string }
  /** A copy that is out stays, though the post is withdrawn. */
  | { readonly kind: "keep"; readonly reason: string };

/** A source's deletion reaches the copies after this long, and nothing new goes out meanwhile (design.md §2, rule 6; interleaving 46). */
export const copiesGrace = 10 * minute;

export const desiredStateFor = (
  post: Post | undefined,
  delivery: Delivery,
  now: Instant,
  compose: (post: Post) => Composed,
): DesiredState => {
  const hasCopy = delivery.remote !== undefined;
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
  return { kind: "copy", composed: compose(post), url: post.url };
};
