import { Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { CfnStage, HttpApi, HttpStage } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

export interface ApiProps {
  readonly web: LambdaFunction;
  readonly console: LambdaFunction;
  readonly logDays: number;
}

interface Route {
  readonly path: string;
  readonly by: "web" | "console";
  /** Requests a second, and how many may come at once. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** Anybody may request it. */
  readonly isOpen: boolean;
}

/**
 * A throttle is more than an owner needs: an import waits for it (src/api/api-client.ts). It limits how many requests reach
 * the functions, and not those that reach the CDN (docs/decisions/0045, `npm run cost -- --attack`). Each route has its own,
 * so that a flood of one leaves the others free.
 */
const routes: readonly Route[] = [
  { path: "/api/{proxy+}", by: "web", throttle: { rate: 5, burst: 100 }, isOpen: false },
  { path: "/api/openapi.json", by: "web", throttle: { rate: 1, burst: 10 }, isOpen: true },
  { path: "/healthz", by: "web", throttle: { rate: 1, burst: 10 }, isOpen: true },
  // Its cookie is no header that API Gateway could ask for, so that a request without a session invokes the function.
  ...["/console", "/console/{proxy+}"].map(
    (path): Route => ({ path, by: "console", throttle: { rate: 2, burst: 50 }, isOpen: true }),
  ),
];

/** The HTTP API. One function has the routes of the API, one those of the console, and their apps do the routing. */
export class Api extends Construct {
  /** The host without a scheme. The CDN forwards requests to it. */
  readonly host: string;
  /** The number of requests that were answered by a 5xx, by the function or because it failed. */
  readonly serverErrors: IMetric;

  constructor(scope: Construct, id: string, { web, console, logDays }: ApiProps) {
    super(scope, id);
    const api = new HttpApi(this, "Crier", { createDefaultStage: false });
    const integrations = {
      web: new HttpLambdaIntegration("Web", web),
      console: new HttpLambdaIntegration("Console", console),
    };
    const authorizer = this.#headerCheck(logDays);
    const stage = new HttpStage(this, "Stage", {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      // It holds for every route that has none of its own.
      throttle: { rateLimit: 1, burstLimit: 10 },
    });
    for (const { path, by, isOpen } of routes)
      stage.node.addDependency(
        ...api.addRoutes({ path, integration: integrations[by], ...(isOpen ? {} : { authorizer }) }),
      );
    this.#throttle(stage);
    this.serverErrors = api.metricServerError({ statistic: "Sum", period: Duration.minutes(15) });
    this.host = `${api.apiId}.execute-api.${Stack.of(this).region}.${Stack.of(this).urlSuffix}`;
    Validations.of(stage).acknowledge({
      id: "AwsSolutions-APIG1",
      reason: "In a flood of requests the log would cost more than they do; the function logs what fails.",
    });
    Validations.of(api).acknowledge({
      id: "AwsSolutions-APIG4",
      reason:
        "The apps authorise each route: a bearer token for all but the health check and the description, and a session.",
    });
  }

  /**
   * API Gateway itself refuses a request without the header, and invokes no function for it ("Control access to HTTP APIs
   * with AWS Lambda authorizers", identity sources). The function that it needs for this accepts every header: the app
   * compares the token.
   */
  #headerCheck(logDays: number): HttpLambdaAuthorizer {
    const check = new LambdaFunction(this, "HeaderCheck", {
      code: Code.fromInline("exports.handler = async () => ({ isAuthorized: true });"),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(3),
      // It has no right, so nothing is written into its log.
      role: new Role(this, "HeaderCheckRole", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") }),
      logGroup: new LogGroup(this, "HeaderCheckLogs", { retention: logDays, removalPolicy: RemovalPolicy.DESTROY }),
    });
    return new HttpLambdaAuthorizer("HasHeader", check, {
      identitySource: ["$request.header.Authorization"],
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: Duration.hours(1),
    });
  }

  #throttle(stage: HttpStage): void {
    const { defaultChild } = stage.node;
    if (!(defaultChild instanceof CfnStage)) throw new Error("The stage of the API has no resource of its own.");
    defaultChild.routeSettings = Object.fromEntries(
      routes.map(({ path, throttle: { rate, burst } }) => [
        `ANY ${path}`,
        // CloudFormation takes this map as it is, so the names are those of its own properties.
        { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
      ]),
    );
  }
}
