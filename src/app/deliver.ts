import type { Account, Policies } from "../domain/account.ts";
import {
  absent, cancelled, claimed, type Delivery, expired, held, loaded, next, type Offer, pausedFor, posted, settleBy, settled, unknown, waiting,
} from "../domain/delivery.ts";
import { snippetFor } from "../domain/snippet.ts";
import { minute, second } from "../domain/time.ts";
import type { Accounts, Clock, Connection, Deliveries, DeliveryRef, Log, Network, Networks, Posts } from "../ports.ts";
import { admit, pause, resume } from "./admission.ts";
import { type Wish, wishFor } from "./wish.ts";

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

/** Longer than a deliver function may run: a killed one cannot outlive its lease. The sandbox dies with its runtime. */
const leaseFor = ({ sandbox }: Delivery) => (sandbox ? 8 * second : 90 * second);
const deadlineFor = ({ sandbox }: Delivery) => (sandbox ? 6 * second : 30 * second);

interface Step {
  readonly delivery: Delivery;
  readonly account: Account;
  readonly network: Network;
  readonly connection: Connection;
  readonly offer: Offer;
  readonly wish: Wish;
}

/** Advances one due delivery (delivery.md). The only code that changes a delivery's state. */
export const deliver = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const read = await ports.deliveries.read(ref);
  const now = ports.clock();
  if (read?.due === undefined || read.due > now) return;
  if (read.wait !== undefined && read.wait > now) return record({ ...read, due: read.wait }, ports);
  const account = ports.accounts.find(({ name }) => name === read.account);
  if (account === undefined) return record(orphan(read), ports);
  const connection = await ports.networks.connect(account, read.sandbox);
  if (connection === undefined) return record(waiting(read, now + pausedFor, `${account.name} is not connected: set its credentials`), ports);
  const network = ports.networks.get(account.network);
  const offer: Offer = {
    offers: network.offers,
    settle: read.sandbox ? second : network.settle,
    keyWindow: network.keyWindow,
    look: connection.look !== undefined,
  };
  if (read.leaseUntil !== undefined) {
    if (read.leaseUntil > now) return record({ ...read, due: read.leaseUntil }, ports);
    return record(expired(read, offer, now), ports);
  }
  await act({ delivery: read, account, network, connection, offer, wish: { kind: "wait", until: now, reason: "" } }, ports);
};

/** The account left the configuration: what may be public is not called cancelled (interleaving 43). */
const orphan = (delivery: Delivery): Delivery => {
  const reason = `the account ${delivery.account} was removed from the configuration`;
  if (delivery.state === "pending" || delivery.state === "held") return cancelled(delivery, reason);
  if (delivery.state === "sending" && delivery.request === undefined) return cancelled(delivery, reason);
  if (delivery.state === "sending" || delivery.state === "unsettled") return unknown(delivery, reason);
  if (delivery.state === "editing" || delivery.state === "deleting") return settled(delivery, true, reason);
  return { ...delivery, due: undefined };
};

const wish = async ({ delivery, account, network }: Step, ports: DeliverPorts): Promise<Wish> =>
  wishFor(await ports.posts.read(delivery.site, delivery.post), delivery, ports.clock(), (post) =>
    network.compose(snippetFor(post, account), account),
  );

const act = async (idle: Step, ports: DeliverPorts): Promise<void> => {
  const now = ports.clock();
  const step = { ...idle, wish: await wish(idle, ports) };
  const { delivery } = step;
  switch (delivery.state) {
    case "pending":
    case "sending":
      return firstSend(step, ports);
    case "unsettled":
      return settle(step, ports);
    case "posted":
    case "editing":
    case "deleting":
      return mend(step, ports);
    case "held":
      return record(step.wish.kind === "none" ? cancelled(delivery, step.wish.reason) : { ...delivery, due: undefined }, ports);
    case "cancelled":
      return record(step.wish.kind === "out" ? waiting({ ...delivery, state: "pending" }, now, "the post is back") : { ...delivery, due: undefined }, ports);
    default:
      return record({ ...delivery, due: undefined }, ports);
  }
};

const firstSend = async (step: Step, ports: DeliverPorts): Promise<void> => {
  const { delivery, account, connection, offer } = step;
  const now = ports.clock();
  if (step.wish.kind === "none") return record(cancelled(delivery, step.wish.reason), ports);
  if (step.wish.kind === "wait") return record(waiting(delivery, step.wish.until, step.wish.reason), ports);
  const admission = await admit(delivery, account, ports);
  if (admission.kind === "held") return record(held(delivery, admission.reason), ports);
  if (admission.kind === "later") return record(waiting(delivery, admission.until, admission.reason), ports);

  const mine = await save(claimed({ ...delivery, admitted: true, reason: undefined }, "sending", now + leaseFor(delivery)), ports);
  if (mine === undefined) return;
  // Read again under the claim: what was decided before it may be old (interleaving 18).
  const fresh = await wish({ ...step, delivery: mine }, ports);
  if (fresh.kind !== "out") return record(waiting(mine, ports.clock(), "the post has changed"), ports);
  const request = mine.request ?? fresh.composed.request;
  const ready = await save(loaded(mine, request, mine.url ?? fresh.url, ports.clock()), ports);
  if (ready === undefined) return;
  await send({ ...step, delivery: ready }, connection, offer, ports);
};

