import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../api/api-client.ts";
import { type Config, ConfigError, type ConfigInput, loadConfig } from "../config.ts";
import { networks } from "../networks/index.ts";
import { BadConfig, readConfig } from "../runtimes/local/read-config.ts";
import type { Dialog } from "./dialog.ts";

/** Reads `file`, or else `crier.config.ts` in the folder. Mistakes in it become an error of the command. */
export const readConfiguration = async (folder: string, file?: string): Promise<Config> => {
  try {
    return await readConfig(file, folder);
  } catch (error) {
    if (error instanceof BadConfig) throw new CommandError(error.message, { exitCode: 2, cause: error });
    throw error;
  }
};

export interface SiteFlags {
  readonly title?: string;
  readonly url?: string;
  readonly timeZone?: string;
  /** Names of networks, separated by commas. */
  readonly networks?: string;
}

/** True for a configuration that has no address of its own yet. Nobody owns `blog.example.com` (RFC 2606 §3). */
const isExample = ({ sites: [site] }: Config): boolean => site?.url === "https://blog.example.com/";

/** The first mistake at a path of the configuration, without that path. */
const problemAt = (path: string, input: ConfigInput): string | undefined => {
  try {
    loadConfig(input);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.find((line) => line.startsWith(`${path}: `))?.slice(path.length + 2);
  }
};

export type SiteInput = ConfigInput["sites"][number];
type AccountInput = NonNullable<ConfigInput["accounts"]>[number];

const example = { id: "blog", title: "A blog", url: "https://blog.example.com/" };

export const promptSite = async ({ answer }: Dialog, flags: SiteFlags): Promise<SiteInput> => {
  const problem = (key: "title" | "url" | "timeZone") => (value: string) =>
    problemAt(`sites[0].${key}`, { sites: [{ ...example, [key]: value }] });
  return {
    id: example.id,
    title: await answer({
      text: "Title of the site",
      flag: "--title",
      given: flags.title,
      problem: problem("title"),
    }),
    url: await answer({
      text: "Its address, as https://blog.example.com/",
      flag: "--url",
      given: flags.url,
      problem: problem("url"),
    }),
    timeZone: await answer({
      text: "Its time zone",
      flag: "--time-zone",
      given: flags.timeZone,
      fallback: Intl.DateTimeFormat().resolvedOptions().timeZone,
      problem: problem("timeZone"),
    }),
  };
};

const parseNames = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ""),
  ),
];

const unknownNetwork = (text: string): string | undefined => {
  const unknown = parseNames(text).find((name) => !networks.some((known) => known.name === name));
  return (
    unknown && `there is no network ${JSON.stringify(unknown)}: use ${networks.map(({ name }) => name).join(", ")}`
  );
};

/**
 * Only the server of an account is prompted for, because many people change it. Other settings are added to the file by
 * hand.
 */
const promptServer = async ({ answer, interactive }: Dialog, name: string): Promise<AccountInput> => {
  const account = { name, network: name };
  const network = networks.find((known) => known.name === name);
  const fallback = network?.settings.safeParse(network.sandboxSettings).data?.server;
  if (!interactive || typeof fallback !== "string") return account;
  const server = await answer({
    text: `Server of ${name}`,
    flag: "--networks",
    given: undefined,
    fallback,
    problem: (value) =>
      problemAt("accounts[0].server", { sites: [example], accounts: [{ ...account, server: value }] }),
  });
  return server === fallback ? account : { ...account, server };
};

interface Unanswered {
  /** The question ends with the answer that Enter gives. */
  readonly hint: string;
  readonly fallback: string;
}

export const promptAccounts = async (
  dialog: Dialog,
  flags: SiteFlags,
  { hint, fallback }: Unanswered,
): Promise<readonly AccountInput[]> => {
  const names = await dialog.answer({
    text: `Networks to post to, of ${networks.map(({ name }) => name).join(", ")}; ${hint}`,
    flag: "--networks",
    given: flags.networks,
    fallback,
    problem: unknownNetwork,
  });
  const accounts: AccountInput[] = [];
  for (const name of parseNames(names)) accounts.push(await promptServer(dialog, name));
  return accounts;
};

const asCode = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(asCode).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).flatMap(([key, one]) =>
    one === undefined ? [] : [`${/^\w+$/.test(key) ? key : JSON.stringify(key)}: ${asCode(one)}`],
  );
  return `{ ${pairs.join(", ")} }`;
};

const configurationText = (site: SiteInput, accounts: readonly AccountInput[]): string =>
  `import { defineConfig } from "crier";

/** Secrets stay out of this file. */
export default defineConfig({
  sites: [
    ${asCode(site)},
  ],
  accounts: [${accounts.map((account) => `\n    ${asCode(account)},`).join("")}${accounts.length > 0 ? "\n  " : ""}],
});
`;

/** Written atomically: a truncated file would break every later command. */
export const writeConfiguration = async (
  folder: string,
  site: SiteInput,
  accounts: readonly AccountInput[],
): Promise<void> => {
  const file = join(folder, "crier.config.ts");
  await writeFile(`${file}.new`, configurationText(site, accounts));
  await rename(`${file}.new`, file);
};

/** The settings of a site that say where its posts and their pages are. */
export type PostSettings = Pick<SiteInput, "sources" | "permalink" | "permalinks" | "permalinkCase">;

/** A folder that `npm create crier` made has sources, also where nobody gave an address. A clone has none. */
const presentPosts = ({ sites: [site] }: Config): PostSettings => {
  if (site === undefined || site.sources.length === 0) return {};
  const { permalink, permalinks, permalinkCase } = site;
  const sources = site.sources.map(({ kind, location, include = [], exclude = [] }) => ({
    [kind]: location,
    ...(include.length > 0 && { include: [...include] }),
    ...(exclude.length > 0 && { exclude: [...exclude] }),
  }));
  return { sources, permalink, permalinks, permalinkCase };
};

/** Replaces a `crier.config.ts` with the address of the example, and keeps where the posts are. Any other file is kept. */
export const setUpConfiguration = async (dialog: Dialog, flags: SiteFlags): Promise<Config> => {
  const { folder } = dialog.terminal;
  const present = await readConfiguration(folder);
  if (!isExample(present)) {
    dialog.say(`  crier.config.ts is kept: ${present.sites.map(({ title, url }) => `${title}, ${url}`).join("; ")}`);
    return present;
  }
  const site = { ...(await promptSite(dialog, flags)), ...presentPosts(present) };
  const accounts = await promptAccounts(dialog, flags, { hint: "Enter for none", fallback: "" });
  await writeConfiguration(folder, site, accounts);
  dialog.say("  written: crier.config.ts");
  return loadConfig({ sites: [site], accounts: [...accounts] });
};
