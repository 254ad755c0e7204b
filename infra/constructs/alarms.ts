import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { DeployedName } from "../limits.ts";
import { countOf } from "../metrics.ts";
import { counted, watched } from "../watched.ts";
import type { EntryPoint } from "./entry-point.ts";

export interface AlarmsProps {
  readonly stage: string;
  readonly topic: Topic;
  readonly functions: Readonly<Record<DeployedName, EntryPoint>>;
  /** The dead-letter queues, by the kind of work. */
  readonly failures: Readonly<Record<string, Queue>>;
}

/** The functions whose failures no queue keeps. A single error is no reason for an alarm: the next run or request mostly succeeds. */
const unqueued = [
  { name: "relay", count: 3, minutes: 15 },
  { name: "web", count: 3, minutes: 15 },
  // It runs once an hour.
  { name: "reconcile", count: 2, minutes: 120 },
] as const satisfies readonly { readonly name: DeployedName; readonly count: number; readonly minutes: number }[];

const pascal = (name: string): string =>
  name
    .split("-")
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join("");

/** The alarms, and the topic that they notify. Without data no alarm fires: a stage at rest reports nothing. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];
  /** What the functions count. */
  readonly reports: readonly IMetric[];

  constructor(scope: Construct, id: string, { stage, topic, functions, failures }: AlarmsProps) {
    super(scope, id);
    const addAlarm = (name: string, says: string, metric: IMetric, threshold: number): Alarm => {
      const alarm = new Alarm(this, pascal(name), {
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: `${says}. What to do: docs/operations.md, "${name}".`,
      });
      alarm.addAlarmAction(new SnsAction(topic));
      return alarm;
    };

    const count = (name: string, minutes = 5) => countOf(name, stage, Duration.minutes(minutes));
    this.reports = [...watched.map(({ name }) => name), ...counted].map((name) => count(name));
    this.all = [
      ...watched.map(({ name, says, from }) => addAlarm(name, says, count(name, from?.minutes), from?.count ?? 1)),
      ...Object.entries(failures).map(([name, queue]) =>
        addAlarm(
          `left-over-${name}`,
          `Work was given up: there is a record in the dead-letter queue of ${name}`,
          queue.metricApproximateNumberOfMessagesVisible({ statistic: "Maximum", period: Duration.minutes(5) }),
          1,
        ),
      ),
      ...unqueued.map(({ name, count, minutes }) =>
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
