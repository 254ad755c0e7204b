import type { AccountState } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/retry-on-conflict.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Accounts } from "../../ports/store.ts";

interface Ports {
  readonly accountStates: Accounts;
  readonly clock: Clock;
  readonly log: Log;
}

/** The network refuses the login: deliveries wait, none fails. */
export const pause = async (name: string, reason: string, ports: Ports): Promise<void> => {
  ports.log.alarm("unauthorised", `${name} is paused: ${reason}; set new credentials`, { account: name });
  await changeAccount(name, (state) => ({ ...state, paused: { since: ports.clock(), reason } }), ports);
};

/** The login works again, or a person retries one of its deliveries. */
export const resume = (name: string, ports: Pick<Ports, "accountStates">): Promise<void> =>
  changeAccount(name, (state) => (state.paused === undefined ? undefined : { ...state, paused: undefined }), ports);

const changeAccount = (
  name: string,
  to: (state: AccountState) => AccountState | undefined,
  { accountStates }: Pick<Ports, "accountStates">,
): Promise<void> =>
  retryOnConflict(`the account ${name}`, async () => {
    const changed = to(await accountStates.read(name));
    return changed === undefined || (await accountStates.save(changed)) ? undefined : conflict;
  });
