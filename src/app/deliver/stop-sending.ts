import { type Account, sandboxRow } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { isHeld } from "../../domain/lease.ts";
import { allAccounts, type Stop, type Stops } from "../../domain/stopped.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, StopRows } from "../../ports/store.ts";
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
  name: string,
  to: (before: Stop | undefined) => Stop | undefined,
  { stops }: Pick<StopPorts, "stops">,
): Promise<{ readonly stops: Stops; readonly already: boolean }> =>
  retryOnConflict("the stops", async () => {
    const before = await stops.read();
    const { [name]: own, ...others } = before.accounts;
    const stop = to(own);
    const changed = { ...before, accounts: { ...others, ...(stop && { [name]: stop }) } };
    if (stop === own) return { stops: before, already: true };
    return (await stops.save(changed)) ? { stops: changed, already: false } : conflict;
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
  const changed = await changeStops(account ?? allAccounts, (before) => before ?? { since, why, by }, ports);
  const underWay: string[] = [];
  if (!changed.already) await logStop("stopped", account, { why, by }, ports);
  for (const one of accounts)
    for (const row of [one.name, sandboxRow(one)]) underWay.push(...(await fence(row, ports)));
  return { ...changed, underWay };
};

/**
 * The other deliveries that wait, and those after the last of these pages, continue by themselves some minutes later. Of
 * the copies on the network, the newest first, those wait that are due: their post has changed or is gone.
 */
const waitingStates = ["pending", "unsettled", "editing", "deleting", "posted"] as const;
const maxPages = 20;

/** Ends the stop of an account, or that of all. What waited for it is due. Undefined where there is no such account. */
export const resumeSending = async (
  account: string | undefined,
  by: string | undefined,
  ports: StopPorts,
): Promise<Stopped | undefined> => {
  const accounts = namedAccounts(account, ports);
  if (account !== undefined && accounts.length === 0) return undefined;
  const changed = await changeStops(account ?? allAccounts, () => undefined, ports);
  if (changed.already) return { ...changed, underWay: [] };
  await logStop("resumed", account, { by }, ports);
  for (const { name } of accounts) for (const state of waitingStates) await nudgeAll(name, state, ports);
  return { ...changed, underWay: [] };
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
