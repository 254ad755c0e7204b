import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import config from "../crier.config.ts";
import { crierApp } from "./crier-app.ts";

const app = crierApp(config);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
