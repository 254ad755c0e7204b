import example from "../../crier.config.ts";
import { loadConfig } from "../../src/config.ts";
import { networks } from "../../src/networks/index.ts";
import { accountVariables } from "../../src/runtimes/local/environment-secrets.ts";

/** A text that stands nowhere else: where it shows up, a secret would. */
export const canary = "canary-7f3a9c";

const variables = loadConfig(example).accounts.flatMap((account) => Object.values(accountVariables(account, networks)));

/** Every secret that the environment of who deploys may hold. */
export const planted: Readonly<Record<string, string>> = Object.fromEntries(
  ["CRIER_TOKEN", ...variables].map((name) => [name, canary]),
);
