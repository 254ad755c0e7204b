import type { Account, Policies } from "../../domain/account.ts";
import { type Delivery, deliveryId, type Outcome } from "../../domain/delivery.ts";
import type { NetworkTraits } from "../../domain/delivery-transitions.ts";
import { second } from "../../domain/time.ts";
import type { Connection, Network, Networks } from "../../ports/networks.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Posts } from "../../ports/store.ts";
import { pause, resume } from "./account-pause.ts";
import type { DesiredState } from "./desired-state.ts";

export interface DeliverPorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly accountStates: Accounts;
  readonly networks: Networks;
  readonly accounts: readonly Account[];
  readonly policies: Policies;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadline: (milliseconds: number) => AbortSignal;
}

/** The account that a delivery is for, connected. */
export interface Target {
  readonly account: Account;
  readonly network: Network;
  readonly connection: Connection;
  readonly traits: NetworkTraits;
}

/** The delivery after a step, to be recorded. Undefined: it is recorded already, or another worker was faster. */
export type StepResult = Promise<Delivery | undefined>;

/** Brings a delivery of one kind closer to its desired state. */
export type Step<D extends Delivery> = (
  delivery: D,
  target: Target,
  desired: DesiredState,
  ports: DeliverPorts,
) => StepResult;

/** Longer than a deliver function may run: a killed one cannot outlive its lease. The sandbox dies with its runtime. */
export const leaseFor = ({ sandbox }: Delivery): number => (sandbox ? 8 * second : 90 * second);
/** A look and a send within one run of a function. */
export const deadlineFor = ({ sandbox }: Delivery): number => (sandbox ? 3 * second : 25 * second);

/** Saves on the version that was read. Undefined: another worker was faster, and the row is its own. */
export const save = async <D extends Delivery>(delivery: D, { deliveries }: DeliverPorts): Promise<D | undefined> =>
  (await deliveries.save(delivery)) ? { ...delivery, version: delivery.version + 1 } : undefined;

/** The end of a step. A failed or unknown delivery raises an alarm. */
export const record = async (delivery: Delivery, ports: DeliverPorts): Promise<void> => {
  const { state, account, post, reason } = delivery;
  if ((await save(delivery, ports)) === undefined || (state !== "failed" && state !== "unknown")) return;
  ports.log.alarm(state, `${deliveryId(delivery)}: ${reason}`, { account, post });
};

/** The end of a step that asked the network. The answer is recorded first: a crash while the account is saved does not lose it. */
export const recordAnswer = async (
  delivery: Delivery,
  outcome: Outcome,
  { account }: Target,
  ports: DeliverPorts,
): Promise<undefined> => {
  await record(delivery, ports);
  if (outcome.kind === "unauthorised") await pause(account.name, outcome.reason, ports);
  if (outcome.kind === "posted" || outcome.kind === "done") await resume(account.name, ports);
};
