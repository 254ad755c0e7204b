import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import input from "../crier.config.ts";
import { checkConfig } from "./check-config.ts";
import { CrierStack } from "./stack.ts";
import { stageNotice } from "./stage-context.ts";

const app = new App();
const checked = checkConfig(input, app.node.tryGetContext("stage"));
if ("problems" in checked) {
  console.error(checked.problems.join("\n"));
  process.exit(1);
}
const { config, stage } = checked;
console.warn(stageNotice(stage, app.node.tryGetContext("stage") !== undefined, config.deployment.posts));

new CrierStack(app, `Crier-${stage}`, { config: input, stage });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
