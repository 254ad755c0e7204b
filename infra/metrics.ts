import type { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";

const [namespace, service] = ["Crier", "crier"];

/** Where every function counts (src/runtimes/lambda/function-log.ts); Powertools gives each metric the dimension `service`. */
export const metricsEnvironment: Readonly<Record<string, string>> = {
  POWERTOOLS_METRICS_NAMESPACE: namespace,
  POWERTOOLS_SERVICE_NAME: service,
};

/** How many the functions of a stage have counted under a name. */
export const countOf = (metricName: string, stage: string, period: Duration): Metric =>
  new Metric({ namespace, metricName, dimensionsMap: { service, stage }, statistic: "Sum", period });
