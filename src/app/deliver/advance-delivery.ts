import type { Account } from "../../domain/account.ts";
import { type Copy, leaveCopy } from "../../domain/copy-transitions.ts";
import { type Delivery, hasCopy, isClaimed } from "../../domain/delivery.ts";
import { isStuck } from "../../domain/delivery-commands.ts";
import { cancel, cancelForGood, defer, expire, giveUp, reopen, sendAnew } from "../../domain/delivery-transitions.ts";
import { checkLoginAfter } from "../../domain/retry.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { DeliveryRef } from "../../ports/store.ts";
import { type DeliverPorts, type DeliveryTarget, record, type StepResult, save } from "./deliver-step.ts";
import { type DesiredState, readDesiredState } from "./desired-state.ts";
import { checkOnce, hasNewPage } from "./page-and-picture.ts";
import { reconcileCopy, syndicate } from "./reconcile-copy.ts";
import { firstSend } from "./send-copy.ts";
import { recheck, settle } from "./settle.ts";

/**
 * Advances one due delivery (docs/exactly-once.md). Besides this, only a person's commands change the state of a
 * delivery.
 */
export const deliver = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const delivery = await ports.deliveries.read(ref);
  const next = delivery && (await advance(delivery, ports.clock(), ports));
  if (next === undefined) return;
  // A delivery that was stuck before was reported then.
  const isReported = next.state === delivery?.state && isStuck(next);
  await (isReported ? save : record)(next, ports);
};

const mayNameCopies = (delivery: Delivery): delivery is Copy | Delivery<"deleted"> =>
  ["posted", "editing", "deleting", "deleted"].includes(delivery.state);

const advance = async (delivery: Delivery, now: Instant, ports: DeliverPorts): StepResult => {
  if (delivery.due === undefined || delivery.due > now) return undefined;
  // Before the lease is over, a save here would raise the version that its worker has read.
  if (isClaimed(delivery))
    return delivery.leaseUntil > now ? undefined : expire(delivery, settleTime(delivery, ports), now);
  if (delivery.wait !== undefined && delivery.wait > now) return { ...delivery, due: delivery.wait };
  // Done while it is edited or deleted, too: the next step may be the last, and a part may be gone.
  if (mayNameCopies(delivery) && !(await syndicate(delivery, ports))) return undefined;
  if (delivery.state === "posted" && delivery.sandbox) await checkOnce(delivery, ports);
  // A failed delivery does not follow the changes of its post.
  return delivery.state === "failed" ? { ...delivery, due: undefined } : advanceForAccount(delivery, now, ports);
};

/** A delivery that no worker has claimed, and that may still change by itself. */
type Advancing = Delivery<
  "pending" | "held" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "unknown" | "cancelled"
>;

const advanceForAccount = async (delivery: Advancing, now: Instant, ports: DeliverPorts): StepResult => {
  const account = ports.accounts.find(({ name }) => name === delivery.account);
  if (account === undefined)
    return afterAccountRemoved(delivery, `the account ${delivery.account} was removed from the configuration`, ports);
  if (account.network !== delivery.network)
    return afterAccountRemoved(delivery, `the account ${account.name} is on ${account.network} now`, ports);
  if (account.site !== delivery.site && (delivery.state === "pending" || delivery.state === "held"))
    return cancelForGood(delivery, `the account ${account.name} announces the site ${account.site} now`);
  return delivery.state === "unknown"
    ? advanceUnknown(delivery, account, ports)
    : followPost(delivery, account, now, ports);
};

const advanceUnknown = async (delivery: Delivery<"unknown">, account: Account, ports: DeliverPorts): StepResult => {
  const target = await connect(delivery, account, ports);
  return typeof target === "string" ? { ...delivery, due: undefined } : recheck(delivery, target, ports);
};

