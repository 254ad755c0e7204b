import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AMachine, aFolder, clear, config, startIn } from "../support/machine.ts";

/** A running Crier that posts to no network: its feeds change only when its documents do, and not when a copy is out. */
export const aQuietMachine = async (documents: Readonly<Record<string, string>> = {}): Promise<AMachine> => {
  const folder = await aFolder(documents);
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify({ ...config, accounts: [] })};\n`);
  try {
    return await startIn(folder);
  } catch (error) {
    await clear({ folder, stop: async () => {} });
    throw error;
  }
};
