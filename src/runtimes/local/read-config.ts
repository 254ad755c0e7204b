import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Config, ConfigError, loadConfig } from "../../config.ts";
import { errorMessage } from "../../domain/errors.ts";
import { packageName } from "../../domain/installation.ts";
import { folderAt } from "../../domain/site.ts";

/** The configuration has mistakes. The message has one line for each. The process exits with 2. */
export class BadConfig extends Error {
  override readonly name = "BadConfig";
}

/** The configuration that is used without a file. */
const defaultConfig = { sites: [{ id: "blog", title: "My blog", url: "https://blog.example.com/" }] };

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const importConfig = async (file: string): Promise<unknown> => {
  try {
    const module: unknown = await import(pathToFileURL(file).href);
    return typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  } catch (cause) {
    const [reason = ""] = errorMessage(cause).split("\n");
    throw new BadConfig(`${file} cannot be read: ${isOfCrier(reason) ? foreignCrier(dirname(file)) : reason}`, {
      cause,
    });
  }
};

/** True if the module `crier` is not there, or has no `defineConfig`. */
const isOfCrier = (reason: string): boolean => /package 'crier'|module 'crier'/.test(reason);

/** The name on npm is that of another package. */
const foreignCrier = (folder: string): string =>
  `the package "crier" is not Crier's own in ${folder}: run npm install crier@npm:${packageName} there, or export the settings without defineConfig`;

const readInput = async (
  given: string | undefined,
  folder: string,
): Promise<{ readonly file: string; readonly value: unknown }> => {
  const file = resolve(folder, given ?? "crier.config.ts");
  if (await exists(file)) return { file, value: await importConfig(file) };
  if (given !== undefined) throw new BadConfig(`there is no file ${file}: correct --config`);
  return { file, value: defaultConfig };
};

/** Reads the file of `--config`, or else `crier.config.ts` in the folder. Throws `BadConfig`. */
export const readConfig = async (given: string | undefined, folder = "."): Promise<Config> => {
  const { file, value } = await readInput(given, folder);
  if (value === undefined)
    throw new BadConfig(`${file} has no default export: write \`export default defineConfig({ … })\``);
  try {
    return loadConfig(value);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new BadConfig(cause.problems.map((line) => `${file}: ${line}`).join("\n"), { cause });
  }
};

/** The documents of every site are below `folder`, and not in its configured sources. */
export const withDocumentsIn = (config: Config, folder: string): Config => ({
  ...config,
  sites: config.sites.map((site) => ({ ...site, sources: [folderAt(join(folder, site.folder))] })),
});

/** Puts the feeds of every site below `base`, whatever their `feedsUrl` is. */
export const withFeedsAt = (config: Config, base: string): Config => ({
  ...config,
  sites: config.sites.map((site) => ({ ...site, feedsUrl: new URL(site.folder, base).href })),
});
