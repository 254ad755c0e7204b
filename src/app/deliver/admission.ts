import {
  type Account,
  type AccountState,
  burstFor,
  type Policies,
  sandboxRow,
  unknownRequests,
} from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { type Delivery, deliveryClaimant, longestLease, type Outcome } from "../../domain/delivery.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { type Installation, silentReason } from "../../domain/installation.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import {
  countedAs,
  enterServer,
  type Gate,
  type Go,
  isLongDown,
  leaveServer,
  passGate,
  passInSandbox,
  type ServerState,
} from "../../domain/request-gates.ts";
import { afterOlder, type Hold, inTurn, type Wait, whileStopped } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import { stoppedReason } from "../../domain/stopped.ts";
import { second } from "../../domain/time.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Moves, RequestMarks, Servers, StopRows } from "../../ports/store.ts";
import { type OwnerRaisePorts, raiseForOwner } from "../notify/notify.ts";
import { isSearched, type RestoredPorts, stopRestored } from "./stop-sending.ts";

interface AdmissionPorts extends ServerPorts, RestoredPorts {
  readonly accountStates: Accounts;
  readonly deliveries: Pick<Deliveries, "inState">;
  readonly moves: Moves;
  readonly stops: StopRows;
  readonly requestMarks: Pick<RequestMarks, "read" | "raise">;
  readonly command: SiteCommand;
  readonly installation: Pick<Installation, "feedsOnly" | "resume">;
  readonly policies: Policies;
  readonly site: (id: string) => Site;
}

/** The request to the account names the cost in US dollars, and whether the post is a note (see `GateRequest.isNote`). */
interface Asked {
  readonly cost: number;
  readonly isNote?: boolean;
}

const readFacts = async (
  row: string,
  delivery: Delivery,
  { cost, isNote }: Asked,
  account: Account,
  ports: AdmissionPorts,
) => {
  const now = ports.clock();
  // Before the account's row is read: the row has a number before its mark does.
  const marked = isMarked(delivery, account, ports) ? await ports.requestMarks.read(account.name) : undefined;
  // Before the stops are read: a stop that is saved in between changes the state, and its save conflicts.
  const state = await ports.accountStates.read(row);
  const { seed, turnedAway = 0 } = delivery;
  const login = await ports.networks.fingerprint(account);
  const timeZone = ports.site(delivery.site).timeZone;
  const { site, account: name } = delivery;
  const stops = await ports.stops.read();
  const stopped = stoppedReason(stops, name, { site, command: ports.command, now, timeZone });
  // The sandbox belongs to this installation only.
  const silent = delivery.sandbox ? undefined : silentReason(await ports.moves.read(), ports.installation);
  const until = now + leaseFor(delivery);
  return {
    state,
    marked,
    isStoppedByRestore: stops.accounts[name]?.isRestored === true,
    stopped,
    silent,
    request: {
      claimant: deliveryClaimant(delivery),
      turn: { seed, turnedAway },
      copy: countedAs(delivery),
      isNote,
      skipsBreaker: delivery.passed.breaker,
      until,
      cost,
      login,
    },
    account,
    burst: burstFor({ isNote }, ports.policies),
    timeZone,
    now,
  };
};

const isMarked = ({ sandbox }: Delivery, account: Account, ports: Pick<ServerPorts, "networks">): boolean =>
  !sandbox && !isSearched(account, ports);

/** True if the account has made requests that its row does not know. */
const isRestored = ({ requests = 0 }: AccountState, marked: number | undefined): boolean =>
  marked !== undefined && requests !== unknownRequests && marked > requests;

/**
 * Admits a request of this delivery by one conditional write on the account's row, which is also the claim: one request
 * of an account is under way at a time, and one to its server. The sandbox has no limits, and one rule: what a person has
 * stopped.
 */
export const admit = async <Answer extends Wait | Hold>(
  delivery: Delivery,
  gate: Gate<Answer>,
  account: Account,
  ports: AdmissionPorts,
  asked: Asked = { cost: 0 },
): Promise<Answer | Wait | Pick<Go, "kind">> => {
  if (delivery.sandbox)
    return whileStopped(await readFacts(sandboxRow(account), delivery, asked, account, ports)) ?? { kind: "go" };
  let isServerTaken = false;
  let isFirst = delivery.state !== "pending";
  const readOrder = async () => {
    const { rows: others } = await ports.deliveries.inState(account.name, "pending");
    return { delivery, others, now: ports.clock() };
  };
  return retryOnConflict(`the account ${account.name}`, async () => {
    const { marked, isStoppedByRestore, ...facts } = await readFacts(account.name, delivery, asked, account, ports);
    // A worker that crashed may have saved the stops alone: the accounts would be stopped again after a person resumes them.
    if ((facts.stopped === undefined || isStoppedByRestore) && isRestored(facts.state, marked)) {
      await stopRestored(delivery.site, account.name, ports);
      return conflict;
    }
    const answer = passGate(gate, facts);
    if (answer.kind !== "go") {
      if (isServerTaken) await releaseServer(delivery, ports);
      // The first time, each waits as long as the one that is next in order.
      const isTurnedAgain = answer.kind === "wait" && answer.isTaken === true && (delivery.turnedAway ?? 0) > 0;
      return isTurnedAgain && delivery.state === "pending" ? inTurn(answer, await readOrder()) : answer;
    }
    if (!isFirst) {
      const older = afterOlder(await readOrder());
      if (older !== undefined) return older;
      isFirst = true;
    }
    const wait = await waitForServer(delivery, account, ports);
    if (wait !== undefined) return wait;
    isServerTaken = true;
    return (await ports.accountStates.save(answer.state)) ? { kind: "go" } : conflict;
  });
};

