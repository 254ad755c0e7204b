import type { Account } from "../../src/domain/account.ts";
import type { Outcome, StoredRequest } from "../../src/domain/delivery.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { networks } from "../../src/networks/index.ts";
import type { Connection, ConnectResult } from "../../src/ports/networks.ts";
import { anAccount, start } from "./builders.ts";
import { noDeadline } from "./no-deadline.ts";

/** An account as the configuration makes it: its settings have been parsed by its network's schema. */
export const aConfiguredAccount = (overrides: Partial<Account> = {}): Account => {
  const account = anAccount(overrides);
  const network = networks.find(({ name }) => name === account.network);
  if (network === undefined) throw new Error(`there is no network ${account.network}`);
  const { data, error } = network.settings.safeParse({ ...network.sandboxSettings, ...account.settings });
  if (data !== undefined) return { ...account, settings: data };
  const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new Error(
    `no account of ${network.name} can be made for tests (${problems}): name what it requires in sandboxSettings (CONTRIBUTING.md, "Add a network")`,
  );
};

/** True if an account of the network can have these settings. */
export const takesSettings = (network: DefinedNetwork, settings: Account["settings"]): boolean =>
  network.settings.safeParse({ ...network.sandboxSettings, ...settings }).success;

/** The connection of a login that must work. */
export const connectionOf = (result: ConnectResult): Connection => {
  if ("problem" in result) throw new Error(result.problem);
  return result.connection;
};

/** Sends a post, in as many requests as it needs. */
export const sendWhole = async (connection: Connection, request: StoredRequest, key: string): Promise<Outcome> => {
  let outcome = await connection.send(request, key, noDeadline());
  while (outcome.kind === "progressed") outcome = await connection.send(request, key, noDeadline(), outcome.progress);
  return outcome;
};

/** The key of the nth delivery of a test, from a seed that is as long as a hash. */
export const nthKey = (network: DefinedNetwork, count: number): string =>
  network.key(count.toString(16).padStart(14, "0").padEnd(64, "0"), 1);

/** True if the network can make a post of several requests. */
export const hasThreads = (network: DefinedNetwork): boolean => takesSettings(network, { link: "reply" });

/** Returns the optional methods that the network's connections have. */
export const methodsOf = (network: DefinedNetwork, settings: Account["settings"] = {}) => {
  const account = aConfiguredAccount({ network: network.name, settings });
  const secret = network.sandboxCredentials(account);
  const { edit, remove, find } = connectionOf(network.connect({ account, secret, fetch, clock: () => start }));
  return { edit: edit !== undefined, remove: remove !== undefined, find: find !== undefined };
};
