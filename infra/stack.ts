import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Api } from "./constructs/api.ts";
import { Content } from "./constructs/content.ts";
import { FeedFiles } from "./constructs/feed-files.ts";
import { Functions } from "./constructs/functions.ts";
import { Relay } from "./constructs/relay.ts";
import { Truth } from "./constructs/truth.ts";
import { Work } from "./constructs/work.ts";

export interface CrierProps extends StackProps {
  readonly stage: string;
  /** The names of the configured accounts: each one's secret is a parameter of its own. */
  readonly accounts: readonly string[];
}

/** All of Crier in one account and region. It only wires; each concern is a construct. */
export class CrierStack extends Stack {
  constructor(scope: Construct, id: string, { stage, accounts, ...props }: CrierProps) {
    super(scope, id, { description: "Crier: feeds and social posts from documents", ...props });
    const { table, bodies } = new Truth(this, "Truth");
    const content = new Content(this, "Content");
    const { bucket: feeds } = new FeedFiles(this, "Feeds");
    const work = new Work(this, "Work");
    const functions = new Functions(this, "Functions", {
      stage,
      accounts,
      table,
      bodies,
      content: content.bucket,
      feeds,
      work,
    });

    content.feed(functions.ingest);
    work.feed({ post: functions.publish, feed: functions.render, delivery: functions.deliver });
    new Relay(this, "Relay", { table, relay: functions.relay });
    const { url } = new Api(this, "Api", { web: functions.web });

    new CfnOutput(this, "UploadBucket", { value: content.bucket.bucketName, description: "Put documents here" });
    new CfnOutput(this, "FeedsBucket", { value: feeds.bucketName, description: "The rendered feeds" });
    new CfnOutput(this, "ApiUrl", { value: url, description: "API, webhooks and console" });
  }
}
