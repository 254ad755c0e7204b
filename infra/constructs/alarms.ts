import { Duration } from "aws-cdk-lib";
import { Alarm, type AlarmProps, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct, type IDependable } from "constructs";
import { alarmDefinitions, countedMetrics } from "../alarm-definitions.ts";
import type { FunctionName } from "../limits.ts";
import { countMetric } from "../metrics.ts";
import type { EntryPoint } from "./entry-point.ts";

export interface AlarmsProps {
  readonly stage: string;
  readonly topic: Topic;
  readonly functions: Readonly<Record<FunctionName, EntryPoint>>;
  /** The dead-letter queue of all queues. */
  readonly failures: Queue;
  /** The API's responses with a 5xx. */
  readonly serverErrors: IMetric;
  /** A resource that takes minutes to be created: the relay has swept when it is there. */
  readonly slow: IDependable;
}

/**
 * Functions that no queue and no API invokes. A single error raises no alarm, because the next run or request usually
 * succeeds.
 */
const withoutQueue = [
  { name: "relay", count: 3, minutes: 15 },
  // It runs once per hour.
  { name: "reconcile", count: 2, minutes: 120 },
] as const satisfies readonly { readonly name: FunctionName; readonly count: number; readonly minutes: number }[];

const pascalCase = (name: string): string =>
  name
    .split("-")
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join("");

/**
 * The alarms. They do not fire without data, because a stage without work reports nothing, except the one for the relay: it
 * runs each minute, and without it nothing else can report anything.
 */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];
  /** The metrics that the functions report. */
  readonly reports: readonly IMetric[];

  constructor(scope: Construct, id: string, { stage, topic, functions, failures, serverErrors, slow }: AlarmsProps) {
    super(scope, id);
    const addAlarm = (
      name: string,
      description: string,
      metric: IMetric,
      threshold: number,
      other: Partial<AlarmProps> = {},
    ): Alarm => {
      const alarm = new Alarm(this, pascalCase(name), {
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: `${description}. What to do: docs/operations.md, "${name}".`,
        ...other,
      });
      alarm.addAlarmAction(new SnsAction(topic));
      return alarm;
    };

    const silence = addAlarm(
      "silent-relay",
      "The relay has not run for 15 minutes: nothing is sent, and no other alarm can tell",
      functions.relay.function.metricInvocations({ period: Duration.minutes(15) }),
      1,
      { comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD, treatMissingData: TreatMissingData.BREACHING },
    );
    // Before the first sweep it would fire.
    silence.node.addDependency(slow);
    const count = (name: string, minutes = 5) => countMetric(name, stage, Duration.minutes(minutes));
    this.reports = [...alarmDefinitions.map(({ name }) => name), ...countedMetrics].map((name) => count(name));
    this.all = [
      silence,
      ...alarmDefinitions.map(({ name, description, threshold }) =>
        addAlarm(name, description, count(name, threshold?.minutes), threshold?.count ?? 1),
      ),
      addAlarm(
        "left-over",
        "Work was given up: there is a record in the dead-letter queue",
        failures.metricApproximateNumberOfMessagesVisible({ statistic: "Maximum", period: Duration.minutes(5) }),
        1,
      ),
      // The API's metric also counts a function that fails or times out.
      addAlarm("web", "The API answers by errors", serverErrors, 3),
      ...withoutQueue.map(({ name, count, minutes }) =>
        addAlarm(
          `errors-${name}`,
          `The function ${name} fails repeatedly`,
          functions[name].function.metricErrors({ period: Duration.minutes(minutes) }),
          count,
        ),
      ),
    ];
  }
}
