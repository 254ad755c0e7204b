import type { Account } from "../../domain/account.ts";
import { errorMessage } from "../../domain/errors.ts";
import type { Installation } from "../../domain/installation.ts";
import { second } from "../../domain/time.ts";
import type { Logins, NoLogin } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Deliveries } from "../../ports/store.ts";
import { resumeAfterLogin } from "../deliver/account-state.ts";
import {
  type AcceptedLogin,
  findSharedLogin,
  identityText,
  rememberLogin,
  rememberProblem,
} from "../deliver/shared-logins.ts";
import type { AccountLogin } from "../results.ts";

export interface LoginPorts {
  readonly networks: Pick<Logins, "destination" | "connect" | "get">;
  readonly deadline: (milliseconds: number) => AbortSignal;
  readonly installation: Pick<Installation, "waysToSetSecret">;
}

export interface CheckPorts extends LoginPorts {
  /** The accounts of all sites, in the order of the configuration. */
  readonly allAccounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly deliveries: Pick<Deliveries, "inState" | "save">;
  readonly networks: Pick<Logins, "destination" | "connect" | "get" | "fingerprint">;
  readonly clock: Clock;
}

/** Logs in, stores the result in the account's row, and ends a pause that the good login disproves. */
export const checkLogin = async (account: Account, ports: CheckPorts): Promise<AccountLogin> => {
  const { name } = account;
  const attempt = await logIn(account, ports);
  switch (attempt.kind) {
    case "notReal":
      return { name, reach: attempt.reach, identity: undefined, problem: attempt.problem };
    case "unusable":
      await rememberProblem(account, attempt, ports);
      return { name, reach: "real", identity: undefined, problem: attempt.problem };
    case "accepted": {
      const { login } = attempt;
      const shared = await findSharedLogin(account, login, ports.allAccounts, ports);
      const problem = shared?.kind === "shared" ? shared.reason : undefined;
      await rememberLogin(account, login, { problem, storedFor: 0 }, ports);
      if (problem === undefined) await resumeAfterLogin(account, login.fingerprint, ports);
      return { name, reach: "real", identity: identityText(login), problem };
    }
  }
};

/** Short, because a person waits for the answer. */
const loginTimeLimit = 5 * second;

type LoginAttempt =
  | { readonly kind: "notReal"; readonly reach: "sandbox" | "none"; readonly problem: string | undefined }
  | { readonly kind: "unusable"; readonly problem: string; readonly fingerprint: string | undefined }
  | { readonly kind: "accepted"; readonly login: AcceptedLogin };

/** Logs in where the account has credentials, so that a mistake in them shows before the first post needs them. */
const logIn = async (account: Account, ports: LoginPorts): Promise<LoginAttempt> => {
  const { reach, problem } = await readReach(account, ports);
  if (reach !== "real") return { kind: "notReal", reach, problem };
  try {
    const connected = await ports.networks.connect(account, false);
    const { fingerprint } = connected;
    if ("problem" in connected) return { kind: "unusable", problem: connected.problem, fingerprint };
    const answer = await connected.connection.whoAmI(ports.deadline(loginTimeLimit), true);
    return answer.kind === "identity"
      ? { kind: "accepted", login: { ...answer, fingerprint } }
      : { kind: "unusable", problem: loginProblem(account, answer, ports), fingerprint };
  } catch (error) {
    return { kind: "unusable", problem: errorMessage(error), fingerprint: undefined };
  }
};

const loginProblem = (
  { name, network }: Account,
  { kind, reason }: NoLogin,
  { installation, networks }: LoginPorts,
): string =>
  kind === "unauthorised"
    ? `the login of ${name} is refused (${reason}): set new credentials ${installation.waysToSetSecret(name, networks.get(network).connectsByClick)}`
    : `the network of ${name} does not say now whose login it is: ${reason}; it is asked again before the next post, and what is due until then waits`;

/** Reads where an account posts. A secret that cannot be read is a problem of its own account only. */
export const readReach = async (
  account: Account,
  { networks }: { readonly networks: Pick<Logins, "destination"> },
): Promise<{ readonly reach: "real" | "sandbox" | "none"; readonly problem: string | undefined }> => {
  try {
    return { reach: await networks.destination(account), problem: undefined };
  } catch (error) {
    return { reach: "none", problem: errorMessage(error) };
  }
};
