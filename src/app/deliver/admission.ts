import type { Account, Policies } from "../../domain/account.ts";
import { type Gate, type Go, type Hold, passGate, type Wait } from "../../domain/account-gate.ts";
import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import { conflict, retryOnConflict } from "../../domain/retry-on-conflict.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts } from "../../ports/store.ts";
import { leaseFor } from "./lease.ts";

interface Ports {
  readonly accountStates: Accounts;
  readonly policies: Policies;
  readonly clock: Clock;
}

/**
 * Asks the account for a request of this delivery, in one conditional write on the account's row, which is also its
 * claim: one request of an account is on its way at a time. The sandbox has no limits.
 */
export const admit = async <Answer extends Wait | Hold>(
  delivery: Delivery,
  gate: Gate<Answer>,
  account: Account,
  ports: Ports,
): Promise<Answer | Pick<Go, "kind">> => {
  if (delivery.sandbox) return { kind: "go" };
  return retryOnConflict(`the account ${account.name}`, async () => {
    const now = ports.clock();
    const state = await ports.accountStates.read(account.name);
    const skipsBreaker = delivery.admitted || delivery.approved;
    const id = deliveryId(delivery);
    const request = { id, copy: `${id}@${delivery.planned}`, skipsBreaker, until: now + leaseFor(delivery) };
    const answer = passGate(gate, state, request, { account, burst: ports.policies.burst, now });
    if (answer.kind !== "go") return answer;
    return (await ports.accountStates.save(answer.state)) ? { kind: "go" } : conflict;
  });
};
