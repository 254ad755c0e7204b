import { existsSync, readFileSync, statSync } from "node:fs";
import process from "node:process";
import { parseEnv } from "node:util";
import type { Account } from "../../domain/account.ts";
import type { WebhookSecrets } from "../../ports/outside.ts";

/** Returns the variables as they are now. */
export type ReadEnvironment = () => NodeJS.ProcessEnv;

/**
 * Loads a file of variables into this process, and reads it again when it has changed, so that new credentials need no
 * restart. Variables that the process has of its own take precedence. A file that cannot be read changes nothing.
 */
export const loadDotenv = (file = ".env"): ReadEnvironment => {
  const own = { ...process.env };
  if (existsSync(file)) process.loadEnvFile(file);
  let known: NodeJS.ProcessEnv = { ...process.env };
  let version = "";
  return () => {
    try {
      // The version is read first: a change after it is seen by the next call.
      const { mtimeMs, size, ino } = statSync(file);
      const current = [mtimeMs, size, ino].join();
      if (current !== version) known = { ...parseEnv(readFileSync(file, "utf8")), ...own };
      version = current;
    } catch {
      // The file is being replaced, or was removed.
    }
    return known;
  };
};

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
 * One that had some keeps them until the process ends: an editor may empty the file before it writes it, and a post of
 * that moment would go to the sandbox alone.
 */
export const environmentSecrets = (
  accounts: readonly Account[],
  networks: readonly NetworkCredentials[],
  readEnv: ReadEnvironment,
): ((name: string) => Promise<Record<string, string> | undefined>) => {
  const last = new Map<string, Record<string, string>>();
  return async (name) => {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account === undefined) return undefined;
    const values = readValues(account, networks, readEnv());
    if (Object.keys(values).length > 0) last.set(name, values);
    return last.get(name);
  };
};

/**
 * Reads the secrets of webhooks from the environment. The variable of the site `blog` is `CRIER_BLOG_WEBHOOK_SECRET`.
 */
export const webhookSecrets = (readEnv: ReadEnvironment): WebhookSecrets => {
  const variable = (site: string) => variableFor(site, "webhookSecret");
  return {
    read: async (site) => readEnv()[variable(site)]?.trim() || undefined,
    settingName: (site) => `${variable(site)} in .env`,
  };
};
