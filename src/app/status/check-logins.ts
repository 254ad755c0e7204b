import { type Account, loginEnd } from "../../domain/account.ts";
import { errorMessage } from "../../domain/errors.ts";
import { type Installation, silentReason } from "../../domain/installation.ts";
import type { Site } from "../../domain/site.ts";
import { day, second } from "../../domain/time.ts";
import type { Logins, NoLogin } from "../../ports/networks.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Moves } from "../../ports/store.ts";
import { pauseForLogin, resumeAfterLogin, tellOfLoginEnd } from "../deliver/account-state.ts";
import type { ServerPorts } from "../deliver/admission.ts";
import {
  type AcceptedLogin,
  findSharedLogin,
  identityText,
  rememberLogin,
  rememberProblem,
} from "../deliver/shared-logins.ts";
import type { OwnerRaisePorts } from "../notify/notify.ts";
import type { AccountLogin } from "../results.ts";

export interface LoginPorts {
  readonly networks: Pick<Logins, "destination" | "connect" | "get">;
  readonly deadline: (milliseconds: number) => AbortSignal;
  readonly installation: Pick<Installation, "waysToSetSecret">;
}

export interface CheckPorts extends ServerPorts, LoginPorts {
  readonly networks: LoginPorts["networks"] & ServerPorts["networks"];
  /** The accounts of all sites, in the order of the configuration. */
  readonly allAccounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly deliveries: Pick<Deliveries, "inState" | "save">;
}

/**
 * Logs in, stores the result in the account's row, and ends a pause or an outage that the good login disproves. `isAsked`:
 * a person asked for the check of this account.
 */
export const checkLogin = async (account: Account, ports: CheckPorts, isAsked = false): Promise<AccountLogin> =>
  (await logInAndRemember(account, ports, isAsked)).report;

interface CheckedLogin {
  readonly report: AccountLogin;
  /** Set if the network refused the login. */
  readonly refusal?: { readonly reason: string; readonly login: string | undefined } | undefined;
}

const logInAndRemember = async (account: Account, ports: CheckPorts, isAsked = false): Promise<CheckedLogin> => {
  const { name } = account;
  const attempt = await logIn(account, ports);
  switch (attempt.kind) {
    case "notReal":
      return { report: { name, reach: attempt.reach, identity: undefined, problem: attempt.problem } };
    case "unusable": {
      const { problem, refusal, fingerprint: login } = attempt;
      await rememberProblem(account, attempt, ports);
      const report = { name, reach: "real", identity: undefined, problem } as const;
      return { report, refusal: refusal === undefined ? undefined : { reason: refusal, login } };
    }
    case "accepted": {
      const { login } = attempt;
      const shared = await findSharedLogin(account, login, ports.allAccounts, ports);
      const problem = shared?.kind === "shared" ? shared.reason : undefined;
      await rememberLogin(account, login, { problem, storedFor: 0 }, ports);
      if (problem === undefined) await resumeAfterLogin(account, { login: login.fingerprint, isAsked }, ports);
      return { report: { name, reach: "real", identity: identityText(login), problem } };
    }
  }
};

interface WatchPorts extends CheckPorts, OwnerRaisePorts {
  readonly moves: Moves;
  readonly log: Log;
  readonly installation: Installation;
  readonly site: (id: string) => Pick<Site, "timeZone">;
}

/**
 * Logs in to the accounts whose login was not checked for a day, which renews those that end and may end a pause, and
 * tells the owner of a login that ends or is refused. Called several times a day. An account that fails does not stop the others.
 */
export const watchLogins = async (ports: WatchPorts): Promise<void> => {
  // Only the installation that sends renews logins: another one would end those that this one uses.
  if (silentReason(await ports.moves.read(), ports.installation) !== undefined) return;
  const failures: unknown[] = [];
  for (const account of ports.allAccounts)
    await watchLogin(account, ports).catch((error: unknown) => {
      failures.push(error);
    });
  if (failures.length > 0) throw new AggregateError(failures, failures.map(errorMessage).join(" "));
};

const watchLogin = async (account: Account, ports: WatchPorts): Promise<void> => {
  const { name, network, site } = account;
  if ((await readReach(account, ports)).reach !== "real") return;
  const command = ports.installation.setSecret(name, ports.networks.get(network).connectsByClick);
  const last = (await ports.accountStates.read(name)).checked?.at ?? 0;
  if (ports.clock() - last >= day) {
    const { refusal } = await logInAndRemember(account, ports);
    if (refusal !== undefined) return pauseForLogin(account, { ...refusal, command }, ports);
  }
  const { checked } = await ports.accountStates.read(name);
  const { timeZone } = ports.site(site);
  const text = checked && loginEnd(checked, { now: ports.clock(), timeZone, command });
  if (text !== undefined) await tellOfLoginEnd(account, text, ports);
};

/** Short, because a person waits for the answer. */
const loginTimeLimit = 5 * second;

type LoginAttempt =
  | { readonly kind: "notReal"; readonly reach: "sandbox" | "none"; readonly problem: string | undefined }
  | {
      readonly kind: "unusable";
      readonly problem: string;
      readonly fingerprint: string | undefined;
      /** Set if the network refused the login. */
      readonly refusal?: string;
    }
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
    if (answer.kind === "identity") return { kind: "accepted", login: { ...answer, fingerprint } };
    const refusal = answer.kind === "unauthorised" ? { refusal: answer.reason } : {};
    return { kind: "unusable", problem: loginProblem(account, answer, ports), fingerprint, ...refusal };
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
