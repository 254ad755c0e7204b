import type { AccountState } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { claimantOf, type Delivery, type Outcome } from "../../domain/delivery.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { afterAnswer, countedAs, release } from "../../domain/request-gates.ts";
import type { Instant } from "../../domain/time.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Accounts } from "../../ports/store.ts";
import { type OwnerRaisePorts, raiseForOwner } from "../notify/raise-for-owner.ts";
import { askServerNow, recordServer, releaseServer, type ServerPorts } from "./network-server.ts";

interface Ports extends OwnerRaisePorts, ServerPorts {
  readonly accountStates: Accounts;
  readonly log: Log;
}

/** Records what the network's answer says about the account and its server. Where it refuses the login, deliveries wait, none fails. */
export const recordAccount = async (delivery: Delivery, outcome: Outcome, ports: Ports): Promise<void> => {
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
  ports: ServerPorts & Pick<Ports, "accountStates">,
): Promise<void> => {
  if (delivery.sandbox) return;
  await changeAccount(delivery.account, (state) => release(state, claimantOf(delivery)), ports);
  await releaseServer(delivery, ports);
};

/** The post that was counted as sent now was sent then. */
export const recountPost = async (
  delivery: Delivery,
  at: Instant,
  ports: Pick<Ports, "accountStates">,
): Promise<void> =>
  changeAccount(delivery.account, (state) => ({ ...state, sent: { ...state.sent, [countedAs(delivery)]: at } }), ports);

/** A person retries one of the account's deliveries. */
export const resume = async (name: string, ports: ServerPorts & Pick<Ports, "accountStates">): Promise<void> => {
  await changeAccount(name, (state) => ({ ...state, paused: undefined, down: undefined }), ports);
  const account = ports.accounts.find((one) => one.name === name);
  if (account !== undefined) await askServerNow(account, ports);
};

/** Saves only what differs. */
export const changeAccount = (
  name: string,
  to: (state: AccountState) => AccountState,
  { accountStates }: Pick<Ports, "accountStates">,
  beforeSave: (before: AccountState, after: AccountState) => Promise<void> = async () => {},
): Promise<void> =>
  retryOnConflict(`the account ${name}`, async () => {
    const state = await accountStates.read(name);
    const changed = to(state);
    const isSame = canonicalJson(changed) === canonicalJson(state);
    await beforeSave(state, changed);
    return isSame || (await accountStates.save(changed)) ? undefined : conflict;
  });
