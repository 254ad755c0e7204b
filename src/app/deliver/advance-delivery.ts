import { type Delivery, isClaimed } from "../../domain/delivery.ts";
import { cancel, defer, expire, leaveCopy, markUnknown, pausedFor, reopen } from "../../domain/delivery-transitions.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { DeliveryRef } from "../../ports/store.ts";
import { type DeliverPorts, readDesiredState, record, type Target } from "./deliver-step.ts";
import type { DesiredState } from "./desired-state.ts";
import { firstSend } from "./first-send.ts";
import { reconcileCopy } from "./reconcile-copy.ts";
import { settle } from "./settle.ts";
import { syndicate } from "./syndicate.ts";

/** Advances one due delivery (delivery.md). The only code that changes a delivery's state. */
export const deliver = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const delivery = await ports.deliveries.read(ref);
  const now = ports.clock();
  if (delivery?.due === undefined || delivery.due > now) return;
  const settleTime = (): number => (delivery.sandbox ? second : ports.networks.get(delivery.network).settle);
  if (isClaimed(delivery)) {
    // Another worker's claim: a save here would raise the version that it has read.
    return delivery.leaseUntil > now ? undefined : record(expire(delivery, settleTime(), now), ports);
  }
  if (delivery.wait !== undefined && delivery.wait > now) return record({ ...delivery, due: delivery.wait }, ports);
  if ((delivery.state === "posted" || delivery.state === "deleted") && !(await syndicate(delivery, ports))) return;
  // No change of the post changes these.
  if (delivery.state === "failed" || delivery.state === "unknown" || delivery.state === "deleted") {
    await ports.deliveries.save({ ...delivery, due: undefined });
    return;
  }
  const account = ports.accounts.find(({ name }) => name === delivery.account);
  if (account === undefined)
    return record(
      afterAccountRemoved(delivery, `the account ${delivery.account} was removed from the configuration`),
      ports,
    );
  if (account.site !== delivery.site && (delivery.state === "pending" || delivery.state === "held"))
    return record(cancel(delivery, `the account ${account.name} announces the site ${account.site} now`), ports);
  const network = ports.networks.get(account.network);
  const desired = await readDesiredState(delivery, { account, network }, now, ports);
  if (delivery.state === "held" || delivery.state === "cancelled")
    return record(reevaluate(delivery, desired, now), ports);
  const connected = await ports.networks.connect(account, delivery.sandbox);
  if ("problem" in connected) return record(defer(delivery, now + pausedFor, connected.problem), ports);
  const { connection } = connected;
  const { offers, keyWindow } = network;
  const traits = { offers, keyWindow, settle: settleTime(), look: connection.look !== undefined };
  const target: Target = { account, network, connection, traits };
  if (delivery.state === "pending") return firstSend(delivery, target, desired, ports);
  return delivery.state === "unsettled"
    ? settle(delivery, target, desired, ports)
    : reconcileCopy(delivery, target, desired, ports);
};

/** The account left the configuration: what may be public is not called cancelled (interleaving 43). */
const afterAccountRemoved = (
  delivery: Delivery<"pending" | "held" | "unsettled" | "posted" | "editing" | "deleting" | "cancelled">,
  reason: string,
): Delivery => {
  switch (delivery.state) {
    case "pending":
    case "held":
      return cancel(delivery, reason);
    case "unsettled":
      return markUnknown(delivery, reason);
    case "editing":
    case "deleting":
      return leaveCopy(delivery, reason);
    default:
      return { ...delivery, due: undefined };
  }
};

/** A hold ends when a person releases it or the post goes; what was cancelled before it was sent is opened again when the post returns. */
const reevaluate = (delivery: Delivery<"held" | "cancelled">, desired: DesiredState, now: Instant): Delivery => {
  if (delivery.state === "cancelled")
    return desired.kind === "none" ? { ...delivery, due: undefined } : reopen(delivery, now, "the post is back");
  return desired.kind === "none"
    ? cancel(delivery, desired.reason)
    : { ...delivery, due: desired.kind === "wait" ? desired.until : undefined };
};
