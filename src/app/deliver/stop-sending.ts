import { type Account, sandboxRow } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { type DeliveryState, deliveryId } from "../../domain/delivery.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { isHeld } from "../../domain/lease.ts";
import { allAccounts, restoredStop, type Stop, type Stops } from "../../domain/stopped.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Posts, RequestMarks, StopRows } from "../../ports/store.ts";
import { type OwnerRaisePorts, raiseForOwner } from "../notify/notify.ts";
import { type LogActPorts, logAct } from "../rows.ts";

export interface StopPorts extends LogActPorts {
  readonly stops: StopRows;
  readonly accountStates: Accounts;
  readonly deliveries: Deliveries;
  /** Those of all sites. */
  readonly allAccounts: readonly Account[];
  readonly clock: Clock;
}

/** The stops after a change. */
export interface Stopped {
  readonly stops: Stops;
  /** It was so before. */
  readonly already: boolean;
  /** The ids of deliveries with a request that was sent before, and that may still be posted. */
  readonly underWay: readonly string[];
}

/** Each site whose accounts are meant has the line. */
const logStop = async (
  act: "stopped" | "resumed",
  account: string | undefined,
  { why, by }: { readonly why?: string; readonly by: string | undefined },
  ports: StopPorts,
): Promise<void> => {
  const at = ports.clock();
  const id = `${act}.${account ?? allAccounts}`;
  for (const site of new Set(namedAccounts(account, ports).map((one) => one.site)))
    await logAct({ site, at, id, act, by, account, reason: why }, ports);
};

const changeStops = (
  names: readonly string[],
  to: (before: Stop | undefined) => Stop | undefined,
  { stops }: Pick<StopPorts, "stops">,
): Promise<{ readonly stops: Stops; readonly already: boolean }> =>
  retryOnConflict("the stops", async () => {
    const before = await stops.read();
    const changed = names.filter((name) => to(before.accounts[name]) !== before.accounts[name]);
    if (changed.length === 0) return { stops: before, already: true };
    const others = Object.entries(before.accounts).filter(([name]) => !changed.includes(name));
    const own = changed.flatMap((name) => {
      const stop = to(before.accounts[name]);
      return stop === undefined ? [] : [[name, stop] as const];
    });
    const after = { ...before, accounts: Object.fromEntries([...others, ...own]) };
    return (await stops.save(after)) ? { stops: after, already: false } : conflict;
  });

/**
 * Saves the account as it is. A worker that has read the stops before this one was saved cannot claim the account with
 * what it has read: it reads again, and waits. Returns the delivery that has claimed it before.
 */
const fence = (row: string, { accountStates, clock }: Pick<StopPorts, "accountStates" | "clock">) =>
  retryOnConflict(`the account ${row}`, async () => {
    const state = await accountStates.read(row);
    if (!(await accountStates.save(state))) return conflict;
    const { inFlight } = state;
    return inFlight !== undefined && isHeld(inFlight.until, clock()) ? [inFlight.delivery] : [];
  });

const namedAccounts = (account: string | undefined, ports: Pick<StopPorts, "allAccounts">): readonly Account[] =>
  ports.allAccounts.filter(({ name }) => account === undefined || name === account);

/**
 * Stops what is sent by an account, or by all: nothing is sent, edited or deleted on a network until it is resumed.
 * Undefined where there is no such account.
 */
export const stopSending = async (
  account: string | undefined,
  { why, by }: Pick<Stop, "why" | "by">,
  ports: StopPorts,
): Promise<Stopped | undefined> => {
  const accounts = namedAccounts(account, ports);
  if (account !== undefined && accounts.length === 0) return undefined;
  const since = ports.clock();
  const changed = await changeStops([account ?? allAccounts], (before) => before ?? { since, why, by }, ports);
  const underWay: string[] = [];
  if (!changed.already) await logStop("stopped", account, { why, by }, ports);
  for (const one of accounts)
    for (const row of [one.name, sandboxRow(one)]) underWay.push(...(await fence(row, ports)));
  return { ...changed, underWay };
};

export interface RestoredPorts extends OwnerRaisePorts {
  /** Those of all sites. */
  readonly accounts: readonly Account[];
  readonly networks: Pick<Networks, "get" | "fingerprint">;
  readonly accountStates: Accounts;
  readonly stops: StopRows;
  readonly requestMarks: Pick<RequestMarks, "read">;
  readonly clock: Clock;
  readonly log: Log;
  readonly command: SiteCommand;
}

/** A network that can be searched says itself what a restored table does not know (docs/decisions/0027). */
export const isSearched = ({ network }: Account, { networks }: { readonly networks: Pick<Networks, "get"> }): boolean =>
  networks.get(network).searchesFirst === true;

/** More at once would be as many connections to the table. */
const atOnce = 20;

/**
 * Stops each account whose network cannot be searched: the table was restored to an earlier state, and what they would send
 * may have been sent since, or a person may have decided against it. `found`: the account by which that was noticed.
 */
