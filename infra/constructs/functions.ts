import { Duration, FileSystem } from "aws-cdk-lib";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import { stageSecrets } from "../../src/domain/installation.ts";
import { pictureFolder } from "../../src/domain/picture.ts";
import { receiptFolder } from "../../src/domain/receipt.ts";
import type { FunctionName } from "../limits.ts";
import { metricsEnvironment } from "../metrics.ts";
import { rowWrites } from "../row-writes.ts";
import { sandboxContext } from "../sandbox-context.ts";
import { EntryPoint } from "./entry-point.ts";
import { programFolder } from "./function-code.ts";
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
  readonly config: Config;
  readonly logDays: number;
  readonly table: TableV2;
  readonly bodies: Bucket;
  readonly content: Bucket;
  readonly feeds: Bucket;
  readonly work: WorkQueues;
  /** The topic of the alarms. */
  readonly topic: Topic;
}

/** The environment variables that several functions share. */
const sharedEnvironment = (
  { table, bodies, content, feeds }: FunctionsProps,
  secretsPath: string,
  sandbox: string | undefined,
) => {
  const inTable = { TABLE: table.tableName };
  const inPosts = { ...inTable, BODIES_BUCKET: bodies.bucketName };
  const inSandbox: Record<string, string> = sandbox === undefined ? {} : { CRIER_SANDBOX: sandbox };
  return {
    inTable,
    inPosts,
    inDocuments: { ...inPosts, CONTENT_BUCKET: content.bucketName },
    inFeeds: { FEEDS_BUCKET: feeds.bucketName },
    inSecrets: { SECRETS_PATH: secretsPath },
    inSandbox,
  };
};

const pictures = `${pictureFolder}*`;

