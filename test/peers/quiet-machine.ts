import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AMachine, aFolder, clear, config, startIn } from "../support/machine.ts";

/**
 * A running Crier without accounts: its feeds change only when its documents do, and not when a post is published on a
 * network. `options` are keys of its site.
 */
export const aQuietMachine = async (
  documents: Readonly<Record<string, string>> = {},
  options: Readonly<Record<string, unknown>> = {},
): Promise<AMachine> => {
  const folder = await aFolder(documents);
  const sites = config.sites.map((site) => ({ ...site, ...options }));
  const written = JSON.stringify({ ...config, sites, accounts: [] });
  await writeFile(join(folder, "crier.config.mjs"), `export default ${written};\n`);
  try {
    return await startIn(folder);
  } catch (error) {
    await clear({ folder, stop: async () => {} });
    throw error;
  }
};
