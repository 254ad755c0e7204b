// `node test/real-account/run.ts try|clean STAGE`: what .github/workflows/real-account.yml does in an AWS account. The stage
// has to be a disposable one: `clean` deletes all that it holds.
import process from "node:process";
import { isDisposable, isStage } from "../../src/domain/installation.ts";
import { cleanUp } from "./clean-up.ts";
import { tryOut } from "./try-out.ts";

const [verb, stage = ""] = process.argv.slice(2);
if (!isStage(stage) || !isDisposable(stage))
  throw new Error(`${JSON.stringify(stage)} is not the name of a disposable stage: use disposable-NAME`);
const steps = { try: tryOut, clean: cleanUp };
if (verb !== "try" && verb !== "clean") throw new Error("use: node test/real-account/run.ts try|clean STAGE");
await steps[verb](stage);
