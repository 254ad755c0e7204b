import { InvalidArgumentError, Option } from "commander";
import { isStage, stageRule } from "../domain/installation.ts";

export const stageOption = (description = "the stage of the deployment"): Option =>
  new Option("--stage <name>", description).argParser((name) => {
    if (isStage(name)) return name;
    throw new InvalidArgumentError(`Use the name that it was deployed with: ${stageRule}.`);
  });
