import { type Account, type AccountState, endsWithLogin, loginNoticeDays, sandboxRow } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import {
  type Delivery,
  type DeliveryState,
  deliveryClaimant,
  isClaimed,
  type Outcome,
  pauseRemedy,
  whyPaused,
} from "../../domain/delivery.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { endClaim } from "../../domain/lease.ts";
import { accountAfterOutcome, countedAs, withoutRefused } from "../../domain/request-gates.ts";
import { day, type Instant } from "../../domain/time.ts";
import type { FoundPost, Identity, Network } from "../../ports/networks.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Accounts, Deliveries } from "../../ports/store.ts";
import { type OwnerRaisePorts, raiseForOwner } from "../notify/notify.ts";
import { recordServer, releaseServer, retryServerNow, type ServerPorts, serverName } from "./admission.ts";

interface AccountStatePorts extends OwnerRaisePorts, ServerPorts {
  readonly accountStates: Accounts;
  readonly log: Log;
}

/**
 * Records what the network's answer says about the account and its server. Where it refuses the login, deliveries wait
 * and none fails.
 */
export const recordAccount = async (delivery: Delivery, outcome: Outcome, ports: AccountStatePorts): Promise<void> => {
  const { account, site, sandbox } = delivery;
  const raiseAlarm = (): void => {
    const message = whyPaused(delivery, outcome);
    if (message !== undefined) ports.log.alarm("unauthorised", message, { account });
  };
  if (sandbox) {
    // The sandbox has no limits: nothing reads what its account answered.
    raiseAlarm();
    return;
  }
  const claimant = deliveryClaimant(delivery);
  await changeAccount(
    account,
    (state) => accountAfterOutcome(withoutRefused(state, claimant, delivery), claimant, outcome, ports.clock()),
    ports,
    async (before, after) => {
      // The alarm is raised once, not with each hourly try.
      if (after.paused === undefined || before.paused !== undefined) return;
      await raiseForOwner({ site, kind: "unauthorised", subject: account }, account, ports);
      raiseAlarm();
    },
  );
  await recordServer(delivery, outcome, ports);
};

interface RefusedLogin {
  readonly reason: string;
  /** The fingerprint of the credentials. */
  readonly login: string | undefined;
  /** The command that sets others. */
  readonly command: string;
}

/** Pauses an account whose login was refused when it was checked, and tells its owner once. */
export const pauseForLogin = async (
  { name, site }: Account,
  { reason, login, command }: RefusedLogin,
  ports: OwnerRaisePorts & Pick<AccountStatePorts, "accountStates" | "log">,
): Promise<void> => {
  const paused = { since: ports.clock(), reason, login, remedy: undefined, until: undefined, command, isCheck: true };
  await changeAccount(
    name,
    (state) => ({ ...state, paused: state.paused ?? paused }),
    ports,
    async (before) => {
      if (before.paused !== undefined) return;
      await raiseForOwner({ site, kind: "unauthorised", subject: name }, name, ports);
      ports.log.alarm("unauthorised", `${name} is paused: ${reason}; ${pauseRemedy(paused)}`, { account: name });
    },
  );
};

/** Tells the owner of an account once that its login ends in 14, 7 or 1 days. `text`: when, and what to do. */
export const tellOfLoginEnd = async (
  { name, site }: Account,
  text: string,
  ports: OwnerRaisePorts & Pick<AccountStatePorts, "accountStates" | "log">,
): Promise<void> => {
  const now = ports.clock();
  const withNotice = (state: AccountState): AccountState => {
    const { checked } = state;
    if (checked === undefined) return state;
    const days = loginNoticeDays(checked, now);
    return days === undefined ? state : { ...state, checked: { ...checked, told: { days, text } } };
  };
  await changeAccount(name, withNotice, ports, async (before, after) => {
    if (after === before) return;
    await raiseForOwner({ site, kind: "expiring", subject: name }, name, ports);
    ports.log.alarm("expiring", `${name}: ${text}`, { account: name });
  });
};

/**
 * Frees the account for the next delivery, because nothing was sent. `next`: the delivery as it is afterwards, if it waits
 * longer and its post does not count.
 */
export const releaseAccount = async (
  delivery: Delivery,
  ports: ServerPorts & Pick<AccountStatePorts, "accountStates">,
  next = delivery,
): Promise<void> => {
  if (delivery.sandbox) return;
  const claimant = deliveryClaimant(delivery);
  await changeAccount(delivery.account, (state) => endClaim(withoutRefused(state, claimant, next), claimant), ports);
  await releaseServer(delivery, ports);
};

/** Corrects the time of a post that was counted as sent now, but was sent at `at`. */
export const recountPost = async (
  delivery: Delivery,
  at: Instant,
  ports: Pick<AccountStatePorts, "accountStates">,
): Promise<void> =>
  changeAccount(delivery.account, (state) => ({ ...state, sent: { ...state.sent, [countedAs(delivery)]: at } }), ports);

/** An owner who was told of another installation is told again when none was seen for this time. */
const quietAboutOthers = 30 * day;

