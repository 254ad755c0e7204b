import { execFileSync } from "node:child_process";
import { readdirSync, renameSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { AssetHashType, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct, type IConstruct } from "constructs";
import { nodeOptions } from "../bundling/bundle-functions.ts";
import type { Machine } from "../bundling/sharp-packages.ts";
import { type FunctionName, limits } from "../limits.ts";
import { sandboxContext } from "../sandbox-context.ts";
import type { Permission } from "./permissions.ts";

export interface EntryPointProps {
  /** The name of the file in `functions/`. */
  readonly name: FunctionName;
  readonly environment: Readonly<Record<string, string>>;
  /** The permissions besides those for its log and its traces. */
  readonly permissions: readonly Permission[];
  readonly logDays: number;
}

/** The context key for the file with the checked configuration. */
export const configFile = "crier:config-file";

const root = join(import.meta.dirname, "../..");

/**
 * Returns the architecture of the functions. In the deployment check (`-c sandbox=…`) this machine runs them, so it is
 * that of the machine.
 */
const functionArchitecture = (scope: Construct): Architecture =>
  sandboxContext(scope) !== undefined && process.arch === "x64" ? Architecture.X86_64 : Architecture.ARM_64;

const bundledApps = new WeakSet<IConstruct>();

/**
 * Runs `infra/bundling/bundle.ts` once for the app. It bundles all functions into folders beside the file of the
 * configuration.
 */
const bundleOnce = (app: IConstruct, config: string, machine: Machine): void => {
  if (bundledApps.has(app)) return;
  const args = [join(root, "infra/bundling/bundle.ts"), config, dirname(config), machine];
  execFileSync(process.execPath, args, { stdio: "inherit" });
  bundledApps.add(app);
};

/** Returns the function's bundle, if the stack is to be bundled. */
const functionCode = (scope: Construct, name: FunctionName, architecture: Architecture): Code => {
  const machine = architecture === Architecture.ARM_64 ? "arm64" : "x64";
  const config: unknown = scope.node.tryGetContext(configFile);
  const tryBundle = (folder: string): boolean => {
    if (typeof config !== "string")
      throw new Error(
        `The context ${configFile} does not name a file: run the app as cdk.json does, with node infra/app.ts.`,
      );
    bundleOnce(scope.node.root, config, machine);
    const bundled = join(dirname(config), name);
    for (const file of readdirSync(bundled)) renameSync(join(bundled, file), join(folder, file));
    rmdirSync(bundled);
    return true;
  };
  return Code.fromAsset(join(root, "functions"), {
    assetHashType: AssetHashType.OUTPUT,
    // The CDK requires the image, which is never used. The command makes the bundles different assets.
    bundling: {
      image: Runtime.NODEJS_24_X.bundlingImage,
      command: [name, String(config), machine],
      local: { tryBundle },
    },
  });
};

/** A Lambda function with its own role and log group. */
export class EntryPoint extends Construct {
  readonly function: LambdaFunction;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: EntryPointProps) {
    const { name, environment, permissions, logDays } = props;
    super(scope, id);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.logs = new LogGroup(this, "Logs", { retention: logDays, removalPolicy: RemovalPolicy.DESTROY });
    this.logs.grantWrite(role);
    for (const { statement, wildcard } of permissions) {
      role.addToPolicy(statement);
      if (wildcard !== undefined) Validations.of(role).acknowledge(wildcard);
    }
    const { timeout, memory } = limits[name];
    const architecture = functionArchitecture(this);
    this.function = new LambdaFunction(this, "Function", {
      code: functionCode(this, name, architecture),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture,
      memorySize: memory,
      timeout,
      role,
      logGroup: this.logs,
      // Most of the traces would be of the sweep of each minute.
      tracing: name === "relay" ? Tracing.DISABLED : Tracing.ACTIVE,
      environment: { NODE_OPTIONS: nodeOptions, ...environment },
    });
    if (name === "relay") return;
    Validations.of(role).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason: "X-Ray's PutTraceSegments and PutTelemetryRecords cannot be limited to resources.",
    });
  }
}
