import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import config from "../crier.config.ts";
import { loadConfig } from "../src/config.ts";
import { CrierStack } from "./stack.ts";
import { stageOf } from "./stage.ts";

const app = new App();
const stage = stageOf(app.node.tryGetContext("stage"));
const accounts = loadConfig(config).accounts.map(({ name }) => name);
new CrierStack(app, `Crier-${stage}`, { stage, accounts });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
