import type { Account } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { claimantOf, type Delivery, type Outcome } from "../../domain/delivery.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { enterServer, isLongDown, leaveServer, type ServerState } from "../../domain/request-gates.ts";
import type { Wait } from "../../domain/send-rules.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Servers } from "../../ports/store.ts";
import { type OwnerRaisePorts, raiseForOwner } from "../notify/raise-for-owner.ts";
import { leaseFor } from "./lease.ts";

export interface ServerPorts {
  readonly servers: Servers;
  readonly networks: Pick<Networks, "get" | "fingerprint">;
  readonly accounts: readonly Account[];
  readonly clock: Clock;
}

const nameOf = (account: Account, { networks }: Pick<ServerPorts, "networks">): string =>
  `${account.network} ${networks.get(account.network).server(account)}`;

const changeServer = async (
  account: Account,
  to: (state: ServerState) => ServerState,
  ports: ServerPorts,
  beforeSave: (before: ServerState, after: ServerState) => Promise<void> = async () => {},
): Promise<void> => {
  const name = nameOf(account, ports);
  await retryOnConflict(`the server ${name}`, async () => {
    const state = await ports.servers.read(name);
    const changed = to(state);
    const isSame = canonicalJson(changed) === canonicalJson(state);
    await beforeSave(state, changed);
    return isSame || (await ports.servers.save(changed)) ? undefined : conflict;
  });
};

/** Undefined where a request may be sent. Where several accounts are on the server, this is the delivery's claim on it. */
export const waitForServer = (delivery: Delivery, account: Account, ports: ServerPorts): Promise<Wait | undefined> => {
  const name = nameOf(account, ports);
  const isShared = ports.accounts.filter((other) => nameOf(other, ports) === name).length > 1;
  return retryOnConflict(`the server ${name}`, async () => {
    const now = ports.clock();
    const state = await ports.servers.read(name);
    const answer = enterServer(
      state,
      { claimant: claimantOf(delivery), until: now + leaseFor(delivery), isShared },
      now,
    );
    if (answer.kind === "wait") return answer;
    return answer.state === state || (await ports.servers.save(answer.state)) ? undefined : conflict;
  });
};

/** Nothing was sent, or only read. */
export const releaseServer = async (delivery: Delivery, ports: ServerPorts): Promise<void> => {
  const account = ports.accounts.find(({ name }) => name === delivery.account);
  if (account === undefined) return;
  await changeServer(account, (state) => leaveServer(state, claimantOf(delivery), undefined, ports.clock()), ports);
};

/** After the network's answer to a delivery. */
export const recordServer = async (
  delivery: Delivery,
  outcome: Outcome,
  ports: ServerPorts & OwnerRaisePorts & { readonly log: Log },
): Promise<void> => {
  const { site } = delivery;
  const account = ports.accounts.find(({ name }) => name === delivery.account);
  if (account === undefined) return;
  let news: ServerState | undefined;
  await changeServer(
    account,
    (state) => leaveServer(state, claimantOf(delivery), outcome, ports.clock()),
    ports,
    async (before, after) => {
      news = isLongDown(after) && !isLongDown(before) ? after : undefined;
      if (news !== undefined) await raiseForOwner({ site, kind: "down", subject: news.name }, news.name, ports);
    },
  );
  if (news !== undefined)
    ports.log.alarm(
      "down",
      `${news.name} has not answered for half an hour, the deliveries there wait: ${news.down?.reason}`,
      { account: account.name },
    );
};

/** A person wants it asked now. */
export const askServerNow = (account: Account, ports: ServerPorts): Promise<void> =>
  changeServer(
    account,
    ({ down, ...state }) => ({ ...state, down: down && { ...down, until: Math.min(down.until, ports.clock()) } }),
    ports,
  );
