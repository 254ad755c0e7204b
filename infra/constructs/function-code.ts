import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssetHashType } from "aws-cdk-lib";
import { Code, Runtime } from "aws-cdk-lib/aws-lambda";
import { type Beside, completeFunction, crierFolder } from "../bundling/function-folder.ts";
import type { FunctionName } from "../limits.ts";

const prebuilt = join(crierFolder, "functions");
const isPrebuilt = existsSync(join(prebuilt, "web/index.mjs"));

/** The folder whose files decide what the functions do. */
export const programFolder = isPrebuilt ? prebuilt : join(crierFolder, "src");

let built: string | undefined;

/** Returns the folder of all bundles. A package has them. In a clone a process makes them, once for all stacks. */
const bundles = (): string => {
  if (isPrebuilt) return prebuilt;
  if (built !== undefined) return built;
  const folder = mkdtempSync(join(tmpdir(), "crier-bundles-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  execFileSync(process.execPath, [join(crierFolder, "infra/bundling/bundle.ts"), folder], { stdio: "inherit" });
  built = folder;
  return folder;
};

/** Returns the bundle of a function with what it loads beside it, if the stack is to be bundled. */
export const functionCode = (name: FunctionName, beside: Beside): Code =>
  Code.fromAsset(prebuilt, {
    assetHashType: AssetHashType.OUTPUT,
    // The CDK requires the image, which is never used. The command makes the bundles different assets.
    bundling: {
      image: Runtime.NODEJS_24_X.bundlingImage,
      command: [name, JSON.stringify(beside)],
      local: {
        tryBundle: (folder: string): boolean => {
          cpSync(join(bundles(), name), folder, { recursive: true });
          completeFunction(folder, name, beside);
          return true;
        },
      },
    },
  });
