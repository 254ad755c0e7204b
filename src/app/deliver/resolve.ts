import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import { isUnfinished } from "../../domain/delivery-commands.ts";
import { confirm, goOn, markFinished, markPosted } from "../../domain/delivery-transitions.ts";
import type { Post } from "../../domain/post.ts";
import type { Accounts } from "../../ports/store.ts";
import type { Resolved } from "../site-api.ts";
import { resume } from "./account-state.ts";
import { type Changed, type ChangePorts, changeDelivery } from "./change-delivery.ts";
import { findDelivery } from "./find-delivery.ts";
import type { ServerPorts } from "./network-server.ts";

interface Ports extends ChangePorts, ServerPorts {
  readonly accountStates: Accounts;
}

/** Confirmed by hand: what is held or failed is sent, what waits is tried now, its account's pause ends. What may be public already is not sent again. */
export const retry = async (site: string, id: string, ports: Ports): Promise<Resolved> =>
  changeDelivery(
    await findDelivery(site, id, ["failed", "held", "pending"], ports),
    async (delivery, now) => {
      // The account first: the delivery may be sent as soon as it is due.
      await resume(delivery.account, ports);
      return afterRetry(delivery, await ports.posts.read(site, delivery.post), now);
    },
    ports,
  );

const afterRetry = (delivery: Delivery, post: Post | undefined, now: number): Changed => {
  const id = deliveryId(delivery);
  switch (delivery.state) {
    case "held":
    case "failed":
      return confirm(delivery, now, "retried by hand");
    case "pending":
      return { ...delivery, approved: true, wait: undefined, reason: "retried by hand", due: now };
    case "unknown":
      return `it is not known whether ${id} was posted: check the network, then resolve it as posted or retry`;
    case "posted":
      return isUnfinished(delivery, post)
        ? `only a part of ${id} is known to be posted: check the network, then resolve it as posted or retry`
        : `${id} is posted: only a held, failed or pending delivery can be retried`;
    default:
      return `${id} is ${delivery.state}: only a held, failed or pending delivery can be retried`;
  }
};

/** An unknown delivery, or what is missing of an unfinished one, is settled by hand: it is there, or it is not and is sent once more. */
export const resolve = async (site: string, id: string, as: "posted" | "retry", ports: Ports): Promise<Resolved> =>
  changeDelivery(
    await findDelivery(site, id, ["unknown"], ports),
    async (delivery, now) => {
      if (delivery.state === "posted" && isUnfinished(delivery, await ports.posts.read(site, delivery.post)))
        return finish(delivery, as, now);
      if (delivery.state !== "unknown")
        return `${deliveryId(delivery)} is ${delivery.state}: only an unknown or unfinished delivery can be resolved`;
      if (as === "retry") return confirm(delivery, now, "resolved by hand: it was not posted");
      return {
        ...markPosted(delivery, { id: null, url: null, public: false }, now),
        reason: "resolved by hand: it was posted",
      };
    },
    ports,
  );

const finish = (delivery: Delivery<"posted">, as: "posted" | "retry", now: number): Changed => {
  if (delivery.openChange !== undefined)
    return `the ${delivery.openChange} of ${deliveryId(delivery)} got no answer: try again when it has settled`;
  if (as === "posted") return markFinished(delivery, now, "resolved by hand: all of it is there");
  return (
    goOn(delivery, now, "resolved by hand: what is missing is sent") ??
    `${deliveryId(delivery)} needs more requests than a delivery may have: add what is missing by hand, then resolve it as posted`
  );
};
