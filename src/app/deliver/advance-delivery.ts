import type { Delivery } from "../../domain/delivery.ts";
import { cancelled, expired, pausedFor, settled, unknown, waiting } from "../../domain/delivery-transitions.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { DeliveryRef } from "../../ports/store.ts";
import { type DeliverPorts, record, type Target, wishOf } from "./deliver-step.ts";
import type { Wish } from "./desired-state.ts";
import { firstSend } from "./first-send.ts";
import { mend } from "./reconcile-copy.ts";
import { settle } from "./settle.ts";
import { syndicate } from "./syndicate.ts";

/** Advances one due delivery (delivery.md). The only code that changes a delivery's state. */
export const deliver = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const delivery = await ports.deliveries.read(ref);
  const now = ports.clock();
  if (delivery?.due === undefined || delivery.due > now) return;
  const settleTime = (): number => (delivery.sandbox ? second : ports.networks.get(delivery.network).settle);
  if (delivery.state === "sending" || delivery.leaseUntil !== undefined) {
    // Another worker's claim: a save here would raise the version that it has read.
    const isHeld = delivery.leaseUntil !== undefined && delivery.leaseUntil > now;
    return isHeld ? undefined : record(expired(delivery, settleTime(), now), ports);
  }
  if (delivery.wait !== undefined && delivery.wait > now) return record({ ...delivery, due: delivery.wait }, ports);
  if ((delivery.state === "posted" || delivery.state === "deleted") && !(await syndicate(delivery, ports))) return;
  if (isAtRest(delivery)) {
    await ports.deliveries.save({ ...delivery, due: undefined });
    return;
  }
  const account = ports.accounts.find(({ name }) => name === delivery.account);
  if (account === undefined)
    return record(orphaned(delivery, `the account ${delivery.account} was removed from the configuration`), ports);
  if (account.site !== delivery.site && (delivery.state === "pending" || delivery.state === "held"))
    return record(orphaned(delivery, `the account ${account.name} announces the site ${account.site} now`), ports);
  const network = ports.networks.get(account.network);
  const wish = await wishOf(delivery, { account, network }, now, ports);
  if (delivery.state === "held" || delivery.state === "cancelled")
    return record(reconsidered(delivery, wish, now), ports);
  const connected = await ports.networks.connect(account, delivery.sandbox);
  if ("problem" in connected) return record(waiting(delivery, now + pausedFor, connected.problem), ports);
  const { connection } = connected;
  const { offers, keyWindow } = network;
  const offer = { offers, keyWindow, settle: settleTime(), look: connection.look !== undefined };
  const target: Target = { account, network, connection, offer };
  if (delivery.state === "pending") return firstSend(delivery, target, wish, ports);
  return delivery.state === "unsettled" ? settle(delivery, target, wish, ports) : mend(delivery, target, wish, ports);
};

/** No change of the post changes these. */
const isAtRest = ({ state }: Delivery): boolean => state === "failed" || state === "unknown" || state === "deleted";

/** The account left the configuration, or this site: what may be public is not called cancelled (interleaving 43). */
const orphaned = (delivery: Delivery, reason: string): Delivery => {
  switch (delivery.state) {
    case "pending":
    case "held":
      return cancelled(delivery, reason);
    case "unsettled":
      return unknown(delivery, reason);
    case "editing":
    case "deleting":
      return settled(delivery, true, reason);
    default:
      return { ...delivery, due: undefined };
  }
};

/** A hold ends when a person releases it or the post goes; what was cancelled before it was sent is opened again when the post returns. */
const reconsidered = (delivery: Delivery, wish: Wish, now: Instant): Delivery => {
  if (delivery.state === "cancelled")
    return wish.kind === "none" ? { ...delivery, due: undefined } : waiting(delivery, now, "the post is back");
  return wish.kind === "none"
    ? cancelled(delivery, wish.reason)
    : { ...delivery, due: wish.kind === "wait" ? wish.until : undefined };
};
