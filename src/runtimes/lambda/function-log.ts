import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { causesOf } from "./causes.ts";
import { type Environment, type FunctionLog, setting } from "./compose-functions.ts";

/**
 * One line of JSON an event. What is counted is a line of its own beside it, in CloudWatch's embedded metric format:
 * one metric a name for all functions of a stage, since an alarm sums up no dimensions.
 */
export const functionLog = (env: Environment): FunctionLog => {
  const serviceName = setting(env, "POWERTOOLS_SERVICE_NAME");
  const logger = new Logger({
    serviceName,
    // Powertools prints every property of an error, and with them a request's headers.
    jsonReplacerFn: (_, value) => (value instanceof Error ? causesOf(value) : value),
  });
  const metrics = new Metrics({
    serviceName,
    namespace: setting(env, "POWERTOOLS_METRICS_NAMESPACE"),
    defaultDimensions: { stage: setting(env, "STAGE") },
  });
  // At once, not at the end: a function that is killed has said it.
  const count = (name: string) => void metrics.singleMetric().addMetric(name, MetricUnit.Count, 1);
  return {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    alarm: (name, message, fields) => {
      logger.error(message, { ...fields, alarm: name });
      count(name);
    },
    count,
  };
};
