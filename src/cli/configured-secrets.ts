import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type * as z from "zod";
import { CommandError } from "../api/api-client.ts";
import type { Config } from "../config.ts";
import { defaultStage, feedsOnlyReason, stageSecrets } from "../domain/installation.ts";
import { isRecord } from "../domain/json-value.ts";
import { networks } from "../networks/index.ts";
import { variableFor } from "../runtimes/local/environment-secrets.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import type { CommandResult, Input, Terminal } from "./command.ts";
import { readConfiguration } from "./config-file.ts";
import { type Dialog, promptSecrets } from "./dialog.ts";
import { checkDeployed, mintedSecret, withParameters } from "./parameter-store.ts";

type DefinedNetwork = (typeof networks)[number];

interface Found {
  readonly account: Config["accounts"][number];
  readonly network: DefinedNetwork;
  readonly config: Config;
}

/** Finds an account in the configuration of the folder. */
export const findAccount = async (name: string, { folder }: Pick<Terminal, "folder">): Promise<Found> => {
  const config = await readConfiguration(folder);
  const account = config.accounts.find((candidate) => candidate.name === name);
  const network = networks.find((candidate) => candidate.name === account?.network);
  if (account !== undefined && network !== undefined) return { account, network, config };
  const nextStep =
    config.accounts.length === 0
      ? `crier.config.ts in ${folder} has no accounts`
      : `use ${config.accounts.map((known) => known.name).join(", ")}, or add it to crier.config.ts and deploy`;
  throw new CommandError(`there is no account ${JSON.stringify(name)}: ${nextStep}`, { exitCode: 2 });
};

/**
 * The stage whose secrets a command writes. Undefined where neither `stage` nor `CRIER_URL` names a deployment: the secret
 * goes into .env, which `npm start` reads. Throws where the stage is not deployed, before a secret is asked for.
 */
export const stageOfSecrets = async (
  given: string | undefined,
  { env }: Pick<Terminal, "env">,
): Promise<string | undefined> => {
  const stage = given ?? (env.CRIER_URL?.trim() ? defaultStage : undefined);
  if (stage !== undefined) await withParameters((parameters) => checkDeployed(stage, parameters));
  return stage;
};

interface Stored {
  readonly answer: object;
  /** Says where the secret was written. */
  readonly written: string;
  /** Says from when on it is used. */
  readonly next: string;
}

/** Writes the secret of an account into .env, or into the Parameter Store of AWS. It is sent to nobody but AWS. */
export const storeCredentials = async (
  { account: { name }, network, config }: Found,
  credentials: Readonly<Record<string, string>>,
  stage: string | undefined,
  { folder }: Pick<Terminal, "folder">,
): Promise<Stored> => {
  const fields = Object.keys(credentials);
  const about = { account: name, network: network.name };
  if (stage === undefined) {
    const { file, variables } = await writeDotenv(name, network, credentials, folder);
    return {
      answer: { ...about, file, variables, fields },
      written: `written: ${variables.join(", ")} in ${file}`,
      next: `  ${existsSync(join(folder, ".crier")) ? "Crier" : "Run npm start: it"} posts to ${name} for real from now on; after a change of crier.config.ts, start it again. For a deployment on AWS, add --stage ${defaultStage}.`,
    };
  }
  const parameter = stageSecrets(stage).account(name);
  const region = await withParameters(async (parameters) => {
    await parameters.put(parameter, JSON.stringify(credentials));
    return parameters.region();
  });
  return {
    answer: { ...about, stage, parameter, region, fields },
    written: `written: ${parameter} in ${region}`,
    next: config.deployment.posts.includes(stage)
      ? `  Crier posts to ${name} for real within a minute; what waits for it follows within minutes. To check, set CRIER_URL and CRIER_TOKEN and run npx crier accounts --check.`
      : `  ${feedsOnlyReason(stage)}`,
  };
};

/** Asks for the secret that connects an account, and stores it. */
export const setAccount = async (
  name: string,
  stage: string | undefined,
  terminal: Terminal,
): Promise<CommandResult> => {
  const found = await findAccount(name, terminal);
  const place = await stageOfSecrets(stage, terminal);
  const credentials = await readCredentials(found.network, terminal);
  const { answer, written, next } = await storeCredentials(found, credentials, place, terminal);
  return { answer, lines: [written, next] };
};

type Connected = "connected" | "already connected" | "not connected";

