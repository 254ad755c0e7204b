import { Duration } from "aws-cdk-lib";

export type FunctionName = "ingest" | "publish" | "render" | "deliver" | "relay" | "web";

/** The functions of the stack: those, and ingest once more for the hourly run, which takes longer. */
export type DeployedName = FunctionName | "reconcile";

export interface Limits {
  readonly timeout: Duration;
  /** MB; a function's share of a CPU grows with it. */
  readonly memory: number;
}

export const limits: Readonly<Record<FunctionName, Limits>> = {
  ingest: { timeout: Duration.seconds(30), memory: 1024 },
  publish: { timeout: Duration.seconds(30), memory: 512 },
  render: { timeout: Duration.seconds(60), memory: 1024 },
  deliver: { timeout: Duration.seconds(60), memory: 512 },
  relay: { timeout: Duration.seconds(30), memory: 512 },
  // An HTTP API gives up after 30 s ("Amazon API Gateway quotas").
  web: { timeout: Duration.seconds(29), memory: 1024 },
};

/** Every document of the bucket, one after another: some 20,000 in this time, the most that a function has. */
export const reconcileLimits: Limits = { timeout: Duration.minutes(15), memory: 1024 };
