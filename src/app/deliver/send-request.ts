import { afterSend, type Stored } from "../../domain/delivery-transitions.ts";
import { second } from "../../domain/time.ts";
import { pause, resume } from "./account-pause.ts";
import { type DeliverPorts, deadlineFor, type StepResult, type Target } from "./deliver-step.ts";

/** Sends the stored request with the stored key, while the lease lasts. */
export const sendRequest = async (
  delivery: Stored,
  { account, network, connection, traits }: Target,
  ports: DeliverPorts,
): StepResult => {
  const { sent, leaseUntil, seed, planned } = delivery;
  const left = leaseUntil - second - ports.clock();
  if (left <= 0) {
    const reason = "the worker was too slow to send within its lease";
    return afterSend(delivery, { kind: "unavailable", reason }, ports.clock(), traits);
  }
  const signal = ports.deadline(Math.min(deadlineFor(delivery), left));
  const outcome = await connection.send(sent.request, network.key(seed, planned), signal);
  if (outcome.kind === "unauthorised") await pause(account.name, outcome.reason, ports);
  if (outcome.kind === "posted") await resume(account.name, ports);
  return afterSend(delivery, outcome, ports.clock(), traits);
};
