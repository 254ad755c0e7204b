import { join } from "node:path";
import { Duration, FileSystem } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { secretsOf } from "../../src/domain/installation.ts";
import { pictureFolder } from "../../src/domain/picture.ts";
import { receiptFolder } from "../../src/domain/receipt.ts";
import type { FunctionName } from "../limits.ts";
import { metricsEnvironment } from "../metrics.ts";
import { rowWrites } from "../row-writes.ts";
import { sandboxContext } from "../sandbox-context.ts";
import { EntryPoint } from "./entry-point.ts";
import {
  invoke,
  type Permission,
  queryIndexes,
  readBodies,
  readObjects,
  readRows,
  readSecret,
  seeSecret,
  sendWork,
  tellOwner,
  writeBodies,
  writeObjects,
  writeRows,
} from "./permissions.ts";
import type { WorkQueues } from "./work-queues.ts";

export interface FunctionsProps {
  readonly stage: string;
  readonly logDays: number;
  readonly table: Table;
  readonly bodies: Bucket;
  readonly content: Bucket;
  readonly feeds: Bucket;
  readonly work: WorkQueues;
  /** The topic of the alarms. */
  readonly topic: Topic;
}

/** Every function with its environment, which `src/runtimes/lambda/compose-functions.ts` reads, and its permissions. */
export class Functions extends Construct {
  readonly all: Readonly<Record<FunctionName, EntryPoint>>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    const { stage, logDays, table, bodies, content, feeds, work, topic } = props;
    super(scope, id);
    const parameters = secretsOf(stage);
    const address = sandboxContext(this);

    const make = (
      id: FunctionName,
      environment: Readonly<Record<string, string>>,
      permissions: readonly (Permission | readonly Permission[])[],
    ): EntryPoint =>
      new EntryPoint(this, `${id.charAt(0).toUpperCase()}${id.slice(1)}`, {
        name: id,
        environment: { STAGE: stage, ...metricsEnvironment, ...environment },
        permissions: [...writeRows(table, rowWrites[id]), ...permissions.flat()],
        logDays,
      });

    const inTable = { TABLE: table.tableName };
    const inPosts = { ...inTable, BODIES_BUCKET: bodies.bucketName };
    const inDocuments = { ...inPosts, CONTENT_BUCKET: content.bucketName };
    const inFeeds = { FEEDS_BUCKET: feeds.bucketName };
    const inSecrets = { SECRETS_PATH: parameters.path };
    const inSandbox: Record<string, string> = address === undefined ? {} : { CRIER_SANDBOX: address };

    // The configured names are not listed: a policy of IAM has at most 6,144 characters, which is the names of about 60 accounts.
    const everyAccount = parameters.account("*");
    const pictures = `${pictureFolder}*`;

    const ingest = make("ingest", inDocuments, [readRows(table, "ingest"), writeBodies(bodies), readObjects(content)]);

    const reconcile = make("reconcile", inDocuments, [
      readRows(table, "reconcile"),
      // It searches the networks again for deliveries whose result is unknown.
      queryIndexes(table, ["state"]),
      writeBodies(bodies),
      readObjects(content),
    ]);

    const publish = make("publish", { ...inPosts, ...inFeeds, ...inSecrets, ...inSandbox }, [
      readRows(table, "publish"),
      writeBodies(bodies),
      writeObjects(feeds, [`${receiptFolder}*`, `sites/*/${receiptFolder}*`]),
      seeSecret(this, everyAccount),
    ]);

    const render = make("render", { ...inPosts, ...inFeeds }, [
      readRows(table, "render"),
      readBodies(bodies),
      writeObjects(feeds),
    ]);

    const media = make("media", inFeeds, [writeObjects(feeds, [pictures])]);
    // Deliver requests a failed picture again, and waits for it two minutes at most.
    media.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });

    const deliver = make(
      "deliver",
      {
        ...inPosts,
        ...inFeeds,
        ...inSecrets,
        ...inSandbox,
        MEDIA_FUNCTION: media.function.functionName,
        ALARM_TOPIC: topic.topicArn,
      },
      [
        readRows(table, "deliver"),
        // It claims the preparation of a picture, and reads what was prepared.
        writeObjects(feeds, [`${pictures}.json`]),
        readBodies(feeds, pictures),
        invoke(media.function),
        // It reads the account's other copies, because none of them can be the copy of a delivery without an answer.
        queryIndexes(table, ["state"]),
        // It saves the URL of a copy in the post.
        writeBodies(bodies),
        readSecret(this, everyAccount),
        readSecret(this, parameters.webhook("*")),
        tellOwner(topic),
      ],
    );

    const { queues } = work;
    const relay = make(
      "relay",
      {
        ...inTable,
        PUBLISH_QUEUE: queues.publish.queueUrl,
        RENDER_QUEUE: queues.render.queueUrl,
        DELIVER_QUEUE: queues.deliver.queueUrl,
        // The hash of the source: when it changes, every feed is compared with its files.
        PROGRAM: FileSystem.fingerprint(join(import.meta.dirname, "../../src")),
      },
      [readRows(table, "relay"), queryIndexes(table, ["due"]), sendWork(Object.values(queues))],
    );

    const web = make("web", { ...inDocuments, ...inSecrets, DELIVER_FUNCTION: deliver.function.functionName }, [
      readRows(table, "web"),
      queryIndexes(table, ["site", "state"]),
      writeBodies(bodies),
      // It reads documents, because one that is put by the API must not take the slug of one in the bucket.
      readObjects(content),
      seeSecret(this, everyAccount),
      invoke(deliver.function),
      readSecret(this, parameters.token),
    ]);

    this.all = { ingest, reconcile, publish, render, deliver, media, relay, web };
  }
}
