import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { config } from "crier-config";
import type { Hono } from "hono";
import { webApp } from "../../api/http-api.ts";
import { wakeUnknown } from "../../app/deliver/settle.ts";
import { auditSites, watchReaders } from "../../app/render/render-feed.ts";
import type { Ingested } from "../../app/results.ts";
import { advance, sweep, sweepOfQueues, watchOverdue } from "../../app/rows.ts";
import {
  composeDecisionSites,
  composeDeliver,
  composeIngest,
  composeLoginWatch,
  composeNotify,
  composePing,
  composePolls,
  composePublish,
  composeRender,
  composeRequestedPictures,
  composeSites,
  type Dependencies,
  hash,
  mainFeedAddress,
  type PublicFiles,
} from "../../compose.ts";
import { consoleApp } from "../../console/console-app.ts";
import { cacheDuration } from "../../domain/feed.ts";
import { installationOf, secretsIn } from "../../domain/installation.ts";
import { cdnHeader } from "../../domain/serving.ts";
import { second } from "../../domain/time.ts";
import { connectNetworks, destinationBySecrets } from "../../networks/connect-networks.ts";
import { encode } from "../../objects/encodings.ts";
import { s3Objects } from "../../objects/s3-objects.ts";
import { connectOutside, connectWebhooks, ownAddresses } from "../../outside/connect-outside.ts";
import { fetchWithRelays } from "../../outside/network-fetch.ts";
import { documentsInProcess, feedsInProcess } from "../../parsing/parsers-in-process.ts";
import { storedPictures } from "../../pictures/stored-pictures.ts";
import type { Source } from "../../ports/content.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { TokenStore } from "../../ports/networks.ts";
import type { CallWebhook, TellOwner } from "../../ports/outside.ts";
import type { Log, Queue } from "../../ports/runtime.ts";
import type { Ref } from "../../ports/store.ts";
import { sealedTokens } from "../../secrets/sealed-tokens.ts";
import { ssmHasSecret, ssmSecrets, ssmToken, ssmWebhookSecrets } from "../../secrets/ssm-secrets.ts";
import { bucket, bucketSourceName } from "../../sources/bucket-source.ts";
import { deployedFeed } from "../../sources/feed-source.ts";
import { lambdaSources } from "../../sources/lambda-sources.ts";
import { tableConsoleRows } from "../../store/console-keys.ts";
import { dynamoStore, dynamoTable } from "../../store/dynamo-table.ts";
import { logUnreadable } from "../../store/unreadable-rows.ts";
import { systemRuntime } from "../system-runtime.ts";
import {
  type Environment,
  openDeployedSources,
  readDeployment,
  requireVariable,
  withFeedsHost,
} from "./environment.ts";
import { requestByInvocation } from "./media-function.ts";
import {
  type AskDeliver,
  answerBody,
  answerLogin,
  bodiesByDeliver,
  loginsByDeliver,
  type Question,
} from "./questions-to-deliver.ts";

export interface FunctionLog extends Log {
  /** Raises the count of a metric that has no alarm. */
  count(name: string): void;
}

const { clock, deadline, newId, pause } = systemRuntime;

/** The bodies that are too long for their rows. */
const longBodies = (env: Environment): Objects =>
  s3Objects({ client: new S3Client({}), bucket: requireVariable(env, "BODIES_BUCKET") });

/** The clients keep the SDK's retries, which are harmless because every write is conditional. */
const dependenciesWith = (
  bodies: Objects,
  env: Environment,
  log: Log,
): Dependencies & { readonly store: TokenStore } => ({
  config: withFeedsHost(config, env.FEEDS_HOST),
  store: dynamoStore({
    client: new DynamoDBClient({}),
    table: requireVariable(env, "TABLE"),
    bodies,
    newId,
    onUnreadable: logUnreadable(log),
  }),
  log,
  mailsOwner: true,
  deployment: readDeployment(env, config.deployment),
  clock,
  deadline,
});

const dependencies = (env: Environment, log: Log) => dependenciesWith(longBodies(env), env, log);

const accountSecrets = (env: Environment) => ({
  client: new SSMClient({}),
  path: `${requireVariable(env, "SECRETS_PATH")}/accounts`,
  clock,
});

