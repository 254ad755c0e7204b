import { CommandError } from "../api/api-client.ts";
import { secretsOf } from "../domain/deployment-stage.ts";
import { networks } from "../networks/index.ts";
import { readCredentials } from "./account-secret.ts";
import { withParameters } from "./open-parameters.ts";
import { readConfiguration } from "./read-configuration.ts";
import type { CommandResult, Terminal } from "./subcommand.ts";

const networkOf = async (name: string, folder: string) => {
  const accounts = (await readConfiguration(folder)).accounts;
  const account = accounts.find((candidate) => candidate.name === name);
  const network = networks.find((candidate) => candidate.name === account?.network);
  if (network !== undefined) return network;
  const nextStep =
    accounts.length === 0
      ? `crier.config.ts in ${folder} has no accounts`
      : `use ${accounts.map((known) => known.name).join(", ")}, or add it to crier.config.ts and deploy`;
  throw new CommandError(`there is no account ${JSON.stringify(name)}: ${nextStep}`, { exitCode: 2 });
};

/** Writes the secret that connects an account of a deployment. Its value is sent to AWS only. */
export const setAccount = async (name: string, stage: string, terminal: Terminal): Promise<CommandResult> => {
  const network = await networkOf(name, terminal.folder);
  const credentials = await readCredentials(network, terminal);
  const parameter = secretsOf(stage).account(name);
  const region = await withParameters(async (parameters) => {
    await parameters.put(parameter, JSON.stringify(credentials));
    return parameters.region();
  });
  return {
    answer: { account: name, network: network.name, stage, parameter, region, fields: Object.keys(credentials) },
    lines: [
      `written: ${parameter} in ${region}`,
      `  Crier posts to ${name} for real within a minute; what waits for it follows within minutes. To check, set CRIER_URL and CRIER_TOKEN and run npx crier accounts.`,
    ],
  };
};
