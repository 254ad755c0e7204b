import type { Account } from "../../domain/account.ts";
import type { WebhookSecrets } from "../../ports/outside.ts";

interface Issue {
  readonly path: readonly PropertyKey[];
}

interface NetworkCredentials {
  readonly name: string;
  readonly credentials: {
    readonly shape: Readonly<Record<string, unknown>>;
    safeParse(value: unknown): { readonly error?: { readonly issues: readonly Issue[] } };
  };
}

const toUpperSnakeCase = (text: string): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toUpperCase();

/** The variable for `accessToken` of the account `my-mastodon` is `CRIER_MY_MASTODON_ACCESS_TOKEN`. */
export const variableFor = (account: string, field: string): string =>
  `CRIER_${toUpperSnakeCase(account)}_${toUpperSnakeCase(field)}`;

/** The variables of the account's secret, by field. */
export const accountVariables = (
  account: Account,
  networks: readonly NetworkCredentials[],
): Readonly<Record<string, string>> => {
  const fields = Object.keys(networks.find(({ name }) => name === account.network)?.credentials.shape ?? {});
  return Object.fromEntries(fields.map((field) => [field, variableFor(account.name, field)]));
};

const readValues = (
  account: Account,
  networks: readonly NetworkCredentials[],
  env: NodeJS.ProcessEnv,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(accountVariables(account, networks)).flatMap(([field, variable]) => {
      const value = env[variable]?.trim();
      return value === undefined || value === "" ? [] : [[field, value] as const];
    }),
  );

/** Returns one line for each account that has some of its variables set, but not all that it needs. */
export const incompleteCredentials = (
  accounts: readonly Account[],
  networks: readonly NetworkCredentials[],
  env: NodeJS.ProcessEnv,
): readonly string[] =>
  accounts.flatMap((account) => {
    const values = readValues(account, networks, env);
    if (Object.keys(values).length === 0) return [];
    const { error } = networks.find(({ name }) => name === account.network)?.credentials.safeParse(values) ?? {};
    const fields = [...new Set(error?.issues.map(({ path }) => String(path[0])))];
    return fields.length === 0
      ? []
      : [
          `account "${account.name}": set ${fields.map((field) => variableFor(account.name, field)).join(", ")} in .env, or none of its variables for the sandbox`,
        ];
  });

/**
 * Reads credentials from the environment. An account without any variable has no credentials, and posts to the sandbox.
 */
export const environmentSecrets =
  (accounts: readonly Account[], networks: readonly NetworkCredentials[], env: NodeJS.ProcessEnv) =>
  async (name: string): Promise<Record<string, string> | undefined> => {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account === undefined) return undefined;
    const values = readValues(account, networks, env);
    return Object.keys(values).length === 0 ? undefined : values;
  };

/**
 * Reads the secrets of webhooks from the environment. The variable of the site `blog` is `CRIER_BLOG_WEBHOOK_SECRET`.
 */
export const webhookSecrets = (env: NodeJS.ProcessEnv): WebhookSecrets => {
  const variable = (site: string) => variableFor(site, "webhookSecret");
  return {
    read: async (site) => env[variable(site)]?.trim() || undefined,
    settingName: (site) => `${variable(site)} in .env`,
  };
};
