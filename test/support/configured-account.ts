import type { Account } from "../../src/domain/account.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { networks } from "../../src/networks/index.ts";
import type { Connection, ConnectResult } from "../../src/ports/networks.ts";
import { anAccount, start } from "./builders.ts";

/** An account as the configuration makes it: its settings have been parsed by its network's schema. */
export const aConfiguredAccount = (overrides: Partial<Account> = {}): Account => {
  const account = anAccount(overrides);
  const network = networks.find(({ name }) => name === account.network);
  if (network === undefined) throw new Error(`there is no network ${account.network}`);
  return { ...account, settings: network.settings.parse(account.settings) };
};

/** The connection of a login that must work. */
export const connectionOf = (result: ConnectResult): Connection => {
  if ("problem" in result) throw new Error(result.problem);
  return result.connection;
};

/** The key of the nth delivery of a test, from a seed that is as long as a hash. */
export const nthKey = (network: DefinedNetwork, count: number): string =>
  network.key(count.toString(16).padStart(14, "0").padEnd(64, "0"), 1);

/** True if the network can make a post of several requests. */
export const hasThreads = ({ settings }: DefinedNetwork): boolean => settings.safeParse({ link: "reply" }).success;

/** Returns the optional methods that the network's connections have. */
export const methodsOf = (network: DefinedNetwork, settings: Account["settings"] = {}) => {
  const account = aConfiguredAccount({ network: network.name, settings });
  const secret = network.sandboxCredentials(account);
  const { edit, remove, find } = connectionOf(network.connect({ account, secret, fetch, clock: () => start }));
  return { edit: edit !== undefined, remove: remove !== undefined, find: find !== undefined };
};
