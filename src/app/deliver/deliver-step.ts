import type { Account, Policies } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import { type Delivery, deliveryId, isReasonBefore, type Outcome, remember } from "../../domain/delivery.ts";
import {
  isLeftBehind,
  isStuck,
  isUnfinished,
  nextSteps,
  type SiteCommand,
  toUndecided,
} from "../../domain/delivery-commands.ts";
import type { NetworkTraits } from "../../domain/delivery-transitions.ts";
import type { Installation } from "../../domain/installation.ts";
import type { FailureKind } from "../../domain/notice.ts";
import type { Site } from "../../domain/site.ts";
import type { Connection, Network, Networks } from "../../ports/networks.ts";
import type { Pictures } from "../../ports/pictures.ts";
import type { Hash, Log } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Moves, Posts, RequestMarks, Servers, StopRows } from "../../ports/store.ts";
import { type OwnerRaisePorts, raiseBeforeSave, raiseForOwner, webhookNotice } from "../notify/notify.ts";
import { recordAccount } from "./account-state.ts";
import type { DesiredState } from "./desired-state.ts";
import type { PagePorts } from "./page-and-picture.ts";

export interface DeliverPorts extends OwnerRaisePorts, PagePorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly accountStates: Accounts;
  readonly moves: Moves;
  readonly stops: StopRows;
  readonly requestMarks: RequestMarks;
  readonly servers: Servers;
  readonly networks: Networks;
  /** Absent in a runtime that prepares no pictures. */
  readonly pictures?: Pictures;
  readonly accounts: readonly Account[];
  readonly policies: Policies;
  readonly site: (id: string) => Site;
  readonly command: SiteCommand;
  readonly installation: Pick<Installation, "feedsOnly" | "resume" | "setSecret">;
  readonly log: Log;
  readonly hash: Hash;
  readonly deadline: (milliseconds: number) => AbortSignal;
}

/** The account that a delivery is for, connected. */
export interface DeliveryTarget {
  readonly account: Account;
  readonly network: Network;
  readonly connection: Connection;
  /** The fingerprint of the credentials that the connection uses. */
  readonly fingerprint: string | undefined;
  readonly traits: NetworkTraits;
}

/** The delivery after a step, to be recorded. Undefined: it is recorded already, or another worker was faster. */
export type StepResult = Promise<Delivery | undefined>;

/** Brings a delivery of one kind closer to its desired state. */
export type Step<D extends Delivery> = (
  delivery: D,
  target: DeliveryTarget,
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

/** Why a person is needed, if one is. */
const failureKind = async (delivery: Delivery, { posts }: DeliverPorts): Promise<FailureKind | undefined> => {
  if (isStuck(delivery)) return delivery.duplicate === undefined ? delivery.state : "duplicate";
  if (delivery.state !== "posted" || !delivery.stale) return undefined;
  const isKnown = isReasonBefore(delivery);
  if (delivery.hold !== undefined) return isKnown ? undefined : "held";
  if (isKnown && delivery.unfinished?.told === true) return undefined;
  const post = await posts.read(delivery.site, delivery.post);
  if (isUnfinished(delivery, post)) return "unfinished";
  // A copy that was left behind before was reported then: its reason is about a deletion.
  if (isKnown) return undefined;
  return delivery.due === undefined && isLeftBehind(delivery, post) ? "stays" : undefined;
};

/**
 * Reports to the owner and to the webhook of the site. Nobody else sees a delivery in the sandbox, so that is not
 * reported.
 */
const report = async (delivery: Delivery, kind: FailureKind, ports: DeliverPorts): Promise<void> => {
  const { site, post, account, sandbox } = delivery;
  if (sandbox) return;
  const id = deliveryId(delivery);
  await raiseForOwner({ site, kind, subject: account }, id, ports);
  if (ports.site(site).webhook !== undefined) await raiseBeforeSave(webhookNotice({ site, id: post }), id, ports);
};

/**
 * Ends a step. A failure that needs a person is reported and raises an alarm before the save: after a crash between the
 * two the alarm is raised again, and no failure is saved without one.
 */
export const record = async (delivery: Delivery, ports: DeliverPorts): Promise<void> => {
  const { site, account, reason } = delivery;
  const failure = await failureKind(delivery, ports);
  if (failure !== undefined) {
    await report(delivery, failure, ports);
    const id = deliveryId(delivery);
    const post = await ports.posts.read(site, delivery.post);
    const name = post === undefined ? delivery.post : postPath(post);
    // A post that is held has a line for each account, so the line is short: it names the post, and crier status shows
    // the rest.
    const isShort = failure === "held" && post !== undefined;
    const undecided = toUndecided(delivery, failure === "unfinished");
    const all = isShort ? nextSteps(undecided, name).slice(0, 1) : nextSteps(undecided, id);
    const steps = all.map(({ purpose, words }) => `; ${purpose}: ${ports.command(words, site)}`);
    const left =
      failure === "stays" ? delivery.remotes?.find(({ gone, url }) => !gone && url !== null)?.url : undefined;
    if (failure === "stays") steps.push(`; delete it there by hand${left == null ? "" : `: ${left}`}`);
    ports.log.alarm(failure, `${name} on ${account}: ${reason}${steps.join("")}`, { account, delivery: id });
  }
  await save(failure === "unfinished" ? asTold(delivery) : delivery, ports);
};

const asTold = (delivery: Delivery): Delivery =>
  delivery.state === "posted" && delivery.unfinished !== undefined
    ? { ...delivery, unfinished: { ...delivery.unfinished, told: true as const } }
    : delivery;

/**
 * Ends a step that sent a request to the network. The answer is recorded first: a crash while the account is saved does
 * not lose it.
 */
export const recordAnswer = async (delivery: Delivery, outcome: Outcome, ports: DeliverPorts): Promise<undefined> => {
  await record(delivery, ports);
  await recordAccount(delivery, outcome, ports);
};
