import { systemRuntime } from "../system-runtime.ts";
import type { FunctionLog } from "./compose-functions.ts";
import { type Environment, requireVariable } from "./environment.ts";

const { clock } = systemRuntime;

/**
 * Writes one line of JSON, with only the messages of an error: its other properties may include a request with its
 * headers. The runtime would put a time and an id before a line that its `console` writes.
 */
const writeLine = (line: Readonly<Record<string, unknown>>): void => {
  const text = JSON.stringify(line, (_, value: unknown) => (value instanceof Error ? errorCauses(value) : value));
  process.stdout.write(`${text}\n`);
};

/**
 * A count is a line of its own in CloudWatch's embedded metric format (CloudWatch User Guide, "Embedded metric format
 * specification"). It is written immediately, so that it is reported even if the function is killed later. All functions
 * of a stage share one metric, because an alarm cannot sum over dimensions.
 */
const countLine = (name: string, namespace: string, stage: string) => {
  const metric = { Namespace: namespace, Dimensions: [["stage"]], Metrics: [{ Name: name, Unit: "Count" }] };
  return { _aws: { Timestamp: clock(), CloudWatchMetrics: [metric] }, stage, [name]: 1 };
};

export const functionLog = (env: Environment): FunctionLog => {
  const namespace = requireVariable(env, "METRICS_NAMESPACE");
  const stage = requireVariable(env, "STAGE");
  const write = (level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    writeLine({ level, message, timestamp: new Date(clock()).toISOString(), ...fields });
  const count = (name: string): void => writeLine(countLine(name, namespace, stage));
  return {
    info: (message, fields) => write("INFO", message, fields),
    warn: (message, fields) => write("WARN", message, fields),
    alarm: (name, message, fields) => {
      write("ERROR", message, { ...fields, alarm: name });
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
