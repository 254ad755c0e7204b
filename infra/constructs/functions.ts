import { join } from "node:path";
import { Duration, FileSystem } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { secretsOf } from "../../src/domain/deployment-stage.ts";
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
  /** Of the alarms. */
  readonly topic: Topic;
}

/** Every function with its environment, which `src/runtimes/lambda/compose-functions.ts` reads, and its permissions. */
export class Functions extends Construct {
  readonly all: Readonly<Record<FunctionName, EntryPoint>>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    const { stage, logDays, table, bodies, content, feeds, work, topic } = props;
    super(scope, id);
    const { publish, render, deliver } = work.queues;
    const parameters = secretsOf(stage);
    const secrets = parameters.path;
    // Not by the configured names: a policy of IAM has at most 6,144 characters, the names of some 60 accounts.
    const everyAccount = parameters.account("*");
    const seeAccounts = [seeSecret(this, everyAccount)];

    const make = (
      id: FunctionName,
      environment: Readonly<Record<string, string>>,
      permissions: readonly (readonly Permission[])[],
    ): EntryPoint =>
      new EntryPoint(this, `${id.charAt(0).toUpperCase()}${id.slice(1)}`, {
        name: id,
        environment: { STAGE: stage, ...metricsEnvironment, ...environment },
        permissions: [...writeRows(table, rowWrites[id]), ...permissions.flat()],
        logDays,
      });

    const inTable = { TABLE: table.tableName };
    const posts = { ...inTable, BODIES_BUCKET: bodies.bucketName };
    const address = sandboxContext(this);
    const sandbox: Record<string, string> = address === undefined ? {} : { CRIER_SANDBOX: address };
    const rows = (reader: FunctionName) => [readRows(table, reader)];
    const index = (...names: Parameters<typeof queryIndexes>[1]) => [queryIndexes(table, names)];
    const savePosts = writeBodies(bodies);
    const readPosts = readBodies(bodies);

    const documents = { ...posts, CONTENT_BUCKET: content.bucketName };
    const login = { ...posts, ...sandbox, SECRETS_PATH: secrets };
    const token = [readSecret(this, parameters.token)];
    const files = { FEEDS_BUCKET: feeds.bucketName };
    const pictures = `${pictureFolder}*`;
    const media = make("media", files, [writeObjects(feeds, [pictures])]);
    // A failure is tried again by deliver, which waits for two minutes at most.
    media.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const preparing = { ...files, MEDIA_FUNCTION: media.function.functionName };
    // It saves the URL of a copy in the post.
    const delivering = make("deliver", { ...login, ...preparing, ALARM_TOPIC: topic.topicArn }, [
      rows("deliver"),
      // It claims the preparation of a picture, and reads what was prepared.
      writeObjects(feeds, [`${pictures}.json`]),
      readBodies(feeds, pictures),
      [invoke(media.function)],
      // The account's other copies, none of which is that of a delivery without an answer.
      index("state"),
      savePosts,
      [readSecret(this, everyAccount), readSecret(this, parameters.webhook("*"))],
      [tellOwner(topic)],
    ]);
    this.all = {
      ingest: make("ingest", documents, [rows("ingest"), savePosts, readObjects(content)]),
      // The deliveries that are unknown: their networks are asked again.
      reconcile: make("reconcile", documents, [rows("reconcile"), index("state"), savePosts, readObjects(content)]),
      publish: make("publish", { ...login, ...files }, [
        rows("publish"),
        savePosts,
        writeObjects(feeds, [`${receiptFolder}*`, `sites/*/${receiptFolder}*`]),
        seeAccounts,
      ]),
      render: make("render", { ...posts, ...files }, [rows("render"), readPosts, writeObjects(feeds)]),
      deliver: delivering,
      media,
      relay: make(
        "relay",
        {
          ...inTable,
          PUBLISH_QUEUE: publish.queueUrl,
          RENDER_QUEUE: render.queueUrl,
          DELIVER_QUEUE: deliver.queueUrl,
          // What renders: with another program every feed is compared with its files.
          PROGRAM: FileSystem.fingerprint(join(import.meta.dirname, "../../src")),
        },
        [rows("relay"), index("due"), sendWork([publish, render, deliver])],
      ),
      // It reads documents: one that is put by the API must not take the slug of one in the bucket.
      web: make("web", { ...documents, SECRETS_PATH: secrets, DELIVER_FUNCTION: delivering.function.functionName }, [
        rows("web"),
        index("site", "state"),
        savePosts,
        readObjects(content),
        seeAccounts,
        [invoke(delivering.function)],
        token,
      ]),
    };
  }
}
