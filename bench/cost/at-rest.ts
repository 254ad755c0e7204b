import * as z from "zod";
import { polling } from "./assumptions.ts";
import { addUse, items, type Use } from "./prices.ts";

/** A month of 30 days. */
const minutes = 30 * 24 * 60;
const hours = minutes / 60;

const Reference = z.union([
  z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }).transform((found) => found["Fn::GetAtt"][0]),
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
]);
const Mapping = z.object({ EventSourceArn: Reference, ScalingConfig: z.unknown().optional() });
const DeployedFunction = z.object({ MemorySize: z.number() });
const Rule = z.object({
  ScheduleExpression: z.string().regex(/^rate\(\d+ (?:minute|hour)s?\)$/),
  Targets: z.array(z.object({ Arn: Reference, Input: z.string().optional() })).length(1),
});
const Joined = z.object({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) });
const Dashboard = z.object({ DashboardBody: z.union([z.string(), Joined]) });
const Widgets = z.object({
  widgets: z.array(z.object({ properties: z.object({ metrics: z.array(z.unknown()).default([]) }) })),
});

export interface Part {
  readonly id: string;
  readonly type: string;
  readonly properties: unknown;
}

/** A month. */
const pollsOf = ({ ScalingConfig }: z.output<typeof Mapping>, quiet: number): number =>
  ((ScalingConfig === undefined ? quiet : polling.limited) * minutes * 60) / polling.wait;

const share = (use: Use, of: number): Use => Object.fromEntries(items.map((item) => [item, (use[item] ?? 0) / of]));

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
  /** 1 by default. */
  readonly sites?: number;
  /** Long polls that are open at a quiet queue. AWS promises "as few as" `polling.least`, which is the default. */
  readonly polls?: number;
}

/** The number of feeds that a site has: an estimate. */
const feeds = 20;
/** Once a week a render of each feed of a site compares its 12 files, and reads 20 posts. */
const audit: Use = {
  invocation: feeds / 2,
  gbSecond: feeds,
  bucketGet: 12 * feeds,
  tableRead: 60 * feeds,
  tableWrite: 4 * feeds,
};

/** The relay asks for the main feed of each site (`watchReaders`), as many at a time as this. */
const askedEvery = 15;
const askedAtATime = 20;
/** Seconds until the last of those has answered: an estimate. */
const ofAsking = 0.4;

/**
 * CloudFront keeps a file for a minute, so that each of these requests reaches the bucket. The answer is one byte and its
 * headers.
 */
const askingOf = (sites: number, relay: number): Use => {
  const requests = (sites * minutes) / askedEvery;
  const inATurn = Math.ceil(sites / askedEvery);
  const turns = (minutes * Math.min(sites, askedEvery)) / askedEvery;
  return {
    gbSecond: turns * Math.ceil(inATurn / askedAtATime) * ofAsking * relay,
    cdnRequest: requests,
    cdnFunction: requests,
    bucketGet: requests,
    cdnGb: (requests * 1_000) / 1e9,
  };
};

/**
 * Counts one run while nothing changes, in seconds and requests: the times are estimates, the requests those of the code. What
 * is done less often is divided among the runs.
 */
const runUse = (schedule: string, target: string, { documents, sites = 1 }: Content): { seconds: number; use: Use } => {
  if (target.includes("Relay"))
    // Four parts of the index, for the sweep and for what is long overdue, and how far sweep and audit have come.
    return { seconds: 0.1, use: addUse([{ tableRead: 6 }, share(audit, (7 * 24 * 60) / sites)]) };
  if (schedule.includes("minute")) return { seconds: 0.2, use: { tableRead: 2 } };
  // The bucket is listed; once a day the rows of the documents are compared with it, 16 of them in a unit of 4 KB.
  const compared = documents / 16 / 24;
  return {
    seconds: 0.5 + documents * 0.000_2,
    use: { bucketPut: Math.ceil(documents / 1_000), tableRead: 5 + compared, tableWrite: 2 / 24 },
  };
};

export interface Line {
  readonly name: string;
  readonly use: Use;
}

/** Counts from its template what a stack uses in a month in which nothing is published and nobody reads. */
export const atRest = (resources: readonly Part[], content: Content): readonly Line[] => {
  const ofType = (type: string) => resources.filter((one) => one.type === type);
  const find = (id: string) => resources.find((one) => one.id === id);
  const mappings = ofType("AWS::Lambda::EventSourceMapping").map(({ properties }) => Mapping.parse(properties));
  const queues = mappings.filter(({ EventSourceArn }) => find(EventSourceArn)?.type === "AWS::SQS::Queue");
  const scheduled = ofType("AWS::Events::Rule").map(({ id, properties }): Line => {
    const { ScheduleExpression, Targets } = Rule.parse(properties);
    const target = Targets[0]?.Arn ?? "";
    const { MemorySize } = DeployedFunction.parse(find(target)?.properties);
    const runs = runsOf(ScheduleExpression);
    const { seconds, use } = runUse(ScheduleExpression, target, content);
    const each: Use = addUse([use, { invocation: 1, gbSecond: (seconds * MemorySize) / 1_024, logGb: 500 / 1e9 }]);
    return {
      name: `${ScheduleExpression} ${id.replace(/[0-9A-F]{8}$/, "")}`,
      use: Object.fromEntries(Object.entries(each).map(([item, count]) => [item, count * runs])),
    };
  });
  const relay =
    DeployedFunction.parse(ofType("AWS::Lambda::Function").find(({ id }) => id.includes("Relay"))?.properties)
      .MemorySize / 1_024;
  return [
    {
      name: `${queues.length} queues, polled`,
      use: { sqsRequest: queues.reduce((sum, one) => sum + pollsOf(one, content.polls ?? polling.least), 0) },
    },
    ...scheduled,
    {
      name: "the main feed of each site, asked for every 15 minutes",
      use: askingOf(content.sites ?? 1, relay),
    },
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

/** A post with a picture to three accounts: an estimate of all its steps. */
export const ofOnePost: Use = {
  sqsRequest: 26,
  invocation: 11,
  gbSecond: 9,
  logGb: 8e-6,
  tableWrite: 66,
  tableRead: 92,
  bucketPut: 18,
  bucketGet: 40,
};

/** At most this many rows are read for the first page of the console with 12 accounts (test/console/reads.test.ts). */
export const readsOfView = 120;

/**
 * A month of an editor with 12 accounts, who has the first page of the console open for 22 days of 8 hours: it loads itself
 * once a minute or less often. The time and the size of a view are estimates.
 */
export const ofAnEditor = (): Use => {
  const views = 22 * 8 * 60;
  return {
    apiRequest: views,
    invocation: views,
    gbSecond: views * 0.3 * 0.5,
    tableRead: views * readsOfView,
    cdnRequest: views,
    cdnGb: (views * 15_000) / 1e9,
  };
};

/**
 * Requests of readers, most of them answered by 304 or a compressed feed of 10 KB. Each edge location of CloudFront asks the
 * bucket again a minute after it did: in the worst case for every request.
 */
export const ofReads = (requests: number): Use => ({
  bucketGet: requests,
  cdnRequest: requests,
  cdnFunction: requests,
  cdnGb: (requests * 5_000) / 1e9,
});
