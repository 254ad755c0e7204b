import { type Config, ConfigError, loadConfig, servedPaths } from "../src/config.ts";
import { parseStage } from "./stage-context.ts";
import { viewerRequestProblems } from "./viewer-request.ts";

export type CheckedConfig =
  /** `warnings` name the settings that a deployment ignores. */
  | {
      readonly config: Config;
      readonly stage: string;
      readonly warnings: readonly string[];
    }
  /** Each mistake has one line. */
  | { readonly problems: readonly string[] };

const stageProblems = (context: unknown): readonly string[] => {
  try {
    parseStage(context);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
};

const configProblems = (input: unknown): readonly string[] => {
  try {
    const config = loadConfig(input);
    return viewerRequestProblems({ redirects: config.deployment.redirects, paths: servedPaths(config) });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

/** Warns about folders, which are on the owner's machine. A deployment has the bucket instead. */
const folderWarnings = ({ sites }: Config): readonly string[] =>
  sites.flatMap(({ sources }, site) =>
    sources.flatMap(({ kind, location }, index) =>
      kind === "folder"
        ? [
            `crier.config.ts: sites[${site}].sources[${index}]: a deployment does not read the folder ${JSON.stringify(location)}: copy its documents to the upload bucket`,
          ]
        : [],
    ),
  );

/** Checks the export of `crier.config.ts` and the stage of `-c stage=`. */
export const checkConfig = (input: unknown, stage: unknown): CheckedConfig => {
  const problems = [...configProblems(input).map((line) => `crier.config.ts: ${line}`), ...stageProblems(stage)];
  if (problems.length > 0) return { problems };
  const config = loadConfig(input);
  return {
    config,
    stage: parseStage(stage),
    warnings: folderWarnings(config),
  };
};
