import { CfnOutput, RemovalPolicies, Stack, type StackProps, Tags } from "aws-cdk-lib";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Config } from "../src/config.ts";
import { defaultStage, isDisposable } from "../src/domain/installation.ts";
import { Alarms } from "./constructs/alarms.ts";
import { Api } from "./constructs/api.ts";
import { Cdn } from "./constructs/cdn.ts";
import { Content } from "./constructs/content-bucket.ts";
import { Dashboard, type DashboardProps } from "./constructs/dashboard.ts";
import { Database } from "./constructs/database.ts";
import { FeedFiles } from "./constructs/feed-files.ts";
import { FeedPolls } from "./constructs/feed-polls.ts";
import { Functions } from "./constructs/functions.ts";
import { Notifications } from "./constructs/notifications.ts";
import { RelayTriggers } from "./constructs/relay-triggers.ts";
import { StorageNames } from "./constructs/storage-names.ts";
import { FailedRecords } from "./constructs/work-queue.ts";
import { WorkQueues } from "./constructs/work-queues.ts";

export interface CrierProps extends StackProps {
  readonly stage: string;
  /** The configured paths of feeds, with the files that are served there. */
  readonly paths: Readonly<Record<string, string>>;
  /** A site has a feed as a source. */
  readonly pollsFeeds: boolean;
  readonly deployment: Config["deployment"];
}

/** All of Crier in one account and region. It only connects constructs, of which each has one concern. */
export class CrierStack extends Stack {
  constructor(scope: Construct, id: string, given: CrierProps) {
    const { stage, paths, pollsFeeds, deployment, ...props } = given;
    super(scope, id, {
      description: "Crier: feeds and social posts from documents",
      terminationProtection: stage === defaultStage,
      ...props,
    });
    // cfn-lint's schema of a dashboard has no tags.
    Tags.of(this).add("crier:stage", stage, { excludeResourceTypes: ["AWS::CloudWatch::Dashboard"] });
    if (isDisposable(stage)) RemovalPolicies.of(this).destroy();
    const { logDays, alarmEmail, monthlyBudget, redirects, domain } = deployment;
    const { table, bodies } = new Database(this, "Database");
    const { queue: failures } = new FailedRecords(this, "Failures");
    const content = new Content(this, "Content", { failures });
    const { bucket: feeds } = new FeedFiles(this, "Feeds");
    new StorageNames(this, "Storage", { stage, table, bodies, feeds });
    const work = new WorkQueues(this, "Work", { failures });
    const { topic } = new Notifications(this, "Notifications", { email: alarmEmail, budget: monthlyBudget });
    const { all: functions } = new Functions(this, "Functions", {
      stage,
      logDays,
      table,
      bodies,
      content: content.bucket,
      feeds,
      work,
      topic,
    });

    const { ingest, reconcile, publish, render, deliver, relay, web } = functions;
    content.addWorkers(ingest.function, reconcile.function);
    if (pollsFeeds) new FeedPolls(this, "FeedPolls", { reconcile: reconcile.function });
    work.addWorkers({ publish: publish.function, render: render.function, deliver: deliver.function });
    new RelayTriggers(this, "Relay", { table, relay: relay.function });
    const api = new Api(this, "Api", { web: web.function, logDays });
    const { distribution, host } = new Cdn(this, "Cdn", {
      feeds,
      api: api.host,
      redirects,
      paths,
      // A host can belong to one distribution only, so other stages use that of CloudFront.
      domain: domain?.stage === stage ? domain : undefined,
    });

    // The host of the API, and of all feeds without a configured one. The distribution refers to the API and not to its
    // function, so the function can refer to the host without a cycle.
    for (const { function: namesHost } of [render, web, deliver]) namesHost.addEnvironment("FEEDS_HOST", host);

    this.#watch(stage, topic, api, {
      failures,
      functions,
      table,
      distribution,
      queues: { documents: content.changes.queue, ...work.queues },
    });
    this.#addOutputs({
      FeedsUrl: [
        `https://${host}/`,
        "The page for readers; the main feed is at /feed.xml, /atom.xml and /feed.json below it",
      ],
      UploadBucket: [content.bucket.bucketName, "Put documents here"],
      ApiUrl: [`https://${host}`, "The API: the CRIER_URL of `npx crier`"],
      FeedsBucket: [feeds.bucketName, "The rendered files"],
      CdnHost: [distribution.distributionDomainName, "The target of the CNAME record for a domain of your own"],
      Table: [table.tableName, "All that Crier knows; switch its deletion protection on"],
      AlarmTopic: [topic.topicArn, "The SNS topic of the alarms"],
    });
  }

  #watch(stage: string, topic: Topic, api: Api, watched: Omit<DashboardProps, "alarms" | "reports">): void {
    const { failures, functions } = watched;
    const { all: alarms, reports } = new Alarms(this, "Alarms", {
      stage,
      topic,
      functions,
      failures,
      serverErrors: api.serverErrors,
    });
    // Three dashboards of an account are free. A further one would cost more than everything else of its stage.
    if (stage === defaultStage) new Dashboard(this, "Dashboard", { alarms, reports, ...watched });
  }

  #addOutputs(outputs: Readonly<Record<string, readonly [value: string, description: string]>>): void {
    for (const [name, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, name, { value, description });
  }
}
