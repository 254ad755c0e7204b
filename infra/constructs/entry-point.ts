import { RemovalPolicy, Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import { nodeOptions } from "../bundling/function-folder.ts";
import { type FunctionName, limits } from "../limits.ts";
import { sandboxContext } from "../sandbox-context.ts";
import { functionCode } from "./function-code.ts";
import type { Permission } from "./permissions.ts";

export interface EntryPointProps {
  /** The name of the file in `functions/`. */
  readonly name: FunctionName;
  readonly config: Config;
  readonly environment: Readonly<Record<string, string>>;
  /** The permissions besides those for its log. */
  readonly permissions: readonly Permission[];
  readonly logDays: number;
}

/**
 * Returns the architecture of the functions. In the deployment check (`-c sandbox=…`) this machine runs them, so it is
 * that of the machine.
 */
const functionArchitecture = (scope: Construct): Architecture =>
  sandboxContext(scope) !== undefined && process.arch === "x64" ? Architecture.X86_64 : Architecture.ARM_64;

/** A Lambda function with its own role and log group. */
export class EntryPoint extends Construct {
  readonly function: LambdaFunction;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: EntryPointProps) {
    const { name, config, environment, permissions, logDays } = props;
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
      code: functionCode(name, { config, machine: architecture === Architecture.ARM_64 ? "arm64" : "x64" }),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture,
      memorySize: memory,
      timeout,
      role,
      logGroup: this.logs,
      environment: { NODE_OPTIONS: nodeOptions, ...environment },
    });
  }
}
