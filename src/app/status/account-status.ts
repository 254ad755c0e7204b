import type { Account } from "../../domain/account.ts";
import { errorMessage } from "../../domain/errors.ts";
import type { Logins } from "../../ports/networks.ts";
import type { Accounts } from "../../ports/store.ts";
import type { AccountStatus } from "../site-api.ts";

interface Ports {
  readonly accounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly networks: Pick<Logins, "reach" | "connect">;
}

/** A secret that is malformed or cannot be read is a problem of its own account only. */
const readReach = async (
  account: Account,
  networks: Ports["networks"],
): Promise<Pick<AccountStatus, "reach" | "problem">> => {
  try {
    const reach = await networks.reach(account);
    const connected = reach === "real" ? await networks.connect(account, false) : undefined;
    return { reach, problem: connected !== undefined && "problem" in connected ? connected.problem : undefined };
  } catch (error) {
    return { reach: "none", problem: errorMessage(error) };
  }
};

export const listAccounts = ({ accounts, accountStates, networks }: Ports): Promise<readonly AccountStatus[]> =>
  Promise.all(
    accounts.map(async (account) => ({
      name: account.name,
      network: account.network,
      site: account.site,
      ...(await readReach(account, networks)),
      paused: (await accountStates.read(account.name)).paused,
    })),
  );