/** Prompts for the secrets of the accounts that have none yet. No part of a secret is shown. */
export const connectAccounts = async (
  { accounts, deployment }: Pick<Config, "accounts" | "deployment">,
  stage: string,
  { terminal, interactive, say, confirm }: Dialog,
): Promise<Readonly<Record<string, Connected>>> => {
  const connect = (name: string, networkName: string): Promise<Connected> =>
    withParameters(async (parameters) => {
      const parameter = stageSecrets(stage).account(name);
      if ((await parameters.read(parameter)) !== undefined) return "already connected";
      const network = networks.find((known) => known.name === networkName);
      if (!interactive || network === undefined || !(await confirm(`Connect ${name} now?`, ""))) return "not connected";
      await parameters.put(parameter, JSON.stringify(await readCredentials(network, terminal)));
      return "connected";
    });
  if (!deployment.posts.includes(stage)) say(`  ${feedsOnlyReason(stage)}`);
  const results: [string, Connected][] = [];
  for (const { name, network } of accounts) {
    const result = await connect(name, network).catch((error: unknown) => {
      // A mistyped secret does not end the command: the other accounts and steps do not need it.
      if (!(error instanceof CommandError)) throw error;
      say(`  ${error.message}`);
      return "not connected" as const;
    });
    results.push([name, result]);
    const byClick = networks.find((known) => known.name === network)?.connectsByClick;
    const later =
      result === "not connected"
        ? `: posts are in the feeds only until npx crier accounts ${byClick ? "connect" : "set"} ${name} --stage ${stage}`
        : "";
    say(`  ${name}: ${result}${later}`);
  }
  if (accounts.length === 0) say("  there are none in crier.config.ts: posts are in the feeds only");
  return Object.fromEntries(results);
};

/** The largest value of a parameter of the standard tier (Systems Manager, "Managing parameter tiers"). */
const maxBytes = 4096;

type Fields = Readonly<Record<string, unknown>>;

const exampleObject = (fields: readonly string[]): string => `{${fields.map((field) => `"${field}": "…"`).join(", ")}}`;

const readAll = async (input: Input): Promise<string> => {
  input.setEncoding("utf8");
  let text = "";
  for await (const chunk of input) {
    text += chunk;
    if (text.length > 4 * maxBytes)
      throw new CommandError("standard input is too long for a secret: pipe one JSON object");
  }
  // `trim` also removes a byte order mark, which ECMA-262 counts as white space.
  return text.trim();
};

/** Returns undefined instead of throwing: the message of the parser quotes the text, which is a secret. */
const parseObject = (text: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const readPiped = async (input: Input, fields: readonly string[]): Promise<Fields> => {
  const text = await readAll(input);
  const expected = `pipe ${exampleObject(fields)}, or run this in a terminal to be asked`;
  if (text === "") throw new CommandError(`standard input is empty: ${expected}`);
  const value = parseObject(text);
  if (value === undefined) throw new CommandError(`standard input is not a JSON object: ${expected}`);
  return value;
};

/** Removes white space around values, and then the empty fields. */
const trimFields = (given: Fields): Fields =>
  Object.fromEntries(
    Object.entries(given)
      .map(([field, value]) => [field, typeof value === "string" ? value.trim() : value] as const)
      .filter(([, value]) => value !== ""),
  );

/** What is wrong with a field. A network says in its own words what it cannot read. */
const problemOf = ({ code, path, message }: z.core.$ZodIssue): string =>
  code === "custom"
    ? `${String(path[0])} ${message}`
    : `${String(path[0])} is not valid: it is a string, as its network shows it`;

/** Messages name only fields of the network, because in a mistaken object even a key can be the secret. */
const checkCredentials = (network: DefinedNetwork, given: Fields): Readonly<Record<string, string>> => {
  const fields = Object.keys(network.credentials.shape);
  const fieldList = `the fields of ${network.name} are ${fields.join(", ")}`;
  const present = trimFields(given);
  if (Object.keys(present).some((field) => !fields.includes(field)))
    throw new CommandError(`the secret holds a field that ${network.name} does not have: ${fieldList}`);
  const { data, error } = network.credentials.safeParse(present);
  if (data === undefined) {
    const missing = [...new Set(error.issues.map(({ path }) => String(path[0])))].filter(
      (field) => !(field in present),
    );
    throw new CommandError(
      missing.length > 0
        ? `the secret lacks ${missing.join(", ")}: ${fieldList}`
        : `the secret's ${error.issues.map(problemOf).join("; its ")}`,
    );
  }
  for (const [field, value] of Object.entries(data)) {
    if (/[\r\n]/.test(String(value)))
      throw new CommandError(`the secret's ${field} has a line break in it: paste it again`);
    if (field === "expiresAt" && Date.parse(String(value)) <= systemRuntime.clock())
      throw new CommandError("the secret's expiresAt has passed: a login that has ended posts nothing; make a new one");
  }
  return Object.fromEntries(
    Object.entries(data).flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const])),
  );
};

