import { Annotations, CfnOutput, Names, RemovalPolicies, Tags } from "aws-cdk-lib";
import type { Distribution } from "aws-cdk-lib/aws-cloudfront";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { type ConfigInput, servedPaths } from "../src/config.ts";
import { defaultStage, isDisposable } from "../src/domain/installation.ts";
import { rowFormat } from "../src/store/row-format.ts";
import { checkConfig } from "./check-config.ts";
import { Alarms } from "./constructs/alarms.ts";
import { Api } from "./constructs/api.ts";
import { Cdn } from "./constructs/cdn.ts";
import { Content } from "./constructs/content-bucket.ts";
import { Dashboard, type DashboardProps } from "./constructs/dashboard.ts";
import { Database } from "./constructs/database.ts";
import { FeedFiles } from "./constructs/feed-files.ts";
import { FeedPolls } from "./constructs/feed-polls.ts";
import { Functions } from "./constructs/functions.ts";
import { LoginChecks } from "./constructs/login-checks.ts";
import { Notifications } from "./constructs/notifications.ts";
import { RelayTriggers } from "./constructs/relay-triggers.ts";
import { StorageNames } from "./constructs/storage-names.ts";
import { FailedRecords } from "./constructs/work-queue.ts";
import { WorkQueues } from "./constructs/work-queues.ts";
import { sandboxContext } from "./sandbox-context.ts";

export interface CrierProps {
  /** The export of `crier.config.ts`. It is checked: each mistake is a line of the error. */
  readonly config: ConfigInput;
  /**
   * The name that `npx crier token --stage` and other commands find it by: only one Crier of an account and region may
   * have it. `production` by default.
   */
  readonly stage?: string;
}

/** All of Crier, for any stack. It only connects constructs, of which each has one concern. */
export class Crier extends Construct {
  readonly table: TableV2;
  /** The bucket that documents are uploaded to. */
  readonly content: Bucket;
  /** The bucket of the rendered files. */
  readonly feeds: Bucket;
  readonly distribution: Distribution;
  /** The topic of the alarms. */
  readonly topic: Topic;
  /** The page for readers. The main feed is at `feed.xml` below it. */
  readonly feedsUrl: string;

  constructor(scope: Construct, id: string, { config: input, stage = defaultStage }: CrierProps) {
    super(scope, id);
    const checked = checkConfig(input, stage);
    if ("problems" in checked) throw new Error(checked.problems.join("\n"));
    const { config, warnings } = checked;
    for (const warning of warnings) Annotations.of(this).addInfo(warning);
    // cfn-lint's schema of a dashboard has no tags.
    Tags.of(this).add("crier:stage", stage, { excludeResourceTypes: ["AWS::CloudWatch::Dashboard"] });
    if (isDisposable(stage)) RemovalPolicies.of(this).destroy();
    const { logDays, alarmEmail, monthlyBudget, redirects, domain } = config.deployment;
    const { table, bodies } = new Database(this, "Database");
    const { queue: failures } = new FailedRecords(this, "Failures");
    const content = new Content(this, "Content", { failures });
    const { bucket: feeds } = new FeedFiles(this, "Feeds");
    new StorageNames(this, "Storage", { stage, table, bodies, feeds });
    const work = new WorkQueues(this, "Work", { failures });
    const { topic } = new Notifications(this, "Notifications", { email: alarmEmail, budget: monthlyBudget });
    const { all: functions } = new Functions(this, "Functions", {
      stage,
      config,
      logDays,
      table,
      bodies,
      content: content.bucket,
      feeds,
      work,
      topic,
    });

    const { ingest, reconcile, publish, render, deliver, relay, web, console } = functions;
    content.addWorkers(ingest.function, reconcile.function);
    if (config.sites.some(({ sources }) => sources.some(({ kind }) => kind === "feed")))
      new FeedPolls(this, "FeedPolls", { reconcile: reconcile.function });
    work.addWorkers({ publish: publish.function, render: render.function, deliver: deliver.function });
    new LoginChecks(this, "LoginChecks", { deliver: deliver.function });
    new RelayTriggers(this, "Relay", { table, relay: relay.function });
    const api = new Api(this, "Api", { web: web.function, console: console.function, logDays });
    const { distribution, host } = new Cdn(this, "Cdn", {
      // The name of the stack, with the path of this construct unless its id is Default.
      name: Names.uniqueResourceName(this, { maxLength: 64, separator: "-", allowedSpecialCharacters: "-" }),
      feeds,
      api: api.host,
      redirects,
      paths: servedPaths(config),
      // A host can belong to one distribution only, so other stages use that of CloudFront.
      domain: domain?.stage === stage ? domain : undefined,
    });

    // The host of the API, and of all feeds without a configured one. The distribution refers to the API and not to its
    // function, so the function can refer to the host without a cycle.
    for (const { function: namesHost } of [render, web, console, deliver]) namesHost.addEnvironment("FEEDS_HOST", host);
    // It asks for the feeds as readers do. The deployment check has no CloudFront that answers.
    if (sandboxContext(this) === undefined) relay.function.addEnvironment("FEEDS_HOST", host);

    this.#watch(stage, topic, api, {
      failures,
      functions,
      table,
      distribution,
      queues: { documents: content.changes.queue, ...work.queues },
    });
    this.table = table;
    this.content = content.bucket;
    this.feeds = feeds;
    this.distribution = distribution;
    this.topic = topic;
    this.feedsUrl = `https://${host}/`;
    this.#addOutputs(host);
  }

  #watch(stage: string, topic: Topic, api: Api, watched: Omit<DashboardProps, "alarms" | "reports">): void {
    const { failures, functions } = watched;
    const { all: alarms, reports } = new Alarms(this, "Alarms", {
      stage,
      topic,
      functions,
      failures,
      serverErrors: api.serverErrors,
      slow: watched.distribution,
    });
    // Three dashboards of an account are free. A further one would cost more than everything else of its stage.
    if (stage === defaultStage) new Dashboard(this, "Dashboard", { alarms, reports, ...watched });
  }

  #addOutputs(host: string): void {
    const outputs: Readonly<Record<string, readonly [value: string, description: string]>> = {
      FeedsUrl: [
        this.feedsUrl,
        "The page for readers; the main feed is at /feed.xml, /atom.xml and /feed.json below it",
      ],
      UploadBucket: [this.content.bucketName, "Put documents here"],
      ApiUrl: [`https://${host}`, "The API: the CRIER_URL of `npx crier`"],
      FeedsBucket: [this.feeds.bucketName, "The rendered files"],
      CdnHost: [this.distribution.distributionDomainName, "The target of the CNAME record for a domain of your own"],
      Table: [this.table.tableName, "All that Crier knows; switch its deletion protection on"],
      AlarmTopic: [this.topic.topicArn, "The SNS topic of the alarms"],
      RowFormat: [String(rowFormat.version), "The format of the rows: an older one is not deployed over it"],
    };
    for (const [name, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, name, { value, description });
  }
}