/** The stored request, with the stored key, while the lease holds. */
const send = async (step: Step, connection: Connection, offer: Offer, ports: DeliverPorts): Promise<void> => {
  const { delivery, network } = step;
  const { request, leaseUntil } = delivery;
  const left = (leaseUntil ?? 0) - second - ports.clock();
  if (request === undefined || left <= 0) return;
  const key = network.key(delivery.seed, delivery.planned);
  const outcome = await connection.send(request, key, ports.deadline(Math.min(deadlineFor(delivery), left)));
  if (outcome.kind === "unauthorised") await pause(step.account, outcome.reason, ports);
  if (outcome.kind === "posted") await resume(step.account, ports);
  const after = next(delivery, outcome, ports.clock(), offer);
  if (after.state === "failed" || after.state === "unknown")
    ports.log.alarm(after.state, `${delivery.account} · ${delivery.post}: ${after.reason ?? ""}`, { account: delivery.account, post: delivery.post });
  await record(after, ports);
};

const settle = async (step: Step, ports: DeliverPorts): Promise<void> => {
  const { delivery, connection, offer } = step;
  const now = ports.clock();
  if (step.wish.kind === "wait") return record({ ...delivery, due: step.wish.until }, ports);
  const gone = step.wish.kind === "none";
  const way = settleBy(delivery, offer, gone, now);
  if (way === "unknown") {
    ports.log.alarm("unknown", `${delivery.account} · ${delivery.post}: the network does not tell whether the post went out`, { account: delivery.account, post: delivery.post });
    return record(unknown(delivery, delivery.refused ?? "the network never answered and offers no way to look: resolve it by hand"), ports);
  }
  const mine = await save(claimed(delivery, "unsettled", now + leaseFor(delivery)), ports);
  if (mine === undefined) return;
  if (way === "resend") {
    const again = await save({ ...mine, attempts: mine.attempts + 1, lastSentAt: now }, ports);
    return again === undefined ? undefined : send({ ...step, delivery: again }, connection, offer, ports);
  }
  const since = (mine.firstSentAt ?? now) - 5 * minute;
  const found = await connection.look?.(mine.url ?? "", since, ports.deadline(deadlineFor(mine)));
  if (found === undefined) return record(next(mine, { kind: "unavailable", reason: "the network did not answer the look" }, ports.clock(), offer), ports);
  // A second publication by will is not the first (interleaving 42).
  const others = (await ports.deliveries.ofPost(mine.site, mine.post)).filter((one) => one.account === mine.account && one.generation !== mine.generation);
  const ours = found.find(({ remote }) => !others.some((other) => other.remote?.id === remote.id));
  await record(ours === undefined ? absent(mine, gone, ports.clock()) : posted(mine, ours.remote, ports.clock()), ports);
};

/** Brings the copy to what the post says now. Edits and deletions are repeated by id until the network answers (interleavings 39 and 40). */
const mend = async (step: Step, ports: DeliverPorts): Promise<void> => {
  const { delivery, network, connection, offer } = step;
  const now = ports.clock();
  const { remote } = delivery;
  if (step.wish.kind === "wait") return record({ ...delivery, due: step.wish.until }, ports);
  if (step.wish.kind === "stays" && delivery.state !== "deleting") return record(settled(delivery, true, step.wish.reason), ports);
  const removes = step.wish.kind === "none" || delivery.state === "deleting";
  const wanted = step.wish.kind === "out" ? step.wish.composed.request : undefined;
  if (!removes && delivery.state === "posted" && isEqual(wanted, delivery.request)) return record(settled(delivery, false), ports);
  const change = removes ? connection.remove : connection.edit;
  if (change === undefined || remote?.id === undefined || remote.id === null)
    return record(settled(delivery, true, `${network.name} cannot ${removes ? "delete" : "edit"} this copy`), ports);
  const claim = claimed({ ...delivery, attempts: delivery.attempts + 1 }, removes ? "deleting" : "editing", now + leaseFor(delivery));
  const mine = await save(claim, ports);
  if (mine === undefined) return;
  const signal = ports.deadline(deadlineFor(mine));
  const outcome = removes ? await connection.remove?.(remote, signal) : await connection.edit?.(remote, wanted ?? {}, signal);
  if (outcome === undefined) return;
  if (outcome.kind === "unauthorised") await pause(step.account, outcome.reason, ports);
  const after = next(mine, outcome, ports.clock(), offer);
  await record(after.state === "posted" && !after.stale ? { ...after, request: wanted } : after, ports);
};

const isEqual = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );

/** Saves on the version that was read. A nudge in between changes nothing but that the row stays due (interleaving 33). Undefined: somebody else owns the row now. */
const save = async (delivery: Delivery, ports: Pick<DeliverPorts, "deliveries" | "clock">): Promise<Delivery | undefined> => {
  let row = delivery;
  for (;;) {
    if (await ports.deliveries.save(row)) return { ...row, version: row.version + 1 };
    const { site, post, account, generation } = row;
    const stored = await ports.deliveries.read({ kind: "delivery", site, post, account, generation });
    if (stored === undefined || stored.version !== row.version || stored.nudges === row.nudges) return undefined;
    row = { ...row, nudges: stored.nudges, due: Math.min(row.due ?? Number.POSITIVE_INFINITY, ports.clock()) };
  }
};

const record = async (delivery: Delivery, ports: Pick<DeliverPorts, "deliveries" | "clock">): Promise<void> => {
  await save(delivery, ports);
};