export const stopRestored = async (site: string, found: string, ports: RestoredPorts): Promise<void> => {
  const names = ports.accounts.filter((account) => !isSearched(account, ports)).map(({ name }) => name);
  await raiseForOwner({ site, kind: "restored", subject: "" }, "", ports);
  const stop = restoredStop(ports.clock());
  const { already } = await changeStops(
    names,
    (before) => (before?.isRestored ? before : { ...(before ?? stop), isRestored: true }),
    ports,
  );
  const others = names.filter((name) => name !== found);
  for (let from = 0; from < others.length; from += atOnce)
    await Promise.all(others.slice(from, from + atOnce).map((name) => catchUp(name, ports)));
  // This one comes last: after a crash it is found to be restored again, and the others catch up then.
  await catchUp(found, ports);
  if (!already)
    ports.log.alarm(
      "restored",
      `nothing is sent on ${names.join(", ")}: ${stop.why}. To see what would be sent: ${ports.command("resume-sending", site)}`,
      { accounts: names },
    );
};

/**
 * Gives the row of an account the number of its mark, when the stop is saved: it ends with a person's command, and then
 * the account goes on from here. A worker that has read the stops before it was saved cannot claim the account.
 */
const catchUp = (name: string, { accountStates, requestMarks }: RestoredPorts): Promise<void> =>
  retryOnConflict(`the account ${name}`, async () => {
    const marked = await requestMarks.read(name);
    const state = await accountStates.read(name);
    const requests = Math.max(state.requests ?? 0, marked);
    return (await accountStates.save({ ...state, requests })) ? undefined : conflict;
  });

/**
 * The other deliveries that wait, and those after the last of these pages, continue by themselves some minutes later. Of
 * the copies on the network, the newest first, those wait that are due: their post has changed or is gone.
 */
const waitingStates = ["pending", "unsettled", "editing", "deleting", "posted"] as const;
const maxPages = 20;

/** What an account would send that was stopped because its data was restored. */
export interface WouldSend {
  readonly account: string;
  /** The first ones. */
  readonly deliveries: readonly { readonly id: string; readonly slug: string; readonly state: DeliveryState }[];
  readonly more: boolean;
}

export interface Resumed extends Stopped {
  /** Nothing was resumed where this is not empty: a person compares it with the network first, and confirms. */
  readonly wouldSend: readonly WouldSend[];
}

export interface ResumePorts extends StopPorts {
  readonly posts: Pick<Posts, "read">;
}

/**
 * Ends the stop of an account, or that of all. What waited for it is due. Accounts that were stopped because the data was
 * restored are resumed with `isConfirmed` alone, also by the end of the stop of all. Undefined where there is no such
 * account.
 */
export const resumeSending = async (
  account: string | undefined,
  { by, isConfirmed }: { readonly by: string | undefined; readonly isConfirmed: boolean },
  ports: ResumePorts,
): Promise<Resumed | undefined> => {
  const accounts = namedAccounts(account, ports);
  if (account !== undefined && accounts.length === 0) return undefined;
  const stops = await ports.stops.read();
  const restored = accounts.filter(({ name }) => stops.accounts[name]?.isRestored).map(({ name }) => name);
  if (restored.length > 0 && !isConfirmed) {
    const wouldSend = await Promise.all(restored.map((name) => readWouldSend(name, ports)));
    return { stops, already: true, underWay: [], wouldSend };
  }
  const ended = account === undefined ? [allAccounts, ...restored] : [account];
  const changed = await changeStops(ended, () => undefined, ports);
  if (changed.already) return { ...changed, underWay: [], wouldSend: [] };
  await logStop("resumed", account, { by }, ports);
  for (const { name } of accounts) for (const state of waitingStates) await nudgeAll(name, state, ports);
  return { ...changed, underWay: [], wouldSend: [] };
};

const maxListed = 50;

/** The deliveries that are due on an account, whether it is stopped or not. */
export const readWouldSend = async (
  account: string,
  { deliveries, posts }: Pick<ResumePorts, "deliveries" | "posts">,
): Promise<WouldSend> => {
  const pages = await Promise.all(waitingStates.map((state) => deliveries.inState(account, state)));
  const waiting = pages.flatMap(({ rows }) => rows).filter(({ due, sandbox }) => due !== undefined && !sandbox);
  const listed = await Promise.all(
    waiting.slice(0, maxListed).map(async (delivery) => {
      const post = await posts.read(delivery.site, delivery.post);
      return { id: deliveryId(delivery), slug: post?.slug ?? delivery.post, state: delivery.state };
    }),
  );
  return {
    account,
    deliveries: listed,
    more: waiting.length > maxListed || pages.some(({ next }) => next !== undefined),
  };
};

const nudgeAll = async (
  account: string,
  state: (typeof waitingStates)[number],
  { deliveries, clock }: StopPorts,
): Promise<void> => {
  let from: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const { rows, next } = await deliveries.inState(account, state, from);
    for (const { site, post, account: name, generation, due } of rows)
      if (due !== undefined)
        await deliveries.nudge({ kind: "delivery", site, post, account: name, generation }, clock());
    if (next === undefined) return;
    from = next;
  }
};
