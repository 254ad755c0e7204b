import type { Account } from "../../domain/account.ts";
import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import { markFound } from "../../domain/delivery-transitions.ts";
import { changeGate } from "../../domain/request-gates.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries } from "../../ports/store.ts";
import { checkOwner } from "./account-identity.ts";
import { releaseAccount } from "./account-state.ts";
import { admit } from "./admission.ts";
import { type DeliverPorts, type StepResult, save, type Target } from "./deliver-step.ts";
import { leaseFor } from "./lease.ts";
import { searchCopies } from "./search-copies.ts";

/** The network can be read again, or an account is back: what is there is called posted. What is not found stays unknown. */
export const recheck = async (unknown: Delivery<"unknown">, target: Target, ports: DeliverPorts): StepResult => {
  // It was nudged while a worker looks for it: what that one saves leaves it due.
  const { inFlight } = await ports.accountStates.read(unknown.account);
  if (inFlight?.delivery === deliveryId(unknown) && ports.clock() < inFlight.until) return undefined;
  // Its claim: another worker that read the same version does not look, and one that stops here leaves it due.
  const delivery = await save({ ...unknown, due: ports.clock() + leaseFor(unknown) }, ports);
  if (delivery === undefined) return undefined;
  if (target.traits.look) {
    const admission = await admit(delivery, changeGate, target.account, ports);
    if (admission.kind === "go") {
      const { kind } = await checkOwner(delivery, target, ports);
      const found = kind === "own" ? await searchCopies(delivery, target, ports) : [];
      await releaseAccount(delivery, ports);
      const own = found === "unreadable" ? undefined : found?.find(({ isSame }) => isSame);
      if (own !== undefined) return markFound(delivery, own, ports.clock());
    }
  }
  return { ...delivery, due: undefined };
};

interface Ports {
  readonly accounts: readonly Account[];
  readonly deliveries: Pick<Deliveries, "inState" | "nudge">;
  readonly clock: Clock;
}

/** Makes the newest unknown deliveries of every configured account due, so that they are looked for. */
export const wakeUnknown = async ({ accounts, deliveries, clock }: Ports): Promise<void> => {
  for (const { name } of accounts)
    for (const { site, post, account, generation } of (await deliveries.inState(name, "unknown")).rows)
      await deliveries.nudge({ kind: "delivery", site, post, account, generation }, clock());
};
