import { Duration } from "aws-cdk-lib";

export type FunctionName =
  | "ingest"
  | "reconcile"
  | "publish"
  | "render"
  | "deliver"
  | "relay"
  | "web"
  | "console"
  | "media";

interface Limits {
  readonly timeout: Duration;
  /** In MB. Lambda gives CPU in proportion to memory. */
  readonly memory: number;
}

export const limits: Readonly<Record<FunctionName, Limits>> = {
  ingest: { timeout: Duration.seconds(30), memory: 1024 },
  // After an update it reads every document of the bucket, one after another: about 20,000 within Lambda's longest
  // timeout.
  reconcile: { timeout: Duration.minutes(15), memory: 1024 },
  publish: { timeout: Duration.seconds(30), memory: 512 },
  render: { timeout: Duration.seconds(60), memory: 1024 },
  deliver: { timeout: Duration.seconds(60), memory: 512 },
  relay: { timeout: Duration.seconds(30), memory: 512 },
  // It must be below the timeout of an HTTP API, which is 30 s ("Amazon API Gateway quotas").
  web: { timeout: Duration.seconds(29), memory: 1024 },
  console: { timeout: Duration.seconds(10), memory: 512 },
  // It ends before another run may claim its picture (src/domain/picture.ts). With this memory it has a whole CPU, and
  // room for the largest picture, decoded with 16 bits a channel.
  media: { timeout: Duration.seconds(40), memory: 1769 },
};
