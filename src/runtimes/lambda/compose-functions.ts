import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { config } from "crier-config";
import type { Hono } from "hono";
import * as z from "zod";
import { webApp } from "../../api/http-api.ts";
import { advance, sweep, watchOverdue } from "../../app/due-rows.ts";
import { audit, openFeeds } from "../../app/render/audit.ts";
import {
  composeDeliver,
  composeIngest,
  composePing,
  composePublish,
  composeRender,
  composeSiteApis,
  type Parts,
} from "../../compose.ts";
import { cacheDuration } from "../../domain/feed.ts";
import { minute, second } from "../../domain/time.ts";
import { connectNetworks } from "../../networks/connect-networks.ts";
import { reachBySecrets } from "../../networks/reach.ts";
import { s3Objects } from "../../objects/s3-objects.ts";
import { connectOutside } from "../../outside/connect-outside.ts";
import type { Source } from "../../ports/content.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Ref } from "../../ports/store.ts";
import { sqsQueue } from "../../queue/sqs-queue.ts";
import { ssmSecrets } from "../../secrets/ssm-secrets.ts";
import { bucket } from "../../sources/bucket-source.ts";
import { lambdaSources } from "../../sources/lambda-sources.ts";
import { dynamoStore } from "../../store/table-store.ts";
import { systemRuntime } from "../system-runtime.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const setting = (env: Environment, name: string): string => {
  const value = env[name];
  if (value === undefined || value === "")
    throw new Error(`the environment variable ${name} is missing: deploy the stack again`);
  return value;
};

export interface FunctionLog extends Log {
  /** One more of what has this name: a metric that no alarm watches. */
  count(name: string): void;
}

const { clock, deadline, newId } = systemRuntime;

/** No retry inside the SDK on top of ours would be harmful here: every write is conditional. */
const parts = (env: Environment, log: Log): Parts => ({
  config,
  store: dynamoStore({
    client: new DynamoDBClient({}),
    table: setting(env, "TABLE"),
    bodies: s3Objects({ client: new S3Client({}), bucket: setting(env, "BODIES_BUCKET") }),
    newId,
  }),
  log,
  clock,
  deadline,
});

const secrets = (env: Environment) =>
  ssmSecrets({ client: new SSMClient({}), path: `${setting(env, "SECRETS_PATH")}/accounts`, clock });

/** `CRIER_SANDBOX` is set by the deployment check only (`-c sandbox=…`): accounts without a secret post there. */
const logins = (env: Environment) => ({
  secrets: secrets(env),
  ...(env.CRIER_SANDBOX === undefined ? {} : { sandbox: env.CRIER_SANDBOX }),
});

const outside = () => connectOutside({ about: config.sites[0]?.url ?? "", deadline });

const openSources = (env: Environment): readonly Source[] =>
  lambdaSources.map(({ variable, open }) => open(setting(env, variable)));

const only = <Kind extends Ref["kind"]>(
  kind: Kind,
  parts: Parts,
  step: (ref: Extract<Ref, { kind: Kind }>) => Promise<void>,
) => {
  const isMine = (ref: Ref): ref is Extract<Ref, { kind: Kind }> => ref.kind === kind;
  return {
    work: (ref: Ref): Promise<void> =>
      isMine(ref)
        ? advance(ref, () => step(ref), { ...parts.store, ...parts })
        : Promise.reject(new Error(`a ${ref.kind} came to the function for a ${kind}`)),
  };
};

export const composeIngestFunction = (env: Environment, log: FunctionLog) => {
  const all = parts(env, log);
  const sources = openSources(env);
  const documents = composeIngest(all, sources);
  return {
    /** Lists the sources against the known documents, and the feeds against their objects: an event that never came loses nothing. */
    reconcile: async (): Promise<void> => {
      // First what is short: the documents of a large bucket may take all the time that there is.
      for (const site of all.config.sites) await audit(site, 45 * minute, { feeds: all.store.feeds, clock });
      for (const { name } of sources) await documents.reconcile(name);
    },
    /** `path`: what S3 reports as changed in the bucket. */
    ingest: async (path: string): Promise<void> => {
      const answer = await documents.ingest(bucket.name, path);
      if (answer.result !== "refused") return;
      log.warn(`${path} is refused`, { reasons: answer.reasons });
      log.count("refused");
    },
  };
};

export const composePublishFunction = (env: Environment, log: Log) => {
  const all = parts(env, log);
  return only("post", all, composePublish(all, reachBySecrets(logins(env)), outside().probe));
};

export const composeRenderFunction = (env: Environment, log: Log) => {
  const all = parts(env, log);
  return only(
    "feed",
    all,
    composeRender(all, s3Objects({ client: new S3Client({}), bucket: setting(env, "FEEDS_BUCKET") }), {
      cacheDuration,
      // About as long as a burst of posts takes.
      minInterval: 10 * second,
    }),
  );
};

export const composeDeliverFunction = (env: Environment, log: Log) => {
  const all = parts(env, log);
  const deliveries = only("delivery", all, composeDeliver(all, connectNetworks({ ...logins(env), fetch })));
  const pings = only("ping", all, composePing(all, outside().tellHub));
  return { work: (ref: Ref): Promise<void> => (ref.kind === "ping" ? pings : deliveries).work(ref) };
};

const DeliveryQueues = z.array(z.object({ url: z.string(), accounts: z.array(z.string()) }));

/** A queue per network, so that one that hangs starves no other: account → queue. */
const deliveryQueues = (env: Environment): ReadonlyMap<string, string> =>
  new Map(
    DeliveryQueues.parse(JSON.parse(setting(env, "DELIVERY_QUEUES"))).flatMap(({ url, accounts }) =>
      accounts.map((account) => [account, url] as const),
    ),
  );

export const composeRelayFunction = (env: Environment, log: Log) => {
  const queue = sqsQueue({
    client: new SQSClient({}),
    urls: {
      post: setting(env, "POST_QUEUE"),
      feed: setting(env, "FEED_QUEUE"),
      delivery: setting(env, "DELIVERY_QUEUE"),
      ping: setting(env, "PING_QUEUE"),
    },
    accounts: deliveryQueues(env),
  });
  const noBodies = { read: async () => undefined, put: async () => false };
  const store = dynamoStore({ client: new DynamoDBClient({}), table: setting(env, "TABLE"), bodies: noBodies, newId });
  return {
    clock,
    offer: (refs: readonly Ref[], after: number) => queue.send(refs, after),
    sweep: async (): Promise<void> => {
      for (const site of config.sites) await openFeeds(site, { feeds: store.feeds, clock });
      await watchOverdue({ due: store.due, clock, log });
      await sweep(2 * minute, { due: store.due, queue, clock });
    },
  };
};

export const composeWebFunction = (env: Environment, log: Log): Hono => {
  const client = new SSMClient({});
  const name = `${setting(env, "SECRETS_PATH")}/token`;
  const token = async (): Promise<string | undefined> => {
    try {
      return (await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }))).Parameter?.Value;
    } catch {
      // Not set yet, or not readable: the API answers 401 until it is.
      return undefined;
    }
  };
  return webApp({
    siteApis: composeSiteApis({
      ...parts(env, log),
      networks: connectNetworks({ ...logins(env), fetch }),
      sources: openSources(env),
    }),
    token,
    log,
  });
};
