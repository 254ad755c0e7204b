import { App } from "aws-cdk-lib";
import type { ConfigInput } from "../src/config.ts";
import { checkConfig } from "./check-config.ts";
import featureFlags from "./feature-flags.json" with { type: "json" };
import { CrierStack } from "./stack.ts";
import { stageNotice } from "./stage-context.ts";

/**
 * Makes the CDK's app with a stack for the stage of `-c stage=NAME`, for the export of `crier.config.ts`. A mistake in
 * one of them ends the process with 1 and a line for each.
 */
export const crierApp = (input: ConfigInput): App => {
  const app = new App({ context: featureFlags });
  const context: unknown = app.node.tryGetContext("stage");
  const checked = checkConfig(input, context);
  if ("problems" in checked) {
    process.stderr.write(`${checked.problems.join("\n")}\n`);
    process.exit(1);
  }
  const { config, stage } = checked;
  process.stderr.write(`${stageNotice(stage, context !== undefined, config.deployment.posts)}\n`);
  new CrierStack(app, `Crier-${stage}`, { config: input, stage });
  return app;
};
