import { onTestFinished } from "vitest";
import {
  composeDeliverFunction,
  composeIngestFunction,
  composePublishFunction,
  composeReconcileFunction,
  composeRenderFunction,
  composeWebFunction,
} from "../../src/runtimes/lambda/compose-functions.ts";
import { Question } from "../../src/runtimes/lambda/questions-to-deliver.ts";
import { anAws } from "../support/aws-double.ts";
import { awsEnvironment, signIn } from "../support/aws-environment.ts";
import { keptLog } from "../support/kept-log.ts";
import { aDynamoStore } from "../support/store.ts";

const work = {
  post: composePublishFunction,
  feed: composeRenderFunction,
  delivery: composeDeliverFunction,
  ping: composeDeliverFunction,
  notice: composeDeliverFunction,
} as const;

/** A new deployment: the functions as they are composed on AWS, over DynamoDB's API and AWS's other APIs on loopback. */
export const aDeployment = async (stage: string) => {
  const { store, dynamo, stop } = await aDynamoStore();
  onTestFinished(stop);
  const aws = await anAws();
  signIn({ ...awsEnvironment(aws), AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint });
  const env = {
    TABLE: dynamo.name,
    BODIES_BUCKET: "bodies",
    CONTENT_BUCKET: "content",
    FEEDS_BUCKET: "feeds",
    STAGE: stage,
    AWS_REGION: "us-east-1",
    SECRETS_PATH: `/crier/${stage}`,
    ALARM_TOPIC: "arn:aws:sns:us-east-1:123456789012:alarms",
    DELIVER_FUNCTION: "deliver",
    MEDIA_FUNCTION: "media",
  };
  const names = { table: dynamo.name, bodies: "bodies", feeds: "feeds" };
  aws.parameters.set(`/crier/${stage}/storage`, JSON.stringify(names));
  aws.parameters.set(`/crier/${stage}/token`, "the-token");
  const { log, alarms } = keptLog();
  aws.functions.set("deliver", (event) => composeDeliverFunction(env, log).answer(Question.parse(event)));
  const ingest = composeIngestFunction(env, log);
  const web = composeWebFunction(env, log);

  /** Works on all that is due now, as the relay has the functions do. */
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 60; round += 1) {
      const due = await store.due.before(Date.now(), 100);
      if (due.length === 0) return;
      for (const ref of due) await work[ref.kind](env, log).work(ref);
    }
    throw new Error(`rows stay due: ${JSON.stringify(await store.due.before(Date.now(), 10))}`);
  };
  const text = (key: string): string => Buffer.from(aws.files.get(key)?.bytes ?? []).toString();
  return {
    store,
    tableName: dynamo.name,
    aws,
    alarms,
    settle,
    text,
    /** Puts a document into the bucket, which tells of it. */
    write: async (path: string, document: string): Promise<void> => {
      aws.files.set(path, { bucket: "content", bytes: Buffer.from(document), headers: {} });
      await ingest.ingest(path);
      await settle();
    },
    /** Does the work that a new deployment does by itself within its first hour. */
    reconcile: async (): Promise<void> => {
      await composeReconcileFunction(env, log).reconcile();
      await settle();
    },
    api: (method: string, path: string) =>
      web.request(`https://api.example/${path}`, { method, headers: { Authorization: "Bearer the-token" } }),
  };
};

export type ADeployment = Awaited<ReturnType<typeof aDeployment>>;
