import type { Account } from "../../domain/account.ts";
import { pathOf } from "../../domain/address.ts";
import { type Delivery, type DeliveryState, deliveryId, parseDeliveryId } from "../../domain/delivery.ts";
import { AmbiguousId, UnknownId } from "../../domain/errors.ts";
import type { Deliveries, Posts } from "../../ports/store.ts";

interface Ports {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly accounts: readonly Account[];
}

/** Pages of an account's deliveries in one state. A person who has more to decide names them by their whole ids. */
const maxPages = 20;

/** True where the id begins so, or its post's id and its account do: `3f2.mastodon`. */
const begins = (delivery: Delivery, name: string): boolean => {
  const [post = "", ...rest] = name.split(".");
  const end = rest.join(".");
  return delivery.post.startsWith(post) && (end === "" || `${delivery.account}.${delivery.generation}`.startsWith(end));
};

/**
 * The delivery that a person names by its id, or by as much of it as tells it from others in these states. Throws
 * `UnknownId` or `AmbiguousId`.
 */
export const findDelivery = async (
  site: string,
  name: string,
  states: readonly DeliveryState[],
  ports: Ports,
): Promise<Delivery> => {
  const parsed = parseDeliveryId(name);
  const exact = parsed && (await ports.deliveries.read({ kind: "delivery", site, ...parsed }));
  if (exact !== undefined) return exact;
  const known = await inStates(site, states, ports);
  const named = name === "" ? [] : known.filter((delivery) => begins(delivery, name));
  const [first] = named;
  if (first === undefined) throw new UnknownId(name, states, await candidates(known, ports));
  if (named.length > 1) throw new AmbiguousId(name, await candidates(named, ports));
  return first;
};

const inStates = async (
  site: string,
  states: readonly DeliveryState[],
  { deliveries, accounts }: Ports,
): Promise<readonly Delivery[]> => {
  const found: Delivery[] = [];
  for (const { name } of accounts)
    for (const state of states) {
      let from: string | undefined;
      for (let page = 0; page < maxPages; page += 1) {
        const { rows, next } = await deliveries.inState(name, state, from);
        found.push(...rows.filter((delivery) => delivery.site === site));
        if (next === undefined) break;
        from = next;
      }
    }
  return found;
};

const candidates = (found: readonly Delivery[], { posts }: Ports) =>
  Promise.all(
    found.slice(0, 5).map(async (delivery) => {
      const post = await posts.read(delivery.site, delivery.post);
      return { id: deliveryId(delivery), of: post === undefined ? "a lost post" : pathOf(post) };
    }),
  );