/** Only the deployment check sets `CRIER_SANDBOX` (`-c sandbox=…`): accounts without a secret post there. */
const sandboxOption = (env: Environment) => (env.CRIER_SANDBOX === undefined ? {} : { sandbox: env.CRIER_SANDBOX });

const destinationOptions = (env: Environment) => ({
  hasSecret: ssmHasSecret(accountSecrets(env)),
  ...sandboxOption(env),
});

const feedFiles = (env: Environment): PublicFiles => ({
  objects: s3Objects({ client: new S3Client({}), bucket: requireVariable(env, "FEEDS_BUCKET") }),
  encode,
});

const openWebhooks = (env: Environment, { config: { sites } }: Dependencies): CallWebhook => {
  const parameterName = secretsIn(requireVariable(env, "SECRETS_PATH")).webhook;
  const secrets = ssmWebhookSecrets({ client: new SSMClient({}), parameterName, clock });
  return connectWebhooks({ sites, secrets, deadline, clock });
};

const openOutside = ({ config: { sites } }: Pick<Dependencies, "config">) =>
  connectOutside({ about: sites[0]?.url ?? "", own: ownAddresses(sites), deadline });

const openSources = (env: Environment): readonly Source[] =>
  openDeployedSources(lambdaSources, config.sites, (name) => requireVariable(env, name));

const workerFor = <Kind extends Ref["kind"]>(
  kind: Kind,
  dependencies: Dependencies,
  step: (ref: Extract<Ref, { kind: Kind }>) => Promise<void>,
) => {
  const isOfKind = (ref: Ref): ref is Extract<Ref, { kind: Kind }> => ref.kind === kind;
  return {
    work: (ref: Ref): Promise<void> =>
      isOfKind(ref)
        ? advance(ref, () => step(ref), { ...dependencies.store, ...dependencies })
        : Promise.reject(new Error(`a ${ref.kind} came to the function for a ${kind}`)),
  };
};

const reportRefusals =
  (log: FunctionLog) =>
  (path: string, answer: Ingested): void => {
    if (answer.result !== "refused") return;
    log.warn(`${path} is refused`, { reasons: answer.reasons });
    log.count("refused");
  };

export const composeIngestFunction = (env: Environment, log: FunctionLog) => {
  const all = { ...dependencies(env, log), documentParsers: documentsInProcess };
  const documents = composeIngest(all, openSources(env));
  const report = reportRefusals(log);
  return {
    /** `path`: the key of an object that S3 reports as changed. */
    ingest: async (path: string, isRepeated = false): Promise<void> => {
      report(path, await documents.ingest(bucket.name, path, undefined, isRepeated));
      // Completes the first listing of a new deployment. For a bucket that was not empty, the hourly listing does it.
      await documents.completeIfKnown(bucket.name, path);
    },
  };
};

export const composeReconcileFunction = (env: Environment, log: FunctionLog) => {
  const all = { ...dependencies(env, log), documentParsers: documentsInProcess };
  const sources = openSources(env);
  return {
    /** Compares the sources with what is known of them: no document is lost with its event. */
    reconcile: async (): Promise<void> => {
      // Done first, because it is short: the documents of a large bucket may take all the time of the function.
      await wakeUnknown({ accounts: all.config.accounts, deliveries: all.store.deliveries, clock });
      await composeIngest(all, sources).reconcile();
    },
    /** Reads every document, and has every feed compared with its files, whatever is known of them. */
    readEverything: async (): Promise<void> => {
      await all.store.audits.save({ configuration: "", began: clock(), next: 0 });
      await composeIngest(all, sources).reconcile({ everything: true });
    },
    /** Polls the feeds that are due. */
    poll: composePolls(all, sources, { ...openOutside(all), feedParsers: feedsInProcess, report: reportRefusals(log) }),
  };
};

export const composePublishFunction = (env: Environment, log: Log) => {
  const all = dependencies(env, log);
  return workerFor(
    "post",
    all,
    composePublish(all, feedFiles(env), destinationBySecrets(destinationOptions(env)), openOutside(all).probe),
  );
};

export const composeRenderFunction = (env: Environment, log: Log) => {
  const all = dependencies(env, log);
  return workerFor(
    "feed",
    all,
    composeRender(all, feedFiles(env), {
      cacheDuration,
      // A burst of posts takes about this long, and is rendered once.
      minInterval: 10 * second,
    }),
  );
};

