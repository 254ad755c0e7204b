import { giveUp, type Stored } from "../../domain/delivery-steps.ts";
import { afterSend } from "../../domain/delivery-transitions.ts";
import { second } from "../../domain/time.ts";
import { releaseAccount } from "./account-state.ts";
import { type DeliverPorts, recordAnswer, type StepResult, type Target } from "./deliver-step.ts";
import { equalRequests } from "./equal-requests.ts";
import { deadlineFor } from "./lease.ts";

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
  const isAmbiguous = outcome.kind === "duplicate" && (await hasEqualCopy(delivery, ports));
  const next = isAmbiguous
    ? giveUp(
        delivery,
        "unknown",
        `an earlier copy has the same text, so it is not known which of them is meant: ${outcome.reason}`,
        ports.clock(),
      )
    : afterSend(delivery, outcome, ports.clock(), traits);
  return recordAnswer(next, outcome, ports);
};

/** After an unanswered send: the network may refuse this one because of a copy that an earlier publication made. */
const hasEqualCopy = async (delivery: Stored, ports: DeliverPorts): Promise<boolean> =>
  delivery.state === "unsettled" && delivery.open > 1 && (await equalRequests(delivery, ports)).length > 0;
