import { CommandError } from "../api/api-client.ts";
import type { Config } from "../config.ts";
import { BadConfig, readConfig } from "../runtimes/local/read-config.ts";

/** `file`, or else `crier.config.ts` in the folder where the command runs. */
export const readConfiguration = async (folder: string, file?: string): Promise<Config> => {
  try {
    return await readConfig(file, folder);
  } catch (error) {
    if (error instanceof BadConfig) throw new CommandError(error.message, { exitCode: 2, cause: error });
    throw error;
  }
};