export const composeDeliverFunction = (env: Environment, log: Log) => {
  const all = dependencies(env, log);
  const outside = openOutside(all);
  const pictureStore = storedPictures(feedFiles(env).objects, hash);
  const networks = connectNetworks({
    secrets: ssmSecrets(accountSecrets(env)),
    ...sandboxOption(env),
    fetch: fetchWithRelays({ deadline }),
    clock,
    readPicture: pictureStore.read,
    tokens: sealedTokens({ rows: all.store.tokens, pause, deadline }),
    installation: installationOf(all.deployment),
  });
  const pictures = composeRequestedPictures({
    pictureStore,
    request: requestByInvocation({ client: new LambdaClient({}), media: requireVariable(env, "MEDIA_FUNCTION") }),
    log,
    clock,
  });
  const deliveries = workerFor("delivery", all, composeDeliver(all, networks, outside.readPage, pictures));
  const pings = workerFor("ping", all, composePing(all, outside.tellHub));
  const notices = workerFor(
    "notice",
    all,
    composeNotify(all, {
      callWebhook: openWebhooks(env, all),
      tellOwner: ownerTopic({ client: new SNSClient({}), topic: requireVariable(env, "ALARM_TOPIC") }),
    }),
  );
  return {
    work: (ref: Ref): Promise<void> => {
      if (ref.kind === "ping") return pings.work(ref);
      return (ref.kind === "notice" ? notices : deliveries).work(ref);
    },
    /** Logins are checked in this function, because it is the only one that may read the secrets of accounts. */
    watchLogins: composeLoginWatch(all, networks),
    answer: (question: Question): Promise<unknown> =>
      "loginOf" in question
        ? answerLogin(question.loginOf, { accounts: all.config.accounts, networks, deadline })
        : answerBody(question.bodyAt, longBodies(env)),
  };
};

export const composeRelayFunction = (env: Environment, log: Log) => {
  const deliver = requireVariable(env, "DELIVER_QUEUE");
  const configuration = hash(JSON.stringify([config, requireVariable(env, "PROGRAM")]));
  const queue = sqsQueue({
    client: new SQSClient({}),
    urls: {
      post: requireVariable(env, "PUBLISH_QUEUE"),
      feed: requireVariable(env, "RENDER_QUEUE"),
      delivery: deliver,
      ping: deliver,
      notice: deliver,
    },
  });
  const noBodies = { read: async () => undefined, put: async () => false };
  const store = dynamoStore({
    client: new DynamoDBClient({}),
    table: requireVariable(env, "TABLE"),
    bodies: noBodies,
    newId,
    onUnreadable: logUnreadable(log),
  });
  // The deployment check has no CloudFront, and the function no host.
  const { sites } = env.FEEDS_HOST === undefined ? { sites: [] } : withFeedsHost(config, env.FEEDS_HOST);
  const mainFeeds = sites.map(mainFeedAddress);
  const { ask } = openOutside({ config });
  return {
    clock,
    offer: (refs: readonly Ref[], after: number) => queue.send(refs, after),
    /** A part that fails does not prevent the others: the sweep must always run, because it finds lost work. */
    sweep: async (): Promise<void> => {
      const parts = await Promise.allSettled([
        watchOverdue({ due: store.due, clock, log }),
        sweep(sweepOfQueues, { ...store, queue, clock }),
        auditSites(config.sites, configuration, { ...store, clock }),
        watchReaders(mainFeeds, { ask, clock, log }),
      ]);
      for (const part of parts) if (part.status === "rejected") throw part.reason;
    },
  };
};

const askDeliver = (env: Environment): AskDeliver => ({
  client: new LambdaClient({}),
  deliver: requireVariable(env, "DELIVER_FUNCTION"),
});

export const composeWebFunction = (env: Environment, log: Log): Hono => {
  const parameters = secretsIn(requireVariable(env, "SECRETS_PATH"));
  const ssm = new SSMClient({});
  return webApp({
    sites: composeSites({
      ...dependencies(env, log),
      documentParsers: documentsInProcess,
      networks: loginsByDeliver({ ...destinationOptions(env), ...askDeliver(env), clock }),
      sources: openSources(env),
    }),
    token: ssmToken(ssm, parameters.token, clock),
    planToken: ssmToken(ssm, parameters.planToken, clock),
    log,
  });
};

