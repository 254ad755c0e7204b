import { changeGate, resendGate } from "../../domain/account-gate.ts";
import type { Claimed, Delivery, Outcome } from "../../domain/delivery.ts";
import {
  afterSend,
  cancel,
  chooseSettlement,
  claimUnsettled,
  defer,
  fail,
  markPosted,
  markUnknown,
  startResend,
} from "../../domain/delivery-transitions.ts";
import type { Found } from "../../ports/networks.ts";
import { checkOwner } from "./account-identity.ts";
import { releaseAccount } from "./account-state.ts";
import { admit } from "./admission.ts";
import { type DeliverPorts, recordAnswer, type Step, type StepResult, save, type Target } from "./deliver-step.ts";
import type { DesiredState } from "./desired-state.ts";
import { equalRequests } from "./equal-requests.ts";
import { leaseFor } from "./lease.ts";
import { searchCopies } from "./search-copies.ts";
import { sendRequest } from "./send-request.ts";

const costOf = (desired: DesiredState): number => (desired.kind === "copy" ? desired.cost : 0);

/** An earlier send got no answer, and has certainly ended. The delivery stays unsettled until its outcome is known. */
export const settle: Step<Delivery<"unsettled">> = async (delivery, target, desired, ports) => {
  const { traits } = target;
  if (desired.kind === "wait" && !traits.look) return defer(delivery, desired);
  const isWanted = desired.kind === "copy";
  const settlement = chooseSettlement(delivery, traits, isWanted, ports.clock());
  if (settlement === "unknown") return markUnknown(delivery, whyUnknown(delivery, desired));
  const gate = settlement === "resend" ? resendGate : changeGate;
  const admission = await admit(delivery, gate, target.account, ports, costOf(desired));
  if (admission.kind === "wait") return defer(delivery, admission);
  const claimed = await save(claimUnsettled(delivery, ports.clock() + leaseFor(delivery)), ports);
  if (claimed === undefined) return undefined;
  const owner = await checkOwner(claimed, target, ports);
  if (owner.kind === "other") {
    await releaseAccount(claimed, ports);
    return markUnknown(claimed, owner.reason);
  }
  if (owner.kind !== "own") return recordAnswer(afterSend(claimed, owner, ports.clock(), traits), owner, ports);
  if (settlement === "resend") return resend(claimed, target, ports);
  const next = await look(claimed, target, desired, ports);
  if (next !== undefined) await releaseAccount(claimed, ports);
  return next;
};

const resend = async (claimed: Claimed<"unsettled">, target: Target, ports: DeliverPorts): StepResult => {
  const started = await save(startResend(claimed, ports.clock()), ports);
  return started && sendRequest(started, target, ports);
};

/** Searches the network for the copy. What is not there is sent, where it is still wanted. */
const look: Step<Claimed<"unsettled">> = async (claimed, target, desired, ports) => {
  const { traits, account } = target;
  const candidates = await searchCopies(claimed, target, ports);
  const now = ports.clock();
  // Inside its window the key prevents a second copy even where the network cannot be read.
  const isSafe = chooseSettlement(claimed, { ...traits, look: false }, desired.kind === "copy", now) === "resend";
  const own = candidates?.find(({ isSame }) => isSame);
  const isContested = own !== undefined && desired.kind !== "none" && (await hasContender(claimed, ports));
  if (own !== undefined && !isContested) return markPosted(claimed, own.remote, now);
  if (!isSafe) {
    if (candidates === undefined) {
      const reason = "the network did not answer the search for the copy";
      const outcome: Outcome = { kind: "unavailable", reason };
      return recordAnswer(afterSend(claimed, outcome, now, traits), outcome, ports);
    }
    if (isContested) return markUnknown(claimed, whyContested);
    if (candidates.length > 0) return markUnknown(claimed, whyAmbiguous(candidates));
    if (claimed.refused !== undefined) return fail(claimed, claimed.refused);
    if (desired.kind === "wait") return defer(claimed, desired);
    if (desired.kind !== "copy") return cancel(claimed, `cancelled before it reached the network: ${desired.reason}`);
  }
  const admission = await admit(claimed, resendGate, account, ports, costOf(desired));
  if (admission.kind === "wait") return defer(claimed, admission);
  return resend(claimed, target, ports);
};

/** What was found may as well be the copy of another publication that got no answer. */
const hasContender = async (delivery: Claimed<"unsettled">, ports: DeliverPorts): Promise<boolean> =>
  (await equalRequests(delivery, ports)).some(({ remotes }) => remotes === undefined);

const whyContested =
  "the network never answered, and what is there may be another publication of this post, which has the same text: check the network";

const whyAmbiguous = ([first]: readonly Found[]): string =>
  `the network never answered, and a post with the same link but another text is there (${first?.remote.url ?? first?.remote.id}): check whether it is this one`;

const whyUnknown = ({ refused }: Delivery, desired: DesiredState): string => {
  if (refused !== undefined) return `the first send got no answer, a later one was rejected: ${refused}`;
  if (desired.kind !== "copy")
    return `the network never answered whether it was posted: check the network (${desired.reason})`;
  return "the network never answered and cannot be searched: check the network";
};
