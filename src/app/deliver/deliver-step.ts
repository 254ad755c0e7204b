import type { Account, Policies } from "../../domain/account.ts";
import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import { afterSend, type NetworkTraits, type Stored } from "../../domain/delivery-transitions.ts";
import { snippetFor } from "../../domain/snippet.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Connection, Network, Networks } from "../../ports/networks.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Posts } from "../../ports/store.ts";
import { pause, resume } from "./admission.ts";
import { type DesiredState, desiredStateFor } from "./desired-state.ts";

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

/** Longer than a deliver function may run: a killed one cannot outlive its lease. The sandbox dies with its runtime. */
export const leaseFor = ({ sandbox }: Delivery): number => (sandbox ? 8 * second : 90 * second);
/** A look and a send within one run of a function. */
export const deadlineFor = ({ sandbox }: Delivery): number => (sandbox ? 3 * second : 25 * second);

/** What the post says, read consistently. A copy that is not sent yet is dated `now`; an edit keeps the date of the first send. */
export const readDesiredState = async (
  delivery: Delivery,
  { account, network }: Pick<Target, "account" | "network">,
  now: Instant,
  ports: DeliverPorts,
): Promise<DesiredState> =>
  desiredStateFor(await ports.posts.read(delivery.site, delivery.post), delivery, now, (post) =>
    network.compose(snippetFor(post, account, delivery.sent?.firstSentAt ?? now), account),
  );

/** Saves on the version that was read. Undefined: another worker was faster, and the row is its own. */
export const save = async <D extends Delivery>(delivery: D, { deliveries }: DeliverPorts): Promise<D | undefined> =>
  (await deliveries.save(delivery)) ? { ...delivery, version: delivery.version + 1 } : undefined;

/** The end of a step. A failed or unknown delivery raises an alarm. */
export const record = async (delivery: Delivery, ports: DeliverPorts): Promise<void> => {
  const { state, account, post, reason } = delivery;
  if ((await save(delivery, ports)) === undefined || (state !== "failed" && state !== "unknown")) return;
  ports.log.alarm(state, `${deliveryId(delivery)}: ${reason}`, { account, post });
};

/** The stored request with the stored key, while the lease holds. */
export const send = async (
  delivery: Stored,
  { account, network, connection, traits }: Target,
  ports: DeliverPorts,
): Promise<void> => {
  const { sent, leaseUntil, seed, planned } = delivery;
  const left = leaseUntil - second - ports.clock();
  if (left <= 0) {
    const reason = "the worker was too slow to send within its lease";
    return record(afterSend(delivery, { kind: "unavailable", reason }, ports.clock(), traits), ports);
  }
  const signal = ports.deadline(Math.min(deadlineFor(delivery), left));
  const outcome = await connection.send(sent.request, network.key(seed, planned), signal);
  if (outcome.kind === "unauthorised") await pause(account.name, outcome.reason, ports);
  if (outcome.kind === "posted") await resume(account.name, ports);
  await record(afterSend(delivery, outcome, ports.clock(), traits), ports);
};
