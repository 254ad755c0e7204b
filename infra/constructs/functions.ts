import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { FunctionName } from "../limits.ts";
import { EntryPoint } from "./entry-point.ts";
import { type Right, readObjects, readSecrets, sendWork, useTable, writeObjects } from "./rights.ts";
import type { Work } from "./work.ts";

export interface FunctionsProps {
  readonly stage: string;
  readonly accounts: readonly string[];
  readonly table: Table;
  readonly bodies: Bucket;
  readonly content: Bucket;
  readonly feeds: Bucket;
  readonly work: Work;
}

/** Each function with what it is told (the schema is in `src/compose.ts`) and what it may do. */
export class Functions extends Construct {
  readonly ingest: NodejsFunction;
  readonly publish: NodejsFunction;
  readonly render: NodejsFunction;
  readonly deliver: NodejsFunction;
  readonly relay: NodejsFunction;
  readonly web: NodejsFunction;

  constructor(scope: Construct, id: string, { stage, accounts, table, bodies, content, feeds, work }: FunctionsProps) {
    super(scope, id);
    const { post, feed, delivery } = work.queues;
    const secrets = `/crier/${stage}`;
    const logins = readSecrets(
      this,
      accounts.map((name) => `${secrets}/accounts/${name}`),
    );

    const make = (name: FunctionName, environment: Readonly<Record<string, string>>, ...rights: (readonly Right[])[]) =>
      new EntryPoint(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
        name,
        environment: { STAGE: stage, TABLE: table.tableName, ...environment },
        rights: [useTable(table), ...rights].flat(),
      }).function;

    const posts = { BODIES_BUCKET: bodies.bucketName };
    // Only the deployment check sets it (`-c sandbox=http://127.0.0.1:PORT`): accounts without a secret post there.
    const context: unknown = this.node.tryGetContext("sandbox");
    const sandbox: Record<string, string> = typeof context === "string" ? { CRIER_SANDBOX: context } : {};
    const savePosts = writeObjects(bodies);
    const readPosts = readObjects(bodies);

    this.ingest = make("ingest", { ...posts, CONTENT_BUCKET: content.bucketName }, savePosts, readObjects(content));
    this.publish = make("publish", { ...posts, ...sandbox, SECRETS_PATH: secrets }, savePosts, logins);
    this.render = make("render", { ...posts, FEEDS_BUCKET: feeds.bucketName }, readPosts, writeObjects(feeds));
    this.deliver = make("deliver", { ...posts, ...sandbox, SECRETS_PATH: secrets }, readPosts, logins);
    this.relay = make(
      "relay",
      { POST_QUEUE: post.queueUrl, FEED_QUEUE: feed.queueUrl, DELIVERY_QUEUE: delivery.queueUrl },
      sendWork([post, feed, delivery]),
    );
    const token = readSecrets(this, [`${secrets}/token`]);
    this.web = make(
      "web",
      { ...posts, CONTENT_BUCKET: content.bucketName, SECRETS_PATH: secrets },
      savePosts,
      // A document that is put by the API must not take a slug from one that lives in the bucket.
      readObjects(content),
      logins,
      token,
    );
  }
}
