import * as z from "zod";
import { polling } from "./assumptions.ts";
import { addUse, type Use } from "./prices.ts";

/** A month of 30 days. */
const minutes = 30 * 24 * 60;
const hours = minutes / 60;

const Reference = z.union([
  z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }).transform((found) => found["Fn::GetAtt"][0]),
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
]);
const Mapping = z.object({ EventSourceArn: Reference, ScalingConfig: z.unknown().optional() });
const DeployedFunction = z.object({ MemorySize: z.number(), TracingConfig: z.object({ Mode: z.string() }).optional() });
const Rule = z.object({
  ScheduleExpression: z.string().regex(/^rate\(\d+ (?:minute|hour)s?\)$/),
  Targets: z.array(z.object({ Arn: Reference, Input: z.string().optional() })).length(1),
});
const Joined = z.object({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) });
const Dashboard = z.object({ DashboardBody: z.union([z.string(), Joined]) });
const Widgets = z.object({
  widgets: z.array(z.object({ properties: z.object({ metrics: z.array(z.unknown()).default([]) }) })),
});

interface Part {
  readonly id: string;
  readonly type: string;
  readonly properties: unknown;
}

/** A month. */
const pollsOf = ({ ScalingConfig }: z.output<typeof Mapping>): number =>
  ((ScalingConfig === undefined ? polling.optimised : polling.limited) * minutes * 60) / polling.wait;

const metricsOf = (properties: unknown): number => {
  const { DashboardBody } = Dashboard.parse(properties);
  const text =
    typeof DashboardBody === "string"
      ? DashboardBody
      : DashboardBody["Fn::Join"][1].map((part) => (typeof part === "string" ? part : "X")).join("");
  return Widgets.parse(JSON.parse(text)).widgets.reduce((sum, { properties: { metrics } }) => sum + metrics.length, 0);
};

const runsOf = (schedule: string): number => {
  const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(schedule) ?? [];
  return (unit === "hour" ? hours : minutes) / Number(count);
};

export interface Content {
  readonly documents: number;
}

/** Of one run while nothing changes. In seconds and requests: the times are estimates, the requests those of the code. */
const runUse = (schedule: string, target: string, { documents }: Content) => {
  if (target.includes("Relay")) return { seconds: 0.1, use: { tableRead: 5 } };
  if (schedule.includes("minute")) return { seconds: 0.2, use: { tableRead: 2 } };
  // The hourly reading reads each document and its rows, and makes the feeds due: a render compares each with its object.
  return {
    seconds: 0.5 + documents * 0.045,
    use: {
      bucketGet: documents + 12,
      bucketPut: Math.ceil(documents / 1_000),
      tableRead: documents * 2 + 10,
      tableWrite: 10,
      invocation: 2,
      gbSecond: 1,
    },
  };
};

export interface Line {
  readonly name: string;
  readonly use: Use;
}

/** What a stack uses in a month in which nothing is published and nobody reads, by its own template. */
export const atRest = (resources: readonly Part[], content: Content): readonly Line[] => {
  const ofType = (type: string) => resources.filter((one) => one.type === type);
  const find = (id: string) => resources.find((one) => one.id === id);
  const mappings = ofType("AWS::Lambda::EventSourceMapping").map(({ properties }) => Mapping.parse(properties));
  const queues = mappings.filter(({ EventSourceArn }) => find(EventSourceArn)?.type === "AWS::SQS::Queue");
  const scheduled = ofType("AWS::Events::Rule").map(({ id, properties }): Line => {
    const { ScheduleExpression, Targets } = Rule.parse(properties);
    const target = Targets[0]?.Arn ?? "";
    const { MemorySize, TracingConfig } = DeployedFunction.parse(find(target)?.properties);
    const runs = runsOf(ScheduleExpression);
    const { seconds, use } = runUse(ScheduleExpression, target, content);
    const each: Use = addUse([
      use,
      {
        invocation: 1,
        gbSecond: (seconds * MemorySize) / 1_024,
        logGb: 500 / 1e9,
        trace: TracingConfig?.Mode === "Active" ? 1 : 0,
      },
    ]);
    return {
      name: `${ScheduleExpression} ${id.replace(/[0-9A-F]{8}$/, "")}`,
      use: Object.fromEntries(Object.entries(each).map(([item, count]) => [item, count * runs])),
    };
  });
  return [
    {
      name: `${queues.length} queues, polled`,
      use: { sqsRequest: queues.reduce((sum, mapping) => sum + pollsOf(mapping), 0) },
    },
    {
      // The sweep asks how much waits in the queues of work: in all but that of the bucket.
      name: "the depth of the queues, each minute",
      use: { sqsRequest: (queues.length - 1) * minutes },
    },
    ...scheduled,
    { name: "alarms", use: { alarm: ofType("AWS::CloudWatch::Alarm").length } },
    {
      name: "dashboards",
      // One with more than 50 metrics is none of the free ones.
      use: {
        dashboard: ofType("AWS::CloudWatch::Dashboard").reduce(
          (sum, { properties }) => sum + (metricsOf(properties) > 50 ? 4 : 1),
          0,
        ),
      },
    },
    {
      name: "what is stored",
      use: {
        tableGb: content.documents * 6e-6,
        recoveryGb: content.documents * 6e-6,
        bucketGb: 0.01 + content.documents * 2e-5,
      },
    },
  ];
};

/** A post to three accounts: an estimate of all its steps. */
export const ofOnePost: Use = {
  sqsRequest: 20,
  invocation: 7,
  gbSecond: 3,
  logGb: 5e-6,
  trace: 7,
  tableWrite: 60,
  tableRead: 80,
  bucketPut: 15,
  bucketGet: 25,
};

/** Requests of readers, most of them answered by 304 or a compressed feed of 10 KB. */
export const ofReads = (requests: number): Use => ({
  cdnRequest: requests,
  cdnFunction: requests,
  cdnGb: (requests * 5_000) / 1e9,
});
