import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { FunctionLog } from "./compose-functions.ts";
import { type Environment, requireVariable } from "./environment.ts";

/**
 * Writes one line of JSON for each entry. A count is a separate line in CloudWatch's embedded metric format. All functions
 * of a stage share one metric, because an alarm cannot sum over dimensions.
 */
export const functionLog = (env: Environment): FunctionLog => {
  const serviceName = requireVariable(env, "POWERTOOLS_SERVICE_NAME");
  const logger = new Logger({
    serviceName,
    // Powertools would print every property of an error, such as a request with its headers.
    jsonReplacerFn: (_, value) => (value instanceof Error ? errorCauses(value) : value),
  });
  const metrics = new Metrics({
    serviceName,
    namespace: requireVariable(env, "POWERTOOLS_METRICS_NAMESPACE"),
    defaultDimensions: { stage: requireVariable(env, "STAGE") },
  });
  // Written immediately, so that it is reported even if the function is killed later.
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

/**
 * The messages of an error and its causes. Other properties are left out, because they may include a request with its
 * headers.
 */
export const errorCauses = (error: unknown): readonly string[] =>
  error instanceof Error ? [`${error.name}: ${error.message}`, ...errorCauses(error.cause)] : [];
