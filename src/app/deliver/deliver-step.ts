import type { Account, Policies } from "../../domain/account.ts";
import { type Delivery, deliveryId, type Outcome } from "../../domain/delivery.ts";
import { remember } from "../../domain/delivery-history.ts";
import type { NetworkTraits } from "../../domain/delivery-transitions.ts";
import type { Site } from "../../domain/site.ts";
import { isStuck } from "../../domain/webhook-message.ts";
import type { Connection, Network, Networks } from "../../ports/networks.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Posts, Servers } from "../../ports/store.ts";
import { type RaisePorts, raiseBeforeSave, webhookOf } from "../notify/raise-notice.ts";
import { recordAccount } from "./account-state.ts";
import type { PagePorts } from "./check-page.ts";
import type { DesiredState } from "./desired-state.ts";

export interface DeliverPorts extends RaisePorts, PagePorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly accountStates: Accounts;
  readonly servers: Servers;
  readonly networks: Networks;
  readonly accounts: readonly Account[];
  readonly policies: Policies;
  readonly site: (id: string) => Site;
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

/** Saves on the version that was read. Undefined: another worker was faster, and the row is its own. */
export const save = async <D extends Delivery>(
  delivery: D,
  { deliveries, clock }: DeliverPorts,
): Promise<D | undefined> => {
  const remembered = remember(delivery, clock());
  return (await deliveries.save(remembered)) ? { ...remembered, version: delivery.version + 1 } : undefined;
};

/** What is stuck is told to the webhook of its site. */
const report = async (delivery: Delivery, ports: DeliverPorts): Promise<void> => {
  const { site, post: id, sandbox } = delivery;
  if (sandbox || !isStuck(delivery)) return;
  if (ports.site(site).webhook !== undefined)
    await raiseBeforeSave(webhookOf({ site, id }), deliveryId(delivery), ports);
};

/**
 * The end of a step. A failed or unknown delivery raises an alarm, and so does the copy of a deleted post that stays. Before
 * the save: a worker that stops behind it is not silent, and one that stops before it raises the alarm again.
 */
export const record = async (delivery: Delivery, ports: DeliverPorts): Promise<void> => {
  const { state, account, post, reason } = delivery;
  await report(delivery, ports);
  const alarm = (name: string) => ports.log.alarm(name, `${deliveryId(delivery)}: ${reason}`, { account, post });
  if (state === "failed" || state === "unknown") alarm(state);
  if (state === "posted" && delivery.stale && (await isPostGone(delivery, ports))) alarm("failed");
  await save(delivery, ports);
};

const isPostGone = async ({ site, post }: Delivery, { posts }: DeliverPorts): Promise<boolean> => {
  const stored = await posts.read(site, post);
  return stored === undefined || stored.gone !== undefined;
};

/** The end of a step that asked the network. The answer is recorded first: a crash while the account is saved does not lose it. */
export const recordAnswer = async (delivery: Delivery, outcome: Outcome, ports: DeliverPorts): Promise<undefined> => {
  await record(delivery, ports);
  await recordAccount(delivery, outcome, ports);
};
