import { existsSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "../api/api-client.ts";
import { defaultStage, secretsOf } from "../domain/installation.ts";
import { networks } from "../networks/index.ts";
import { readCredentials } from "./account-secret.ts";
import { writeDotenv } from "./dotenv-secret.ts";
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

/** `npm start` has run in this folder, and no deployment is named. */
const isForThisMachine = ({ env, folder }: Terminal): boolean =>
  !env.CRIER_URL?.trim() && existsSync(join(folder, ".crier"));

const setHere = async (name: string, terminal: Terminal): Promise<CommandResult> => {
  const network = await networkOf(name, terminal.folder);
  const credentials = await readCredentials(network, terminal);
  const { file, variables } = await writeDotenv(name, network, credentials, terminal.folder);
  return {
    answer: { account: name, network: network.name, file, variables, fields: Object.keys(credentials) },
    lines: [
      `written: ${variables.join(", ")} in ${file}`,
      `  Restart npm start: from then on it posts to ${name} for real. For a deployment on AWS, add --stage ${defaultStage}.`,
    ],
  };
};

/**
 * Writes the secret that connects an account: into .env on a machine where `npm start` has run, else to AWS, or where
 * `stage` names a deployment. Its value is sent to AWS only.
 */
export const setAccount = async (
  name: string,
  stage: string | undefined,
  terminal: Terminal,
): Promise<CommandResult> =>
  stage === undefined && isForThisMachine(terminal)
    ? setHere(name, terminal)
    : setInAws(name, stage ?? defaultStage, terminal);

const setInAws = async (name: string, stage: string, terminal: Terminal): Promise<CommandResult> => {
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
