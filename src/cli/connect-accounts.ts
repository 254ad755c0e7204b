import { CommandError } from "../api/api-client.ts";
import type { Config } from "../config.ts";
import { secretsOf } from "../domain/installation.ts";
import { networks } from "../networks/index.ts";
import { readCredentials } from "./account-secret.ts";
import type { Dialog } from "./dialog.ts";
import { withParameters } from "./open-parameters.ts";

type Connected = "connected" | "already connected" | "not connected";

/** Asks for the secrets of the accounts that have none yet. Nothing of a secret is shown. */
export const connectAccounts = async (
  { accounts }: Pick<Config, "accounts">,
  stage: string,
  { terminal, interactive, say, confirm }: Dialog,
): Promise<Readonly<Record<string, Connected>>> => {
  const connect = (name: string, networkName: string): Promise<Connected> =>
    withParameters(async (parameters) => {
      const parameter = secretsOf(stage).account(name);
      if ((await parameters.read(parameter)) !== undefined) return "already connected";
      const network = networks.find((known) => known.name === networkName);
      if (!interactive || network === undefined || !(await confirm(`Connect ${name} now?`, ""))) return "not connected";
      await parameters.put(parameter, JSON.stringify(await readCredentials(network, terminal)));
      return "connected";
    });
  const results: [string, Connected][] = [];
  for (const { name, network } of accounts) {
    const result = await connect(name, network).catch((error: unknown) => {
      // A mistyped secret is not the end: every other step goes on without it.
      if (!(error instanceof CommandError)) throw error;
      say(`  ${error.message}`);
      return "not connected" as const;
    });
    results.push([name, result]);
    const later =
      result === "not connected"
        ? `: posts are in the feeds only until npx crier accounts set ${name} --stage ${stage}`
        : "";
    say(`  ${name}: ${result}${later}`);
  }
  if (accounts.length === 0) say("  there are none in crier.config.ts: posts are in the feeds only");
  return Object.fromEntries(results);
};