/**
 * Counts a request that is about to be sent, in the account's row and then in its mark. The request is stored before that:
 * a table that is restored to a moment before the row was written has a lower number than the mark, and one that is
 * restored to a later moment knows the request.
 */
export const countRequest = async (
  delivery: Delivery,
  account: Account,
  ports: Pick<AdmissionPorts, "accountStates" | "requestMarks" | "networks">,
): Promise<void> => {
  if (!isMarked(delivery, account, ports)) return;
  await retryOnConflict(`the account ${account.name}`, async () => {
    const marked = await ports.requestMarks.read(account.name);
    const state = await ports.accountStates.read(account.name);
    const requests = Math.max(state.requests ?? 0, marked) + 1;
    if (!(await ports.accountStates.save({ ...state, requests }))) return conflict;
    return ports.requestMarks.raise(account.name, requests);
  });
};

/** Evaluates the breaker for a first send in the sandbox. `notes`: what a real account would wait for. */
export const admitInSandbox = (
  delivery: Delivery,
  asked: Asked,
  account: Account,
  ports: AdmissionPorts,
): Promise<Wait | Hold | { readonly kind: "go"; readonly notes: readonly string[] }> =>
  retryOnConflict(`the sandbox of ${account.name}`, async () => {
    const answer = passInSandbox(await readFacts(sandboxRow(account), delivery, asked, account, ports));
    if (answer.kind !== "go") return answer;
    const { state, notes } = answer;
    return (await ports.accountStates.save(state)) ? { kind: "go", notes } : conflict;
  });

export interface ServerPorts {
  readonly servers: Servers;
  readonly networks: Pick<Networks, "get" | "fingerprint">;
  readonly accounts: readonly Account[];
  readonly clock: Clock;
}

/** Names the server of an account in its row: network and host. */
export const serverName = (account: Account, { networks }: Pick<ServerPorts, "networks">): string =>
  `${account.network} ${networks.get(account.network).server(account)}`;

const changeServer = async (
  account: Account,
  to: (state: ServerState) => ServerState,
  ports: ServerPorts,
  beforeSave: (before: ServerState, after: ServerState) => Promise<void> = async () => {},
): Promise<void> => {
  const name = serverName(account, ports);
  await retryOnConflict(`the server ${name}`, async () => {
    const state = await ports.servers.read(name);
    const changed = to(state);
    const isSame = canonicalJson(changed) === canonicalJson(state);
    await beforeSave(state, changed);
    return isSame || (await ports.servers.save(changed)) ? undefined : conflict;
  });
};

/**
 * Returns undefined where a request may be sent. If several accounts are on the server, this is also the delivery's
 * claim on it.
 */
const waitForServer = (delivery: Delivery, account: Account, ports: ServerPorts): Promise<Wait | undefined> => {
  const name = serverName(account, ports);
  const isShared = ports.accounts.filter((other) => serverName(other, ports) === name).length > 1;
  return retryOnConflict(`the server ${name}`, async () => {
    const now = ports.clock();
    const state = await ports.servers.read(name);
    const answer = enterServer(
      state,
      { claimant: deliveryClaimant(delivery), until: now + leaseFor(delivery), isShared },
      now,
    );
    if (answer.kind === "wait") return answer;
    return answer.state === state || (await ports.servers.save(answer.state)) ? undefined : conflict;
  });
};

/** Frees the server after nothing was sent, or something was only read. */
export const releaseServer = async (delivery: Delivery, ports: ServerPorts): Promise<void> => {
  const account = ports.accounts.find(({ name }) => name === delivery.account);
  if (account === undefined) return;
  await changeServer(
    account,
    (state) => leaveServer(state, deliveryClaimant(delivery), undefined, ports.clock()),
    ports,
  );
};

/** Records what the network's answer to a delivery says about the server. */
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
    (state) => leaveServer(state, deliveryClaimant(delivery), outcome, ports.clock()),
    ports,
    async (before, after) => {
      news = isLongDown(after) && !isLongDown(before) ? after : undefined;
      if (news !== undefined) await raiseForOwner({ site, kind: "down", subject: news.name }, news.name, ports);
    },
  );
  if (news !== undefined)
    ports.log.alarm(
      "down",
      `${news.name} has taken no requests for half an hour, the deliveries there wait: ${news.down?.reason}`,
      { account: account.name },
    );
};

/** Ends the wait for a server, because a person retries a delivery. */
export const retryServerNow = (account: Account, ports: ServerPorts): Promise<void> =>
  changeServer(
    account,
    ({ down, ...state }) => ({ ...state, down: down && { ...down, until: Math.min(down.until, ports.clock()) } }),
    ports,
  );

/**
 * Longer than a deliver function may run, so that none still runs after its lease. The sandbox ends with its runtime.
 */
export const leaseFor = ({ sandbox }: Delivery): number => (sandbox ? 8 * second : longestLease);

/**
 * The time limit of a search or a send. A check of the login (5 s), a search and a send end within one run of the
 * function (60 s).
 */
export const deadlineFor = ({ sandbox }: Delivery): number => (sandbox ? 3 * second : 25 * second);
