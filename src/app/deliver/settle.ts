import type { Account } from "../../domain/account.ts";
import { type Claimed, type Delivery, deliveryId, hasCopy } from "../../domain/delivery.ts";
import {
  afterNoLogin,
  chooseSettlement,
  claimUnsettled,
  defer,
  giveUp,
  giveUpAfter,
  markFound,
  mayBePosted,
  startSend,
} from "../../domain/delivery-transitions.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { changeGate, resendGate } from "../../domain/request-gates.ts";
import type { Instant } from "../../domain/time.ts";
import type { FoundPost } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries } from "../../ports/store.ts";
import { releaseAccount } from "./account-state.ts";
import { admit, deadlineFor, leaseFor } from "./admission.ts";
import {
  type DeliverPorts,
  type DeliveryTarget,
  recordAnswer,
  type Step,
  type StepResult,
  save,
} from "./deliver-step.ts";
import { copyContent, type DesiredState } from "./desired-state.ts";
import { checkOwner, equalRequests, searchCopies, sentAsFound } from "./find-copies.ts";
import { sendRequest } from "./send-copy.ts";

const desiredCost = (desired: DesiredState): number => (desired.kind === "copy" ? desired.cost : 0);

/**
 * Settles a delivery whose earlier send got no answer and has certainly ended, or whose next step is due. It stays
 * unsettled until its outcome is known.
 */
export const settle: Step<Delivery<"unsettled">> = async (delivery, target, desired, ports) => {
  const { traits } = target;
  if (desired.kind === "wait" && (!traits.canFind || delivery.open === 0)) return defer(delivery, desired);
  const settlement = chooseSettlement(delivery, traits, desired.kind === "copy", ports.clock());
  if (settlement === "unknown") return giveUp(delivery, "unknown", whyUnknown(delivery, desired), ports.clock());
  if (settlement === "leave" && desired.kind !== "copy")
    return giveUp(delivery, "cancelled", desired.reason, ports.clock());
  // A post that is public already was counted, and is not kept waiting for its next part.
  const gate = settlement === "resend" && !hasCopy(delivery) ? resendGate : changeGate;
  const admission = await admit(delivery, gate, target.account, ports, { cost: desiredCost(desired) });
  if (admission.kind === "wait") return defer(delivery, admission);
  const claimed = await save(claimUnsettled(delivery, ports.clock() + leaseFor(delivery)), ports);
  return claimed && settleClaimed(claimed, settlement === "resend", target, desired, ports);
};

const settleClaimed = async (
  claimed: Claimed<"unsettled">,
  isResent: boolean,
  target: DeliveryTarget,
  desired: DesiredState,
  ports: DeliverPorts,
): StepResult => {
  const owner = await checkOwner(claimed, target, ports);
  if (owner.kind === "other") {
    await releaseAccount(claimed, ports);
    return giveUp(claimed, "unknown", owner.reason, ports.clock());
  }
  if (owner.kind !== "own") return recordAnswer(afterNoLogin(claimed, owner, ports.clock()), owner, ports);
  if (isResent) return resend(claimed, target, ports);
  const next = await settleBySearch(claimed, target, desired, ports);
  if (next !== undefined) await releaseAccount(claimed, ports);
  return next;
};

const resend = async (claimed: Claimed<"unsettled">, target: DeliveryTarget, ports: DeliverPorts): StepResult => {
  const started = await save(startSend(claimed, ports.clock()), ports);
  return started && sendRequest(started, target, ports);
};

/**
 * Searches for the copy as it was sent and, if that is not there, as the post is now: another installation with this login
 * may have taken it over, and edited it.
 */
const searchBoth = async (
  claimed: Claimed<"unsettled">,
  target: DeliveryTarget,
  desired: DesiredState,
  ports: DeliverPorts,
) => {
  const signal = ports.deadline(deadlineFor(claimed));
  const answer = await searchCopies(claimed, target, ports, signal);
  const isMissing = answer !== "unreadable" && answer?.length === 0 && claimed.progress === undefined;
  if (!isMissing || desired.kind !== "copy") return { sought: claimed, answer };
  const sought = { ...claimed, sent: { ...claimed.sent, ...copyContent(desired) } };
  const isEdited = canonicalJson(sought.sent.request) !== canonicalJson(claimed.sent.request);
  return isEdited ? { sought, answer: await searchCopies(sought, target, ports, signal) } : { sought: claimed, answer };
};

/** Searches the network for the copy. If it is not there, it is sent, where it is still wanted. */
const settleBySearch: Step<Claimed<"unsettled">> = async (claimed, target, desired, ports) => {
  const { traits } = target;
  const { sought, answer } = await searchBoth(claimed, target, desired, ports);
  const now = ports.clock();
  const candidates = answer === "unreadable" ? undefined : answer;
  const own = candidates?.find(({ isSame }) => isSame);
  const isContested = own !== undefined && desired.kind !== "none" && (await hasContender(sought, target, ports));
  if (own !== undefined && !isContested) return recordFound(sought, own, now);
  // Inside its window the key prevents a second copy even where the network cannot be read.
  const isSafe = chooseSettlement(claimed, { ...traits, canFind: false }, desired.kind === "copy", now) === "resend";
  if (isSafe) return resendAdmitted(claimed, target, desired, ports);
  if (candidates === undefined) return afterNoSearch(claimed, answer === undefined, desired, now, ports);
  if (isContested) return giveUp(claimed, "unknown", whyContested(claimed), now);
  if (candidates.length > 0) return giveUp(claimed, "unknown", whyAmbiguous(claimed, candidates), now);
  return afterNoCopy(claimed, target, desired, now, ports);
};