/** A delivery in one of these states has sent nothing. */
const unsentStates: ReadonlySet<DeliveryState> = new Set(["pending", "held", "sending", "cancelled"]);

/**
 * Stores that a copy was found which this installation does not know to have sent, and tells the owner once: another one
 * with the same configuration posts with this login, or an earlier table was put back. A copy that the delivery may have
 * sent itself, before a person had it sent again, is none of another.
 */
export const reportElsewhere = async (
  { site, account, copy, history: { first, last } }: Delivery,
  { remote: { url, id } }: Pick<FoundPost, "remote">,
  ports: AccountStatePorts,
): Promise<void> => {
  if (copy > 1 || [...first, ...last].some(({ state }) => !unsentStates.has(state))) return;
  const now = ports.clock();
  const elsewhere = { at: now, copy: url ?? id ?? "a post without an address" };
  await changeAccount(
    account,
    (state) => ({ ...state, elsewhere }),
    ports,
    async (before) => {
      if (before.elsewhere !== undefined && now - before.elsewhere.at <= quietAboutOthers) return;
      await raiseForOwner({ site, kind: "elsewhere", subject: account }, account, ports);
      ports.log.alarm(
        "elsewhere",
        `${account}: ${elsewhere.copy} was there before this Crier sent it: another installation with this configuration posts there, too, or earlier data was put back. Stop the other one: networks that cannot be searched get everything twice`,
        { account },
      );
    },
  );
};

/** Ends the account's pause, because a person retries one of its deliveries. */
export const endPause = async (
  name: string,
  ports: ServerPorts & Pick<AccountStatePorts, "accountStates">,
): Promise<void> => {
  await changeAccount(name, (state) => ({ ...state, paused: undefined, down: undefined }), ports);
  const account = ports.accounts.find((one) => one.name === name);
  if (account !== undefined) await retryServerNow(account, ports);
};

/** A pause keeps the deliveries in these states from going on. */
const waitingStates = ["pending", "unsettled", "editing", "deleting"] as const satisfies readonly DeliveryState[];

interface ResumePorts extends ServerPorts {
  readonly accountStates: Accounts;
  readonly deliveries: Pick<Deliveries, "inState" | "save">;
}

/**
 * Ends what a good login disproves: a pause and, if a person asked for it, an outage of the account or of its server. The
 * deliveries that wait for that are due then. `login`: the fingerprint of the good credentials. `isAsked`: a person asked
 * whether they are good. A wait that the network asked for stays.
 */
export const resumeAfterLogin = async (
  account: Account,
  { login, isAsked }: { readonly login: string | undefined; readonly isAsked: boolean },
  ports: ResumePorts,
): Promise<void> => {
  const { name } = account;
  const resumed = ({ paused, down, ...state }: AccountState): AccountState => ({
    ...state,
    paused: endsWithLogin({ paused }, login, isAsked) ? undefined : paused,
    down: isAsked && down?.since !== undefined ? undefined : down,
  });
  let isWaiting = isAsked && (await ports.servers.read(serverName(account, ports))).down !== undefined;
  await changeAccount(name, resumed, ports, async (before, after) => {
    isWaiting ||= before.paused !== after.paused || before.down !== after.down;
  });
  if (!isWaiting) return;
  if (isAsked) await retryServerNow(account, ports);
  // A save that fails is one of another worker, which looks at the account by itself.
  for (const state of waitingStates)
    for (const delivery of (await ports.deliveries.inState(name, state)).rows)
      if (delivery.due !== undefined && !delivery.sandbox && !isClaimed(delivery))
        await ports.deliveries.save({ ...delivery, due: ports.clock() });
};

/** Saves only what differs. */
export const changeAccount = (
  name: string,
  to: (state: AccountState) => AccountState,
  { accountStates }: Pick<AccountStatePorts, "accountStates">,
  beforeSave: (before: AccountState, after: AccountState) => Promise<void> = async () => {},
): Promise<void> =>
  retryOnConflict(`the account ${name}`, async () => {
    const state = await accountStates.read(name);
    const changed = to(state);
    const isSame = canonicalJson(changed) === canonicalJson(state);
    await beforeSave(state, changed);
    return isSame || (await accountStates.save(changed)) ? undefined : conflict;
  });

interface AccountRow extends Pick<Delivery, "sandbox"> {
  readonly account: Account;
}

const accountRow = ({ account, sandbox }: AccountRow): string => (sandbox ? sandboxRow(account) : account.name);

/** The longest text that the account's server takes. Undefined where it has not said so, or the network has one limit for all. */
export const readLongest = async (
  { network, ...row }: AccountRow & { readonly network: Network },
  { accountStates }: { readonly accountStates: Accounts },
): Promise<number | undefined> =>
  network.reportsLongest ? (await accountStates.read(accountRow(row))).longest : undefined;

/** Stores the longest text that the server of the sandbox names with the account, so that plans and edits fit, too. */
export const rememberLongest = async (
  account: Account,
  { longest }: Identity,
  ports: { readonly accountStates: Accounts },
): Promise<undefined> => {
  if (longest !== undefined) await changeAccount(sandboxRow(account), (state) => ({ ...state, longest }), ports);
};
