import { type Config, ConfigError, loadConfig } from "../src/config.ts";
import { stageOf } from "./stage-context.ts";

export type CheckedConfig =
  | { readonly config: Config; readonly stage: string }
  /** One line for each mistake. */
  | { readonly problems: readonly string[] };

const stageProblems = (context: unknown): readonly string[] => {
  try {
    stageOf(context);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
};

const configProblems = (input: unknown): readonly string[] => {
  try {
    loadConfig(input);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((line) => `crier.config.ts: ${line}`);
    throw error;
  }
};

/** Checks the export of `crier.config.ts` and the stage of `-c stage=`. */
export const checkConfig = (input: unknown, stage: unknown): CheckedConfig => {
  const problems = [...configProblems(input), ...stageProblems(stage)];
  return problems.length > 0 ? { problems } : { config: loadConfig(input), stage: stageOf(stage) };
};