/** Every function with its environment, which `src/runtimes/lambda/compose-functions.ts` reads, and its permissions. */
export class Functions extends Construct {
  readonly all: Readonly<Record<FunctionName, EntryPoint>>;
  readonly #props: FunctionsProps;
  readonly #environment: ReturnType<typeof sharedEnvironment>;
  readonly #parameters: ReturnType<typeof stageSecrets>;
  /**
   * The configured names are not listed: a policy of IAM has at most 6,144 characters, which is the names of about 60
   * accounts.
   */
  readonly #everyAccount: string;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    this.#props = props;
    this.#parameters = stageSecrets(props.stage);
    this.#environment = sharedEnvironment(props, this.#parameters.path, sandboxContext(this));
    this.#everyAccount = this.#parameters.account("*");
    const ingest = this.#ingest();
    const reconcile = this.#reconcile();
    const publish = this.#publish();
    const render = this.#render();
    const media = this.#media();
    const deliver = this.#deliver(media);
    this.all = {
      ingest,
      reconcile,
      publish,
      render,
      deliver,
      media,
      relay: this.#relay(),
      web: this.#web(deliver),
      console: this.#console(deliver),
    };
  }

  #make(
    id: FunctionName,
    environment: Readonly<Record<string, string>>,
    permissions: readonly (Permission | readonly Permission[])[],
  ): EntryPoint {
    const { stage, config, table, logDays } = this.#props;
    return new EntryPoint(this, `${id.charAt(0).toUpperCase()}${id.slice(1)}`, {
      name: id,
      config,
      environment: { STAGE: stage, ...metricsEnvironment, ...environment },
      permissions: [...writeRows(table, rowWrites[id]), ...permissions.flat()],
      logDays,
    });
  }

  #ingest(): EntryPoint {
    const { table, bodies, content } = this.#props;
    return this.#make("ingest", this.#environment.inDocuments, [
      readRows(table, "ingest"),
      writeBodies(bodies),
      readObjects(content),
    ]);
  }

  #reconcile(): EntryPoint {
    const { table, bodies, content } = this.#props;
    return this.#make("reconcile", this.#environment.inDocuments, [
      readRows(table, "reconcile"),
      // It searches the networks again for deliveries whose result is unknown.
      queryIndexes(table, ["state"]),
      writeBodies(bodies),
      readObjects(content),
    ]);
  }

  #publish(): EntryPoint {
    const { table, bodies, feeds } = this.#props;
    const { inPosts, inFeeds, inSecrets, inSandbox } = this.#environment;
    return this.#make("publish", { ...inPosts, ...inFeeds, ...inSecrets, ...inSandbox }, [
      readRows(table, "publish"),
      writeBodies(bodies),
      writeObjects(feeds, [`${receiptFolder}*`, `sites/*/${receiptFolder}*`]),
      seeSecret(this, this.#everyAccount),
    ]);
  }

  #render(): EntryPoint {
    const { table, bodies, feeds } = this.#props;
    const { inPosts, inFeeds } = this.#environment;
    return this.#make("render", { ...inPosts, ...inFeeds }, [
      readRows(table, "render"),
      readBodies(bodies),
      writeObjects(feeds),
    ]);
  }

  #media(): EntryPoint {
    const media = this.#make("media", this.#environment.inFeeds, [writeObjects(this.#props.feeds, [pictures])]);
    // Deliver requests a failed picture again, and waits for it two minutes at most.
    media.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    return media;
  }

  #deliver(media: EntryPoint): EntryPoint {
    const { table, bodies, feeds, topic } = this.#props;
    const { inPosts, inFeeds, inSecrets, inSandbox } = this.#environment;
    const environment = {
      ...inPosts,
      ...inFeeds,
      ...inSecrets,
      ...inSandbox,
      MEDIA_FUNCTION: media.function.functionName,
      ALARM_TOPIC: topic.topicArn,
    };
    return this.#make("deliver", environment, [
      readRows(table, "deliver"),
      // It claims the preparation of a picture, and reads what was prepared.
      writeObjects(feeds, [`${pictures}.json`]),
      readBodies(feeds, pictures),
      invoke(media.function),
      // It reads the account's other copies, because none of them can be the copy of a delivery without an answer.
      queryIndexes(table, ["state"]),
      // It saves the URL of a copy in the post, and how many requests an account has made.
      writeObjects(bodies),
      readSecret(this, this.#everyAccount),
      readSecret(this, this.#parameters.webhook("*")),
      tellOwner(topic),
    ]);
  }

  #relay(): EntryPoint {
    const { table, work } = this.#props;
    const { queues } = work;
    const environment = {
      ...this.#environment.inTable,
      PUBLISH_QUEUE: queues.publish.queueUrl,
      RENDER_QUEUE: queues.render.queueUrl,
      DELIVER_QUEUE: queues.deliver.queueUrl,
      // The hash of the program: when it changes, every feed is compared with its files.
      PROGRAM: FileSystem.fingerprint(programFolder),
    };
    return this.#make("relay", environment, [
      readRows(table, "relay"),
      queryIndexes(table, ["due"]),
      sendWork(Object.values(queues)),
    ]);
  }

  #web(deliver: EntryPoint): EntryPoint {
    const { table, bodies, content } = this.#props;
    const { inDocuments, inSecrets } = this.#environment;
    const environment = { ...inDocuments, ...inSecrets, DELIVER_FUNCTION: deliver.function.functionName };
    return this.#make("web", environment, [
      readRows(table, "web"),
      queryIndexes(table, ["site", "state"]),
      writeBodies(bodies),
      // It reads documents, because one that is put by the API must not take the slug of one in the bucket.
      readObjects(content),
      seeSecret(this, this.#everyAccount),
      invoke(deliver.function),
      readSecret(this, this.#parameters.token),
      readSecret(this, this.#parameters.planToken),
    ]);
  }

  /** Without documents and a client of S3: deliver reads the bodies that are too long for their rows. */
  #console(deliver: EntryPoint): EntryPoint {
    const { table } = this.#props;
    const { inTable, inSecrets } = this.#environment;
    const environment = { ...inTable, ...inSecrets, DELIVER_FUNCTION: deliver.function.functionName };
    return this.#make("console", environment, [
      readRows(table, "console"),
      queryIndexes(table, ["due", "site", "state"]),
      seeSecret(this, this.#everyAccount),
      invoke(deliver.function),
      readSecret(this, this.#parameters.token),
    ]);
  }
}
