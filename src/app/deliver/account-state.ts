import { type Account, type AccountState, sandboxRow } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { claimantOf, type Delivery, type Outcome } from "../../domain/delivery.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { afterAnswer, countedAs, release } from "../../domain/request-gates.ts";
import type { Instant } from "../../domain/time.ts";
import type { Identity, Network } from "../../ports/networks.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Accounts } from "../../ports/store.ts";
import { type OwnerRaisePorts, raiseForOwner } from "../notify/notify.ts";
import { askServerNow, recordServer, releaseServer, type ServerPorts } from "./admission.ts";

interface AccountStatePorts extends OwnerRaisePorts, ServerPorts {
  readonly accountStates: Accounts;
  readonly log: Log;
}

/** Records what the network's answer says about the account and its server. Where it refuses the login, deliveries wait, none fails. */
export const recordAccount = async (delivery: Delivery, outcome: Outcome, ports: AccountStatePorts): Promise<void> => {
  const { account, site, sandbox } = delivery;
  const raiseAlarm = (): void =>
    ports.log.alarm(
      "unauthorised",
      `${account} is paused: ${"reason" in outcome ? outcome.reason : ""}; set new credentials`,
      { account },
    );
  if (sandbox) {
    // The sandbox has no limits: nothing reads what its account answered.
    if (outcome.kind === "unauthorised") raiseAlarm();
    return;
  }
  await changeAccount(
    account,
    (state) => afterAnswer(state, claimantOf(delivery), outcome, ports.clock()),
    ports,
    async (before, after) => {
      // Once, and not with each hourly try.
      if (after.paused === undefined || before.paused !== undefined) return;
      await raiseForOwner({ site, kind: "unauthorised", subject: account }, account, ports);
      raiseAlarm();
    },
  );
  await recordServer(delivery, outcome, ports);
};

/** Nothing was sent: the account is free for the next delivery. */
export const releaseAccount = async (
  delivery: Delivery,
  ports: ServerPorts & Pick<AccountStatePorts, "accountStates">,
): Promise<void> => {
  if (delivery.sandbox) return;
  await changeAccount(delivery.account, (state) => release(state, claimantOf(delivery)), ports);
  await releaseServer(delivery, ports);
};

/** The post that was counted as sent now was sent then. */
export const recountPost = async (
  delivery: Delivery,
  at: Instant,
  ports: Pick<AccountStatePorts, "accountStates">,
): Promise<void> =>
  changeAccount(delivery.account, (state) => ({ ...state, sent: { ...state.sent, [countedAs(delivery)]: at } }), ports);

/** A person retries one of the account's deliveries. */
export const resume = async (
  name: string,
  ports: ServerPorts & Pick<AccountStatePorts, "accountStates">,
): Promise<void> => {
  await changeAccount(name, (state) => ({ ...state, paused: undefined, down: undefined }), ports);
  const account = ports.accounts.find((one) => one.name === name);
  if (account !== undefined) await askServerNow(account, ports);
};

/** Saves only what differs. */
const changeAccount = (
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

const rowOf = ({ account, sandbox }: AccountRow): string => (sandbox ? sandboxRow(account) : account.name);

/** The longest text that the account's server takes. Undefined where it has not said so, or the network has one limit for all. */
export const readLongest = async (
  { network, ...place }: AccountRow & { readonly network: Network },
  { accountStates }: { readonly accountStates: Accounts },
): Promise<number | undefined> => (network.asksLongest ? (await accountStates.read(rowOf(place))).longest : undefined);

/** Stores what the server says of itself when it is asked for its account, so that what is planned and edited fits, too. */
export const rememberLongest = async (
  place: AccountRow,
  { longest }: Identity,
  ports: { readonly accountStates: Accounts },
): Promise<void> => {
  if (longest !== undefined) await changeAccount(rowOf(place), (state) => ({ ...state, longest }), ports);
};