/** `isSilent`: the network gave no usable answer. Otherwise it cannot be searched. */
const afterNoSearch = async (
  claimed: Claimed<"unsettled">,
  isSilent: boolean,
  desired: DesiredState,
  now: Instant,
  ports: DeliverPorts,
): StepResult => {
  if (!isSilent || now - claimed.sent.lastSentAt > giveUpAfter)
    return giveUp(claimed, "unknown", whyUnknown(claimed, desired), now);
  const outcome = {
    kind: "unavailable",
    reason: "the network gave no usable answer to the search for the copy",
  } as const;
  return recordAnswer(afterNoLogin(claimed, outcome, now), outcome, ports);
};

const afterNoCopy = async (
  claimed: Claimed<"unsettled">,
  target: DeliveryTarget,
  desired: DesiredState,
  now: Instant,
  ports: DeliverPorts,
): StepResult => {
  if (claimed.refused !== undefined) return giveUp(claimed, "failed", claimed.refused, now);
  if (desired.kind === "wait") return defer(claimed, desired);
  if (desired.kind !== "copy") return giveUp(claimed, "cancelled", desired.reason, now);
  return resendAdmitted(claimed, target, desired, ports);
};

const recordFound = (delivery: Delivery<"unsettled" | "unknown">, found: FoundPost, now: Instant): Delivery =>
  markFound({ ...delivery, sent: sentAsFound(delivery.sent, found) }, found, now);

const resendAdmitted: Step<Claimed<"unsettled">> = async (claimed, target, desired, ports) => {
  const gate = hasCopy(claimed) ? changeGate : resendGate;
  const admission = await admit(claimed, gate, target.account, ports, { cost: desiredCost(desired) });
  return admission.kind === "wait" ? defer(claimed, admission) : resend(claimed, target, ports);
};

/** True where the copy that was found may belong to another publication that got no answer. */
const hasContender = async (
  delivery: Claimed<"unsettled">,
  { traits }: DeliveryTarget,
  ports: DeliverPorts,
): Promise<boolean> => (await equalRequests(delivery, traits, ports)).some((other) => !hasCopy(other));

const whyContested = (delivery: Delivery): string =>
  `${mayBePosted(delivery)}, and what is there may be another announcement, which has the same text: check the network`;

const whyAmbiguous = (delivery: Delivery, [first]: readonly FoundPost[]): string =>
  `${mayBePosted(delivery)}, and a post with the same link but another text is there (${first?.remote.url ?? first?.remote.id}): check whether it is this one`;

const whyUnknown = (delivery: Delivery, desired: DesiredState): string => {
  const { refused } = delivery;
  const cause = mayBePosted(delivery);
  if (refused !== undefined) return `${cause}: a later send was rejected (${refused})`;
  if (desired.kind !== "copy")
    return `${cause}, and is not sent again to find out: check the network (${desired.reason})`;
  return `${cause}, and the network cannot be searched: check the network`;
};

/**
 * Searches for an unknown delivery when the network can be read again, or an account is back: with a copy it becomes
 * posted, without one it stays unknown.
 */
export const recheck = async (
  unknown: Delivery<"unknown">,
  target: DeliveryTarget,
  ports: DeliverPorts,
): StepResult => {
  // It was nudged while a worker searches for it: the save of that worker leaves it due.
  const { inFlight } = await ports.accountStates.read(unknown.account);
  if (inFlight?.delivery === deliveryId(unknown) && ports.clock() < inFlight.until) return undefined;
  // This save is the claim: another worker that read the same version does not search, and a worker that stops here
  // leaves it due.
  const delivery = await save({ ...unknown, due: ports.clock() + leaseFor(unknown) }, ports);
  if (delivery === undefined) return undefined;
  if (target.traits.canFind) {
    const admission = await admit(delivery, changeGate, target.account, ports);
    if (admission.kind === "go") {
      const { kind } = await checkOwner(delivery, target, ports);
      const found = kind === "own" ? await searchCopies(delivery, target, ports) : [];
      await releaseAccount(delivery, ports);
      const own = found === "unreadable" ? undefined : found?.find(({ isSame }) => isSame);
      if (own !== undefined) return recordFound(delivery, own, ports.clock());
    }
  }
  return { ...delivery, due: undefined };
};

interface WakePorts {
  readonly accounts: readonly Account[];
  readonly deliveries: Pick<Deliveries, "inState" | "nudge">;
  readonly clock: Clock;
}

/** Makes the newest unknown deliveries of every configured account due, so that they are searched for. */
export const wakeUnknown = async ({ accounts, deliveries, clock }: WakePorts): Promise<void> => {
  for (const { name } of accounts)
    for (const { site, post, account, generation } of (await deliveries.inState(name, "unknown")).rows)
      await deliveries.nudge({ kind: "delivery", site, post, account, generation }, clock());
};
