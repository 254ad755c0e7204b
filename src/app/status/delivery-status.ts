import type { Account } from "../../domain/account.ts";
import { pathOf } from "../../domain/address.ts";
import { type Delivery, type DeliveryState, deliveryId, hasCopy } from "../../domain/delivery.ts";
import { isUnfinished } from "../../domain/delivery-commands.ts";
import { BadCursor } from "../../domain/errors.ts";
import type { Post } from "../../domain/post.ts";
import type { Deliveries, Page, Posts } from "../../ports/store.ts";
import type { DeliveryStatus } from "../site-api.ts";

export interface ListPorts {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly accounts: readonly Account[];
}

/** A copy in the sandbox that no real account would have. */
const sandboxReason = ({ sandbox, generation }: Delivery, post: Post | undefined): string | undefined =>
  sandbox && generation === post?.generation && post.audience?.baseline !== undefined
    ? `would not be sent: ${post.audience.baseline}`
    : undefined;

export const deliveryStatus = (delivery: Delivery, post: Post | undefined): DeliveryStatus => ({
  id: deliveryId(delivery),
  slug: post === undefined ? "" : pathOf(post),
  account: delivery.account,
  network: delivery.network,
  state: delivery.state,
  hold: delivery.hold,
  generation: delivery.generation,
  sandbox: delivery.sandbox,
  posted: hasCopy(delivery) ? delivery.sent?.firstSentAt : undefined,
  url: delivery.remotes?.[0]?.url ?? undefined,
  stale: delivery.stale ?? false,
  unfinished: isUnfinished(delivery, post),
  attempts: delivery.attempts,
  due: delivery.due,
  reason: delivery.reason ?? delivery.note ?? sandboxReason(delivery, post),
  planned: delivery.planned,
  history: delivery.history,
});

/** `<index of the account>:<cursor of its own list>`. */
const parseCursor = (from: string, accounts: readonly Account[]) => {
  const [, index, inner] = /^(\d+):(.+)$/.exec(from) ?? [];
  if (index === undefined || Number(index) >= accounts.length) throw new BadCursor();
  return { first: Number(index), inner };
};

/** The deliveries in a state, account by account: `from` names the account and the page within it. */
export const pageInState = async (
  state: DeliveryState,
  from: string | undefined,
  { deliveries, accounts }: Pick<ListPorts, "deliveries" | "accounts">,
): Promise<Page<Delivery>> => {
  const { first, inner } = from === undefined ? { first: 0 } : parseCursor(from, accounts);
  const rows: Delivery[] = [];
  for (const [index, { name }] of [...accounts.entries()].slice(first)) {
    const page = await deliveries.inState(name, state, index === first ? inner : undefined);
    rows.push(...page.rows);
    if (page.next !== undefined) return { rows, next: `${index}:${page.next}` };
  }
  return { rows, next: undefined };
};

export const listDeliveries = async (
  state: DeliveryState,
  from: string | undefined,
  ports: ListPorts,
): Promise<Page<DeliveryStatus>> => {
  const { rows, next } = await pageInState(state, from, ports);
  const statusOf = async (delivery: Delivery): Promise<DeliveryStatus> =>
    deliveryStatus(delivery, await ports.posts.read(delivery.site, delivery.post));
  return { rows: await Promise.all(rows.map(statusOf)), next };
};
