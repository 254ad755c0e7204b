import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import config from "../crier.config.ts";
import { loadConfig, servedPaths } from "../src/config.ts";
import { configFile } from "./constructs/entry-point.ts";
import { CrierStack } from "./stack.ts";
import { stageOf } from "./stage.ts";

const app = new App();
const stage = stageOf(app.node.tryGetContext("stage"));
const checked = loadConfig(config);

const file = resolve(app.outdir, "crier-config.json");
mkdirSync(app.outdir, { recursive: true });
writeFileSync(file, JSON.stringify({ config: checked }));
app.node.setContext(configFile, file);
new CrierStack(app, `Crier-${stage}`, {
  stage,
  accounts: checked.accounts,
  paths: servedPaths(checked),
  deployment: checked.deployment,
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