/**
 * Reads the credentials of an account: a JSON object on standard input, or one answer per field at a terminal. They never
 * appear in an argument, an output or an error.
 */
export const readCredentials = async (
  network: DefinedNetwork,
  { input, err }: Pick<Terminal, "input" | "err">,
): Promise<Readonly<Record<string, string>>> => {
  const shape = network.credentials.shape;
  const questions = Object.entries(shape).map(([field, schema]) => ({
    field,
    optional: schema.safeParse(undefined).success,
    meaning: schema.description,
  }));
  const given =
    input.isTTY === true ? await promptSecrets(questions, { input, err }) : await readPiped(input, Object.keys(shape));
  const credentials = checkCredentials(network, given);
  if (Buffer.byteLength(JSON.stringify(credentials)) > maxBytes)
    throw new CommandError(`the secret is longer than the ${maxBytes} bytes of a parameter: check what was pasted`);
  return credentials;
};

/**
 * Quotes a value so that Node reads it back from `.env`: it changes `\\n` in double quotes, and `#` begins a comment
 * without quotes.
 */
const quoted = (value: string, variable: string): string => {
  if (/^[\w./:@+=-]*$/.test(value)) return value;
  const quote = ["'", "`"].find((one) => !value.includes(one));
  if (quote !== undefined) return quote + value + quote;
  if (!/["\\]/.test(value)) return `"${value}"`;
  throw new CommandError(
    `${variable} cannot be written into .env, which has no quotes for it: set it in the environment`,
  );
};

const readLines = async (file: string): Promise<readonly string[]> => {
  try {
    const text = await readFile(file, "utf8");
    return text.replace(/\n$/, "").split("\n");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};

/** Writes the secret of an account into the `.env` that `npm start` of this folder reads. Its other lines are kept. */
const writeDotenv = async (
  account: string,
  network: DefinedNetwork,
  credentials: Readonly<Record<string, string>>,
  folder: string,
): Promise<{ readonly file: string; readonly variables: readonly string[] }> => {
  const file = join(folder, ".env");
  const own = Object.keys(network.credentials.shape).map((field) => variableFor(account, field));
  const isOwn = (line: string): boolean => own.includes(/^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] ?? "");
  const given = Object.entries(credentials).map(([field, value]) => [variableFor(account, field), value] as const);
  const kept = (await readLines(file)).filter((line) => !isOwn(line));
  const lines = [...kept, ...given.map(([variable, value]) => `${variable}=${quoted(value, variable)}`), ""];
  // Written atomically: a truncated file would disconnect every account.
  const written = `${file}.new`;
  await writeFile(written, lines.join("\n"), { mode: 0o600 });
  await chmod(written, 0o600);
  await rename(written, file);
  return { file, variables: given.map(([variable]) => variable) };
};

interface WebhookSecretOptions {
  /** The id of the site. Undefined: the first one of the configuration. */
  readonly site: string | undefined;
  readonly stage: string;
  readonly rotate: boolean;
  readonly folder: string;
}

const notes = {
  made: "This secret is new: give it to what receives the webhook.",
  rotated: "This secret is new: messages are signed with it within a minute.",
  read: "This is the existing secret; --rotate replaces it.",
} as const;

/** Standard Webhooks requires 24 to 64 random bytes. */
const createSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/**
 * The secret of a site's webhook, which Crier and the receiver share. It is created on first use, and is the only text on
 * standard output.
 */
export const webhookSecret = async (options: WebhookSecretOptions): Promise<CommandResult> => {
  const { stage, rotate, folder } = options;
  const { sites } = await readConfiguration(folder);
  const site = options.site === undefined ? sites[0] : sites.find(({ id }) => id === options.site);
  if (site === undefined)
    throw new CommandError(
      `there is no site ${JSON.stringify(options.site)}: use ${sites.map(({ id }) => id).join(", ")}`,
      { exitCode: 2 },
    );
  if (site.webhook === undefined)
    throw new CommandError(
      `the site ${site.id} has no webhook: add webhook: { url: "https://…" } to it in crier.config.ts, and deploy`,
      { exitCode: 2 },
    );
  const parameter = stageSecrets(stage).webhook(site.id);
  const { value, result, region } = await mintedSecret({ stage, parameter, rotate, create: createSecret });
  return {
    answer: { result, stage, site: site.id, parameter, region, secret: value },
    lines: [value],
    notes: [`${parameter} in ${region}. ${notes[result]}`],
  };
};
