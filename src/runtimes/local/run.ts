import { existsSync } from "node:fs";
import type { Parsers } from "../../parsing/parsers-in-child.ts";
import { StartError } from "./listen.ts";
import { readOptions, UsageError, usage } from "./options.ts";
import { BadConfig } from "./read-config.ts";
import { type Running, startLocal } from "./start.ts";

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Writes over the last line. Absent where the output is not a terminal. */
  readonly status?: ((line: string) => void) | undefined;
  /** Left open where nothing is started. Absent: opened by the start. */
  readonly parsers?: Parsers;
}

export type RunResult = { readonly running: Running } | { readonly exit: 0 | 1 | 2 };

/** Starts, or prints why it cannot: exit 2 for mistakes in the command line or the configuration, else 1. */
export const run = async (args: readonly string[], { env, out, err, ...rest }: Terminal): Promise<RunResult> => {
  try {
    const options = readOptions(args);
    if (options === undefined) {
      out(usage);
      return { exit: 0 };
    }
    return { running: await startLocal({ ...options, env, print: out, ...rest }) };
  } catch (error) {
    if (error instanceof UsageError || error instanceof BadConfig) {
      err(error.message);
      return { exit: 2 };
    }
    if (error instanceof StartError) {
      err(error.message);
      return { exit: 1 };
    }
    throw error;
  }
};

/** Variables that are already set take precedence over the file. */
export const loadDotenv = (file = ".env"): void => {
  if (existsSync(file)) process.loadEnvFile(file);
};