/** Chooses the step that brings a delivery to the state that its post asks for. */
const followPost = async (
  delivery: Exclude<Advancing, Delivery<"unknown">>,
  account: Account,
  now: Instant,
  ports: DeliverPorts,
): StepResult => {
  const network = ports.networks.get(account.network);
  const desired = await readDesiredState(delivery, { account, network }, now, ports);
  if (delivery.state === "held" && desired.kind === "copy" && (await hasNewPage(delivery, desired.post, ports)))
    return reopen(delivery, now, "its post has another address");
  if (delivery.state === "held" || delivery.state === "cancelled" || delivery.state === "deleted")
    return reevaluate(delivery, desired, now);
  const target = await connect(delivery, account, ports);
  if (typeof target === "string") return defer(delivery, { until: now + checkLoginAfter, reason: target });
  if (delivery.state === "pending") return firstSend(delivery, target, desired, ports);
  if (delivery.state === "unsettled") return settle(delivery, target, desired, ports);
  return reconcileCopy(delivery, target, desired, ports);
};

/** How long an unanswered request may still take effect. */
const settleTime = ({ sandbox, network }: Delivery, { networks }: DeliverPorts): number =>
  sandbox ? second : networks.get(network).settle;

/** Connects the account. Returns the problem where that is not possible. */
const connect = async (delivery: Delivery, account: Account, ports: DeliverPorts): Promise<DeliveryTarget | string> => {
  const connected = await ports.networks.connect(account, delivery.sandbox);
  if ("problem" in connected) return connected.problem;
  const { connection } = connected;
  const network = ports.networks.get(account.network);
  const { remembersFor } = network;
  const offers = network.offersTo?.(account) ?? network.offers;
  const traits = { offers, remembersFor, settle: settleTime(delivery, ports), look: connection.look !== undefined };
  return { account, network, connection, traits };
};

/**
 * Ends a delivery whose account was removed from the configuration. A delivery that may be public does not become
 * cancelled.
 */
const afterAccountRemoved = async (
  delivery: Advancing,
  reason: string,
  { posts, clock }: Pick<DeliverPorts, "posts" | "clock">,
): Promise<Delivery> => {
  switch (delivery.state) {
    case "pending":
    case "held":
      return cancelForGood(delivery, `${reason}: it is not sent, even if the account comes back`);
    case "unsettled":
      return delivery.open === 0 && !hasCopy(delivery)
        ? cancelForGood(delivery, `${reason}: it is not sent, even if the account comes back`)
        : giveUp(delivery, delivery.open === 0 ? "cancelled" : "unknown", reason, clock());
    case "editing":
    case "deleting":
      return leaveCopy(delivery, reason);
    case "posted": {
      const post = await posts.read(delivery.site, delivery.post);
      const isGone = post === undefined || post.gone !== undefined;
      return leaveCopy(
        delivery,
        isGone
          ? `the post was deleted, but its copy stays: ${reason}`
          : `its copy is not edited any more, whatever changes in the post: ${reason}`,
      );
    }
    case "deleted":
      return { ...delivery, reason, due: undefined };
    default:
      return { ...delivery, due: undefined };
  }
};

/**
 * A hold ends when a person releases it or the post is deleted. A delivery that was cancelled, or deleted with its
 * post, is sent when the post returns.
 */
const reevaluate = (
  delivery: Delivery<"held" | "cancelled" | "deleted">,
  desired: DesiredState,
  now: Instant,
): Delivery => {
  if (desired.kind === "wait") return { ...delivery, due: desired.until };
  if (delivery.state === "held")
    return desired.kind === "none" ? cancel(delivery, desired.reason) : { ...delivery, due: undefined };
  if (desired.kind !== "copy" || !delivery.reopens) return { ...delivery, due: undefined };
  if (desired.isOld)
    return {
      ...delivery,
      reason: "the post is back, but it is old: publish it with --again to announce it",
      due: undefined,
    };
  return delivery.state === "deleted" ? sendAnew(delivery, now) : reopen(delivery, now, "the post is back");
};
