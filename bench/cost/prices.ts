/**
 * The day on which all of these prices were written down, by what was known of AWS's lists: the pages themselves were not
 * read on that day. Those of `apiGb` and `cdnOriginGb` were added on 2026-12-01 in the same way. Whoever compares a list
 * with its page sets the day of all of them, once all are compared.
 */
export const pricesWrittenOn = "2026-11-26";

/**
 * List prices of us-east-1 in US dollars, without tax, and those of CloudFront in the United States: other places have
 * higher ones, and who sends a request chooses the place. `free` is what AWS gives every account each month
 * without end; what is free for a new account only is left out.
 */
interface Price {
  /** The price of one unit. */
  readonly dollars: number;
  /** Units a month. */
  readonly free: number;
  readonly unit: string;
  readonly source: string;
}

const million = 1_000_000;

export const prices = {
  sqsRequest: { dollars: 0.4 / million, free: million, unit: "SQS requests", source: "aws.amazon.com/sqs/pricing" },
  invocation: {
    dollars: 0.2 / million,
    free: million,
    unit: "Lambda invocations",
    source: "aws.amazon.com/lambda/pricing",
  },
  gbSecond: {
    dollars: 0.0000133334,
    free: 400_000,
    unit: "Lambda GB-seconds, arm64",
    source: "aws.amazon.com/lambda/pricing",
  },
  apiRequest: {
    dollars: 1 / million,
    free: 0,
    unit: "requests at the HTTP API, each 512 KB of one",
    source: "aws.amazon.com/api-gateway/pricing",
  },
  apiGb: {
    dollars: 0.09,
    free: 100,
    unit: "GB from the HTTP API to the internet",
    source: "aws.amazon.com/ec2/pricing/on-demand",
  },
  alarm: { dollars: 0.1, free: 10, unit: "CloudWatch alarms", source: "aws.amazon.com/cloudwatch/pricing" },
  dashboard: {
    dollars: 3,
    free: 3,
    unit: "CloudWatch dashboards, at most 50 metrics each",
    source: "aws.amazon.com/cloudwatch/pricing",
  },
  logGb: { dollars: 0.5, free: 5, unit: "GB of logs", source: "aws.amazon.com/cloudwatch/pricing" },
  tableRead: {
    dollars: 0.125 / million,
    free: 0,
    unit: "DynamoDB read units, on demand",
    source: "aws.amazon.com/dynamodb/pricing/on-demand",
  },
  tableWrite: {
    dollars: 0.625 / million,
    free: 0,
    unit: "DynamoDB write units, on demand",
    source: "aws.amazon.com/dynamodb/pricing/on-demand",
  },
  tableGb: {
    dollars: 0.25,
    free: 25,
    unit: "GB in the table",
    source: "aws.amazon.com/dynamodb/pricing/on-demand",
  },
  recoveryGb: {
    dollars: 0.2,
    free: 0,
    unit: "GB of point-in-time recovery",
    source: "aws.amazon.com/dynamodb/pricing/on-demand",
  },
  bucketPut: { dollars: 0.005 / 1_000, free: 0, unit: "S3 puts and lists", source: "aws.amazon.com/s3/pricing" },
  bucketGet: { dollars: 0.0004 / 1_000, free: 0, unit: "S3 gets", source: "aws.amazon.com/s3/pricing" },
  bucketGb: { dollars: 0.023, free: 0, unit: "GB in buckets", source: "aws.amazon.com/s3/pricing" },
  cdnRequest: {
    dollars: 1 / million,
    free: 10 * million,
    unit: "CloudFront requests",
    source: "aws.amazon.com/cloudfront/pricing",
  },
  cdnFunction: {
    dollars: 0.1 / million,
    free: 2 * million,
    unit: "CloudFront function runs",
    source: "aws.amazon.com/cloudfront/pricing",
  },
  cdnGb: {
    dollars: 0.085,
    free: 1_024,
    unit: "GB from CloudFront",
    source: "aws.amazon.com/cloudfront/pricing",
  },
  cdnOriginGb: {
    dollars: 0.02,
    free: 0,
    unit: "GB of bodies from CloudFront to the HTTP API",
    source: "aws.amazon.com/cloudfront/pricing",
  },
} as const satisfies Readonly<Record<string, Price>>;

export type Item = keyof typeof prices;
export const items: readonly Item[] = Object.keys(prices).filter((name): name is Item => name in prices);
export type Use = Readonly<Partial<Record<Item, number>>>;

export const addUse = (uses: readonly Use[]): Use =>
  Object.fromEntries(items.map((item) => [item, uses.reduce((sum, use) => sum + (use[item] ?? 0), 0)]));

const paid = (item: Item, count: number): number => Math.max(0, count - prices[item].free) * prices[item].dollars;

/**
 * Returns the cost that a stage adds to the bill of an account whose other stages use `others`. The free amounts are
 * shared by all stages.
 */
export const dollarsOf = (use: Use, others: Use = {}): Use =>
  Object.fromEntries(
    items.map((item) => {
      const before = others[item] ?? 0;
      return [item, paid(item, before + (use[item] ?? 0)) - paid(item, before)];
    }),
  );

/** Returns the highest cost that a stage can add: nothing is left of the free amounts. */
export const mostDollarsOf = (use: Use): Use =>
  Object.fromEntries(items.map((item) => [item, (use[item] ?? 0) * prices[item].dollars]));

export const sumOf = (use: Use): number => items.reduce((sum, item) => sum + (use[item] ?? 0), 0);
