import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import { minute } from "../../domain/time.ts";
import type { Found } from "../../ports/networks.ts";
import type { DeliverPorts, Target } from "./deliver-step.ts";
import { deadlineFor } from "./lease.ts";

/** Searches the network for the copy of a request that got no answer. Undefined: it did not answer. */
export const searchCopies = async (
  delivery: Delivery<"unsettled" | "unknown">,
  { connection, network }: Target,
  ports: DeliverPorts,
): Promise<readonly Found[] | "unreadable" | undefined> => {
  const { request, url, firstSentAt } = delivery.sent;
  const key = network.key(delivery.seed, delivery.copy);
  const sought = { request, key, url, since: firstSentAt - 5 * minute, progress: delivery.progress?.from };
  const found = await connection.look?.(sought, ports.deadline(deadlineFor(delivery)));
  return found === undefined || found === "unreadable" ? found : withoutOtherCopies(found, delivery, ports);
};

/**
 * Copies of other deliveries do not count: a second publication is not the first (interleaving 42), nor is that of another
 * account, which may have the same login.
 */
export const withoutOtherCopies = async <F extends Pick<Found, "remote">>(
  found: readonly F[],
  delivery: Delivery,
  { deliveries }: DeliverPorts,
): Promise<readonly F[]> => {
  const { site, post, account, network } = delivery;
  // Two posts may have one address for a time: one took the other's place.
  const onNetwork = ["posted", "editing", "deleting", "unsettled"] as const;
  const [generations, ...pages] = await Promise.all([
    deliveries.ofPost(site, post),
    ...onNetwork.map(async (state) => (await deliveries.inState(account, state)).rows),
  ]);
  const others = [...generations, ...pages.flat()].filter(
    (other) => other.network === network && deliveryId(other) !== deliveryId(delivery),
  );
  return found.filter(({ remote }) => !others.some(({ remotes = [] }) => remotes.some(({ id }) => id === remote.id)));
};
