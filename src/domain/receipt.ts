import { type Delivery, type DeliveryState, deliveryId } from "./delivery.ts";
import { isStuck } from "./delivery-commands.ts";
import { entryId, isLive } from "./feed.ts";
import type { Post } from "./post.ts";
import type { Site } from "./site.ts";
import { type Instant, iso } from "./time.ts";

/** The folder of the receipts within the folder of a site's files. */
export const receiptFolder = "syndication/";

/**
 * The public copies of a post, as in the file `/syndication/<address>.json`. Other programs read it, so fields are
 * added and never changed.
 */
interface Receipt {
  readonly version: 1;
  /** The id of the post's entry in the feeds. */
  readonly id: string;
  readonly url: string;
  /** The oldest first. */
  readonly copies: readonly ReceiptCopy[];
}

export interface ReceiptCopy {
  readonly network: string;
  readonly account: string;
  readonly url: string;
  /** The moment at which it was sent, in RFC 3339. */
  readonly posted: string;
}

/**
 * Makes the receipt of a post. Like the feeds, it lists the post's own URLs: public copies only, and none while the
 * post is not public.
 */
export const makeReceipt = (site: Site, post: Post, deliveries: readonly Delivery[], now: Instant): Receipt => {
  const urls = isLive(post, now) ? post.syndication : [];
  const copies = deliveries.flatMap(({ network, account, remotes = [], sent }) =>
    remotes.flatMap(({ url, gone }) =>
      url !== null && !gone && sent !== undefined && urls.includes(url)
        ? [{ network, account, url, posted: iso(sent.firstSentAt) }]
        : [],
    ),
  );
  return {
    version: 1,
    id: entryId(site, post),
    url: post.url,
    copies: copies.toSorted((a, b) => a.posted.localeCompare(b.posted) || a.account.localeCompare(b.account)),
  };
};

/** Only the last segment may have dots: a folder `a.json` could not exist beside the file of the post `a`. */
const isFileName = (address: string): boolean =>
  /^(?:[\p{L}\p{M}\p{N}_~-]+\/)*[\p{L}\p{M}\p{N}_~-][\p{L}\p{M}\p{N}._~-]*$/u.test(address) && address.length <= 80;

/**
 * Returns the name of a receipt's file below `receiptFolder`. An address that is not a plain path (`?p=12`, a page on
 * another host) is replaced by its hash.
 */
export const receiptFile = (address: string, hash: (text: string) => string): string =>
  `${isFileName(address) ? address : hash(address)}.json`;

/**
 * The message to a site's webhook. It has everything about one post, so that a later message replaces an earlier one.
 */
export interface WebhookMessage {
  readonly type: "post.deliveries";
  /** The moment at which it was made, in RFC 3339. */
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

/** Makes the message to a site's webhook. Deliveries to the sandbox are not in it. */
export const webhookMessage = (
  site: Site,
  post: Post,
  deliveries: readonly Delivery[],
  now: Instant,
): WebhookMessage => {
  const { id, url, copies } = makeReceipt(site, post, deliveries, now);
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
