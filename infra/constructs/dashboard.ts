import { Duration } from "aws-cdk-lib";
import type { Distribution } from "aws-cdk-lib/aws-cloudfront";
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Metric,
} from "aws-cdk-lib/aws-cloudwatch";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { FunctionName } from "../limits.ts";
import type { EntryPoint } from "./entry-point.ts";

export interface DashboardProps {
  readonly alarms: readonly Alarm[];
  readonly reports: readonly IMetric[];
  readonly queues: Readonly<Record<string, Queue>>;
  readonly failures: Queue;
  readonly functions: Readonly<Record<FunctionName, EntryPoint>>;
  readonly table: TableV2;
  readonly distribution: Distribution;
}

const period = Duration.minutes(5);
const graph = (title: string, left: readonly IMetric[], right: readonly IMetric[] = []): IWidget =>
  new GraphWidget({ title, left: [...left], right: [...right], width: 12, height: 6 });

/** The dashboard with alarms, waiting work, functions and readers. With more than 50 metrics it would not be free. */
export class Dashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { alarms, reports, queues, failures, functions, table, distribution }: DashboardProps,
  ) {
    super(scope, id);
    const each = <Of>(some: Readonly<Record<string, Of>>, metric: (one: Of, label: string) => IMetric) =>
      Object.entries(some).map(([label, one]) => metric(one, label));
    new CloudWatchDashboard(this, "Dashboard", {
      defaultInterval: Duration.days(1),
      widgets: [
        [new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: 24, height: 4 })],
        [
          graph("What the functions report", reports),
          graph(
            "Age of the oldest waiting work, in seconds",
            each(queues, (one, label) => one.metricApproximateAgeOfOldestMessage({ label, period })),
          ),
        ],
        [
          graph("Records that were given up", [
            failures.metricApproximateNumberOfMessagesVisible({ label: "left over", statistic: "Maximum", period }),
          ]),
          graph(
            "Functions: errors (left), runs of the relay (right)",
            each(functions, (one, label) => one.function.metricErrors({ label, period })),
            [functions.relay.function.metricInvocations({ label: "relay runs", period })],
          ),
        ],
        [
          graph(
            "Functions: duration, 95th percentile, in ms",
            each(functions, (one, label) => one.function.metricDuration({ label, statistic: "p95", period })),
          ),
          graph("Table: consumed capacity units", [
            table.metricConsumedReadCapacityUnits({ label: "read", period }),
            table.metricConsumedWriteCapacityUnits({ label: "written", period }),
          ]),
        ],
        [
          graph("Readers: requests", [
            // The metrics of CloudFront are in us-east-1 only.
            new Metric({
              namespace: "AWS/CloudFront",
              metricName: "Requests",
              dimensionsMap: { DistributionId: distribution.distributionId, Region: "Global" },
              region: "us-east-1",
              statistic: "Sum",
              period,
            }),
          ]),
        ],
      ],
    });
  }
}
