import type { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";

const [namespace, service] = ["Crier", "crier"];

/**
 * The environment for the counts of every function (src/runtimes/lambda/function-log.ts). Powertools adds the dimension
 * `service`.
 */
export const metricsEnvironment: Readonly<Record<string, string>> = {
  POWERTOOLS_METRICS_NAMESPACE: namespace,
  POWERTOOLS_SERVICE_NAME: service,
};

/** Returns the metric for the sum of a count over all functions of a stage. */
export const countMetric = (metricName: string, stage: string, period: Duration): Metric =>
  new Metric({ namespace, metricName, dimensionsMap: { service, stage }, statistic: "Sum", period });
