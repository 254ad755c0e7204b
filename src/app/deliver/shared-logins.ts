import type { Account, LoginCheck } from "../../domain/account.ts";
import { hour, second } from "../../domain/time.ts";
import type { Identity, Logins } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts } from "../../ports/store.ts";
import { changeAccount } from "./account-state.ts";

/** An account on a network, and the fingerprint of the credentials that the network accepted for it. */
export interface AcceptedLogin extends Identity {
  readonly fingerprint: string | undefined;
}

const isSameCheck = (before: LoginCheck, check: LoginCheck): boolean =>
  before.place === check.place &&
  before.login === check.login &&
  before.identity === check.identity &&
  before.problem === check.problem &&
  before.endsAt === check.endsAt &&
  before.notRenewed === check.notRenewed;

interface CheckPorts {
  readonly accountStates: Accounts;
  readonly networks: Pick<Logins, "get">;
  readonly clock: Clock;
}

const placeOf = (account: Account, { id, fingerprint }: AcceptedLogin, { networks }: CheckPorts) =>
  networks.get(account.network).placeBy === "credentials" ? fingerprint : id;

/** Shows the id with the name, because a name can change. */
export const identityText = ({ id, handle }: Identity): string | undefined =>
  id === undefined || handle === undefined ? (handle ?? id) : `${handle} (${id})`;

interface CheckOptions {
  readonly problem: string | undefined;
  /** In ms. A check that found the same is stored again after this time, so that not every send writes it. */
  readonly storedFor: number;
}

/** Stores in the row of an account what its network says about the login, and the longest text that its server takes. */
export const rememberLogin = async (
  account: Account,
  login: AcceptedLogin,
  { problem, storedFor }: CheckOptions,
  ports: CheckPorts,
): Promise<void> => {
  const { longest, fingerprint, endsAt, problem: notRenewed } = login;
  const place = placeOf(account, login, ports);
  const identity = identityText(login);
  const check = { at: ports.clock(), login: fingerprint, identity, place, problem, endsAt, notRenewed };
  await changeAccount(
    account.name,
    (state) => {
      const before = state.checked;
      const checked: LoginCheck = { ...check, told: before?.endsAt === endsAt ? before?.told : undefined };
      const isStored = before !== undefined && isSameCheck(before, checked) && checked.at - before.at < storedFor;
      return { ...state, ...(longest !== undefined && { longest }), ...(!isStored && { checked }) };
    },
    ports,
  );
};

/**
 * Stores that a login could not be used. What was known of it stays: the network may be down. `fingerprint`: that of the
 * credentials; undefined if they could not be read.
 */
export const rememberProblem = async (
  { name }: Account,
  { problem, fingerprint }: { readonly problem: string; readonly fingerprint: string | undefined },
  ports: Omit<CheckPorts, "networks">,
): Promise<void> => {
  const at = ports.clock();
  await changeAccount(
    name,
    (state) => {
      const isSame = fingerprint === undefined || state.checked?.login === fingerprint;
      const before = isSame ? state.checked : undefined;
      const { login, identity, place, endsAt, notRenewed, told } = before ?? {};
      const checked = { at, login: fingerprint ?? login, identity, place, problem, endsAt, notRenewed, told };
      return { ...state, checked };
    },
    ports,
  );
};

interface SharedLoginPorts extends CheckPorts {
  readonly networks: Pick<Logins, "connect" | "destination" | "get" | "fingerprint">;
  readonly deadline: (milliseconds: number) => AbortSignal;
}

/** The limit for all earlier accounts together: a search and a send still fit into the run of a function after it. */
const checkTimeLimit = 5 * second;

/**
 * Reads where an account posts: from the last check of its credentials, or else from the network. Undefined if it has no
 * login that works, or the network does not report it.
 */
const readPlace = async (
  account: Account,
  signal: AbortSignal,
  ports: SharedLoginPorts,
): Promise<string | undefined | { readonly unavailable: string }> => {
  const login = await ports.networks.fingerprint(account);
  if (login === undefined) return undefined;
  if (ports.networks.get(account.network).placeBy === "credentials") return login;
  const { checked } = await ports.accountStates.read(account.name);
  if (checked?.place !== undefined && checked.login === login) return checked.place;
  if ((await ports.networks.destination(account)) !== "real") return undefined;
  const connected = await ports.networks.connect(account, false);
  if ("problem" in connected) return undefined;
  const answer = await connected.connection.whoAmI(signal);
  if (answer.kind === "unavailable") return { unavailable: answer.reason };
  if (answer.kind !== "identity") return undefined;
  const accepted = { ...answer, fingerprint: connected.fingerprint };
  await rememberLogin(account, accepted, { problem: undefined, storedFor: hour }, ports);
  return placeOf(account, accepted, ports);
};

/** A secret that cannot be read stops no other account, unless the account had the same login when it was checked last. */
const lastPlace = async ({ name }: Account, { accountStates }: SharedLoginPorts): Promise<string | undefined> =>
  (await accountStates.read(name)).checked?.place;

/** Accounts on two servers have two logins. A server is asked by the one delivery that has entered it. */
const mayShare = (account: Account, other: Account, { networks }: SharedLoginPorts): boolean => {
  const { placeBy, server } = networks.get(account.network);
  return other.network === account.network && (placeBy === "credentials" || server(other) === server(account));
};

/** `mayShare`: it is not known now whose login an earlier account has. */
export interface SharedLogin {
  readonly kind: "shared" | "mayShare";
  readonly reason: string;
}

/**
 * Says why an account is not used: an earlier one of the configuration has the same login, and everything would be posted
 * twice. Undefined where it has a login of its own, where both say `sharesLogin`, and where the network names no logins.
 */
export const findSharedLogin = async (
  account: Account,
  login: AcceptedLogin,
  accounts: readonly Account[],
  ports: SharedLoginPorts,
): Promise<SharedLogin | undefined> => {
  const place = placeOf(account, login, ports);
  if (place === undefined) return undefined;
  const earlier = accounts.slice(
    0,
    accounts.findIndex(({ name }) => name === account.name),
  );
  const signal = ports.deadline(checkTimeLimit);
  for (const other of earlier) {
    if (!mayShare(account, other, ports) || (other.sharesLogin === true && account.sharesLogin === true)) continue;
    const known = await readPlace(other, signal, ports).catch(() => lastPlace(other, ports));
    if (typeof known === "object") {
      const reason = `it is not known yet whether ${other.name} has the same login: ${known.unavailable}`;
      return { kind: "mayShare", reason };
    }
    if (known !== place) continue;
    const whose = identityText(login);
    const reason = `${account.name} has the login of ${other.name}${whose === undefined ? "" : ` (${whose})`} and is not used, because everything would be posted twice: give it a login of its own, or set sharesLogin: true in both`;
    return { kind: "shared", reason };
  }
  return undefined;
};
