import type { Delivery, DeliveryState } from "./delivery.ts";
import { deliveryId } from "./delivery.ts";
import { isStuck } from "./failures.ts";
import { isLive } from "./feed.ts";
import type { Post } from "./post.ts";
import { type Receipt, receiptOf } from "./receipt.ts";
import type { Site } from "./site.ts";
import { type Instant, iso } from "./time.ts";

/** The message to a site's webhook: all that is known of one post. The later one replaces an earlier one. */
export interface WebhookMessage {
  readonly type: "post.deliveries";
  /** When it was made, RFC 3339. */
  readonly timestamp: string;
  readonly data: {
    readonly site: string;
    readonly post: Pick<Receipt, "id" | "url"> & {
      readonly slug: string;
      readonly title: string;
      readonly public: boolean;
    };
    readonly copies: Receipt["copies"];
    readonly problems: readonly {
      readonly delivery: string;
      readonly network: string;
      readonly account: string;
      readonly state: DeliveryState;
      readonly reason: string;
    }[];
  };
}

/** A delivery to the sandbox is not in it. */
export const webhookMessage = (
  site: Site,
  post: Post,
  deliveries: readonly Delivery[],
  now: Instant,
): WebhookMessage => {
  const { id, url, copies } = receiptOf(site, post, deliveries, now);
  const problems = deliveries.filter(({ sandbox }) => !sandbox).filter(isStuck);
  return {
    type: "post.deliveries",
    timestamp: iso(now),
    data: {
      site: site.id,
      post: { id, url, slug: post.slug, title: post.title, public: isLive(post, now) },
      copies,
      problems: problems.map((delivery) => ({
        delivery: deliveryId(delivery),
        network: delivery.network,
        account: delivery.account,
        state: delivery.state,
        reason: delivery.reason,
      })),
    },
  };
};
