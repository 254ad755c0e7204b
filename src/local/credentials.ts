import type { Account } from "../domain/account.ts";

interface Known {
  readonly name: string;
  readonly credentials: { readonly shape: Readonly<Record<string, unknown>> };
}

const upper = (text: string): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toUpperCase();

/** `accessToken` of the account `my-mastodon` → `CRIER_MY_MASTODON_ACCESS_TOKEN`. */
export const variableFor = (account: string, field: string): string => `CRIER_${upper(account)}_${upper(field)}`;

/** Every variable that could hold a secret of the account, by field. */
export const variablesOf = (account: Account, networks: readonly Known[]): Readonly<Record<string, string>> => {
  const fields = Object.keys(networks.find(({ name }) => name === account.network)?.credentials.shape ?? {});
  return Object.fromEntries(fields.map((field) => [field, variableFor(account.name, field)]));
};

/** Reads credentials from the environment. An account of which no variable is set has none, and posts to the sandbox. */
export const environmentSecrets =
  (accounts: readonly Account[], networks: readonly Known[], env: NodeJS.ProcessEnv) =>
  async (name: string): Promise<Record<string, string> | undefined> => {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account === undefined) return undefined;
    const found = Object.entries(variablesOf(account, networks)).flatMap(([field, variable]) => {
      const value = env[variable]?.trim();
      return value === undefined || value === "" ? [] : [[field, value] as const];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  };