/** It is known by its name alone: the console reads no document. */
const unreadBucket = { name: bucketSourceName, list: async () => [], read: async () => undefined };

/**
 * The console, without a parser and without the documents: what needs them is done by the command line, which the pages
 * name. Its public origin is that of the deployment, and never the host of a request.
 */
export const composeConsoleFunction = (env: Environment, log: Log) => {
  const toDeliver = askDeliver(env);
  const all = dependenciesWith(bodiesByDeliver(toDeliver), env, log);
  const { token } = secretsIn(requireVariable(env, "SECRETS_PATH"));
  const kinds = [{ name: bucketSourceName, variable: "CONTENT_BUCKET", open: () => unreadBucket }, deployedFeed];
  return consoleApp({
    sites: composeDecisionSites({
      ...all,
      networks: loginsByDeliver({ ...destinationOptions(env), ...toDeliver, clock }),
      sources: openDeployedSources(kinds, config.sites, () => ""),
    }),
    token: ssmToken(new SSMClient({}), token, clock),
    origin: new URL(`https://${requireVariable(env, "FEEDS_HOST")}`).origin,
    consoleRows: tableConsoleRows(dynamoTable(new DynamoDBClient({}), requireVariable(env, "TABLE"), newId)),
    // The host of the API leads here, too.
    header: cdnHeader,
    clock,
    log,
  });
};

export interface OwnerTopic {
  readonly client: SNSClient;
  /** The ARN of the topic that the owner's address is subscribed to. */
  readonly topic: string;
}

/** Notifies the owner through an SNS topic. Its e-mail subscription sends subject and text unchanged. */
const ownerTopic =
  ({ client, topic }: OwnerTopic): TellOwner =>
  async ({ subject, text }) => {
    try {
      await client.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
      return { kind: "taken" };
    } catch (error) {
      // The error's message is left out: it may quote the text that was sent.
      const name = error instanceof Error ? error.name : "an error";
      return { kind: "refused", reason: `the topic of the alarms answered ${name}`, retryAfter: undefined };
    }
  };

export interface SqsQueue {
  readonly client: SQSClient;
  /** Maps each kind of row to a queue. There is one queue for each function, which may process several kinds. */
  readonly urls: Readonly<Record<Ref["kind"], string>>;
}

/** The largest batch of SendMessageBatch (Amazon SQS quotas). */
const batchSize = 10;

const inBatches = (refs: readonly Ref[]): readonly (readonly Ref[])[] =>
  Array.from({ length: Math.ceil(refs.length / batchSize) }, (_, index) =>
    refs.slice(index * batchSize, (index + 1) * batchSize),
  );

interface BatchResult {
  /** The refs that SQS did not accept. */
  readonly refused: readonly Ref[];
  readonly cause?: unknown;
}

/** Sends rows of all kinds to SQS queues. The body of a message is the ref as JSON. */
export const sqsQueue = ({ client, urls }: SqsQueue): Queue => {
  const sendBatch = async (url: string, batch: readonly Ref[], after: number): Promise<BatchResult> => {
    const entries = batch.map((ref, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(ref),
      ...(after > 0 ? { DelaySeconds: Math.ceil(after / second) } : {}),
    }));
    try {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
      const ids = new Set(Failed.map(({ Id }) => Id));
      return { refused: batch.filter((_, index) => ids.has(String(index))) };
    } catch (cause) {
      return { refused: batch, cause };
    }
  };

  return {
    async send(refs, after = 0) {
      const byQueue = Map.groupBy(refs, ({ kind }) => urls[kind]);
      const results = await Promise.all(
        [...byQueue].flatMap(([url, group]) => inBatches(group).map((batch) => sendBatch(url, batch, after))),
      );
      const refused = results.flatMap((result) => result.refused);
      if (refused.length === 0) return;
      const kinds = [...new Set(refused.map(({ kind }) => kind))].join(", ");
      throw new Error(
        `SQS did not accept ${refused.length} of ${refs.length} messages (${kinds}): their rows stay due, and the sweep sends them again.`,
        { cause: results.find(({ cause }) => cause !== undefined)?.cause },
      );
    },
  };
};
