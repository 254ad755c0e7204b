import type { Delivery, Outcome } from "../../domain/delivery.ts";
import { afterSend, giveUp, type NetworkTraits, type Stored } from "../../domain/delivery-transitions.ts";
import { second } from "../../domain/time.ts";
import { releaseAccount } from "./account-state.ts";
import { type DeliverPorts, recordAnswer, type StepResult, type Target } from "./deliver-step.ts";
import { equalRequests } from "./equal-requests.ts";
import { deadlineFor } from "./lease.ts";
import { withoutOtherCopies } from "./search-copies.ts";

/** Sends the stored request with the stored key, from where its last step ended, while the lease lasts. */
export const sendRequest = async (delivery: Stored, target: Target, ports: DeliverPorts): StepResult => {
  const { network, connection, traits } = target;
  const { sent, leaseUntil, seed, copy } = delivery;
  const left = leaseUntil - second - ports.clock();
  if (left <= 0) {
    const reason = "the worker was too slow to send within its lease";
    await releaseAccount(delivery, ports);
    return afterSend(delivery, { kind: "unavailable", reason }, ports.clock(), traits);
  }
  const signal = ports.deadline(Math.min(deadlineFor(delivery), left));
  const outcome = await connection.send(sent.request, network.key(seed, copy), signal, delivery.progress?.from);
  const next = await afterAnswer(delivery, outcome, traits, ports);
  return recordAnswer(next, outcome, ports);
};

const afterAnswer = async (
  delivery: Stored,
  outcome: Outcome,
  traits: NetworkTraits,
  ports: DeliverPorts,
): Promise<Delivery> => {
  const now = ports.clock();
  if (outcome.kind !== "duplicate") return afterSend(delivery, outcome, now, traits);
  const { remote, reason } = outcome;
  // A network that takes one post names the one that it has: what was sent before was refused, too.
  if (remote.id !== null && (await withoutOtherCopies([{ remote }], delivery, ports)).length === 0)
    return giveUp(delivery, "failed", `duplicate: ${reason}`, now);
  if (!(await hasEqualCopy(delivery, ports))) return afterSend(delivery, outcome, now, traits);
  const whyUnknown = `an earlier copy has the same text, so it is not known which of them is meant: ${reason}`;
  return giveUp(delivery, "unknown", whyUnknown, now);
};

/** After an unanswered send: the network may refuse this one because of a copy that an earlier publication made. */
const hasEqualCopy = async (delivery: Stored, ports: DeliverPorts): Promise<boolean> =>
  delivery.state === "unsettled" && delivery.open > 1 && (await equalRequests(delivery, ports)).length > 0;
