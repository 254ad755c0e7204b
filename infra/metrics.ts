import type { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";

const namespace = "Crier";

/** The environment for the counts of every function (src/runtimes/lambda/function-log.ts). */
export const metricsEnvironment: Readonly<Record<string, string>> = {
  METRICS_NAMESPACE: namespace,
};

/** Returns the metric for the sum of a count over all functions of a stage. */
export const countMetric = (metricName: string, stage: string, period: Duration): Metric =>
  new Metric({ namespace, metricName, dimensionsMap: { stage }, statistic: "Sum", period });
