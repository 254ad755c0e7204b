import { type Delivery, deliveryId, parseDeliveryId } from "../../domain/delivery.ts";
import { confirm, markPosted } from "../../domain/delivery-transitions.ts";
import { conflict, retryOnConflict } from "../../domain/retry-on-conflict.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Posts } from "../../ports/store.ts";
import type { Resolved } from "../site-api.ts";
import { deliveryStatus } from "../status/delivery-status.ts";
import { resume } from "./account-state.ts";

interface Ports {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly accountStates: Accounts;
  readonly clock: Clock;
}

type Changed = Delivery | string;

/** `to` answers the delivery to save, or why it is left as it is. A delivery of another site is not found. */
const changeDelivery = async (
  site: string,
  id: string,
  to: (delivery: Delivery, now: number) => Changed | Promise<Changed>,
  ports: Ports,
): Promise<Resolved | undefined> => {
  const parsed = parseDeliveryId(id);
  if (parsed === undefined) return undefined;
  return retryOnConflict(`the delivery ${id}`, async () => {
    const delivery = await ports.deliveries.read({ kind: "delivery", site, ...parsed });
    if (delivery === undefined) return undefined;
    const changed = await to(delivery, ports.clock());
    if (typeof changed === "string") return { problem: changed };
    if (!(await ports.deliveries.save(changed))) return conflict;
    return { delivery: deliveryStatus(changed, await ports.posts.read(site, delivery.post)) };
  });
};

/** Confirmed by hand: what is held or failed is sent, what waits is tried now, its account's pause ends. What may be public already is not sent again. */
export const retry = (site: string, id: string, ports: Ports): Promise<Resolved | undefined> =>
  changeDelivery(
    site,
    id,
    async (delivery, now) => {
      // The account first: the delivery may be sent as soon as it is due.
      await resume(delivery.account, ports);
      return afterRetry(delivery, now);
    },
    ports,
  );

const afterRetry = (delivery: Delivery, now: number): Changed => {
  const id = deliveryId(delivery);
  switch (delivery.state) {
    case "held":
    case "failed":
      return confirm(delivery, now, "retried by hand");
    case "pending":
      return { ...delivery, approved: true, wait: undefined, due: now };
    case "unknown":
      return `it is not known whether ${id} was posted: check the network, then resolve it as posted or retry`;
    default:
      return `${id} is ${delivery.state}: only a held, failed or pending delivery can be retried`;
  }
};

/** An unknown delivery is settled by hand: it was posted, or it was not and is sent once more. */
export const resolve = (
  site: string,
  id: string,
  as: "posted" | "retry",
  ports: Ports,
): Promise<Resolved | undefined> =>
  changeDelivery(
    site,
    id,
    (delivery, now) => {
      if (delivery.state !== "unknown") return `${id} is ${delivery.state}: only an unknown delivery can be resolved`;
      if (as === "retry") return confirm(delivery, now, "resolved by hand: it was not posted");
      return {
        ...markPosted(delivery, { id: null, url: null, public: false }, now),
        reason: "resolved by hand: it was posted",
      };
    },
    ports,
  );
