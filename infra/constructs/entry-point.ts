import { join } from "node:path";
import { RemovalPolicy, Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type FunctionName, type Limits, limits } from "../limits.ts";
import type { Right } from "./rights.ts";

export interface EntryPointProps {
  /** Names the file in `functions/`. */
  readonly name: FunctionName;
  readonly environment: Readonly<Record<string, string>>;
  /** All that it may do besides writing its log and its traces. */
  readonly rights: readonly Right[];
  readonly logDays: number;
  /** Other ones than the entry point's own. */
  readonly limits?: Limits | undefined;
}

/** The context key under which the app names that file. */
export const configFile = "crier:config-file";

const root = join(import.meta.dirname, "../..");

/** Dependencies in CommonJS call `require`, which an ES module does not have. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** The checked configuration as a file that the bundle takes in under the name `crier-config`. */
const configAlias = (scope: Construct): Record<string, string> => {
  const file: unknown = scope.node.tryGetContext(configFile);
  return typeof file === "string" ? { "--alias:crier-config": file } : {};
};

/** One Lambda function with a role and a log group of its own. */
export class EntryPoint extends Construct {
  readonly function: NodejsFunction;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: EntryPointProps) {
    const { name, environment, rights, logDays } = props;
    super(scope, id);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.logs = new LogGroup(this, "Logs", { retention: logDays, removalPolicy: RemovalPolicy.DESTROY });
    this.logs.grantWrite(role);
    for (const { statement, wildcard } of rights) {
      role.addToPolicy(statement);
      if (wildcard !== undefined) Validations.of(role).acknowledge(wildcard);
    }
    const { timeout, memory } = props.limits ?? limits[name];
    this.function = new NodejsFunction(this, "Function", {
      entry: join(root, "functions", `${name}.ts`),
      projectRoot: root,
      depsLockFilePath: join(root, "package-lock.json"),
      handler: "handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout,
      role,
      logGroup: this.logs,
      tracing: Tracing.ACTIVE,
      environment: { NODE_OPTIONS: "--enable-source-maps", ...environment },
      bundling: {
        format: OutputFormat.ESM,
        target: "node24",
        // What was tested is what runs: the runtime's own SDK changes under a deployed function.
        bundleAwsSDK: true,
        mainFields: ["module", "main"],
        banner,
        minify: true,
        sourceMap: true,
        sourcesContent: false,
        // The network's client is loaded where something is sent (`src/networks/x-api.ts`).
        externalModules: name === "deliver" ? [] : ["twitter-api-v2"],
        esbuildArgs: configAlias(this),
      },
    });
    Validations.of(role).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason: "X-Ray's PutTraceSegments and PutTelemetryRecords know no resources.",
    });
  }
}
