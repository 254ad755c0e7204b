import { Duration, Stack, Validations } from "aws-cdk-lib";
import { HttpApi, HttpStage } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IMetric } from "aws-cdk-lib/aws-cloudwatch";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

export interface ApiProps {
  readonly web: LambdaFunction;
}

/** The HTTP API. One function gets every route, and its app does the routing. */
export class Api extends Construct {
  /** The host without a scheme. The CDN forwards requests to it. */
  readonly host: string;
  /** The number of requests that were answered by a 5xx, by the function or because it failed. */
  readonly serverErrors: IMetric;

  constructor(scope: Construct, id: string, { web }: ApiProps) {
    super(scope, id);
    const api = new HttpApi(this, "Crier", {
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration("Web", web),
    });
    const stage = new HttpStage(this, "Stage", {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      // This is more than an owner needs, and low enough to limit the cost of an attack.
      throttle: { rateLimit: 50, burstLimit: 100 },
    });
    this.serverErrors = api.metricServerError({ statistic: "Sum", period: Duration.minutes(15) });
    this.host = `${api.apiId}.execute-api.${Stack.of(this).region}.${Stack.of(this).urlSuffix}`;
    Validations.of(stage).acknowledge({
      id: "AwsSolutions-APIG1",
      reason: "In a flood of requests the log would cost more than they do; the function logs what fails.",
    });
    Validations.of(api).acknowledge({
      id: "AwsSolutions-APIG4",
      reason: "The app authorises each route: a bearer token for all but the health check.",
    });
  }
}
