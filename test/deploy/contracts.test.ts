import { randomUUID } from "node:crypto";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe } from "vitest";
import type { Instant } from "../../src/domain/time.ts";
import { s3Objects } from "../../src/objects/s3-objects.ts";
import type { Objects } from "../../src/ports/feeds.ts";
import type { Ref } from "../../src/ports/store.ts";
import { sqsQueue } from "../../src/runtimes/lambda/compose-functions.ts";
import { parseRef } from "../../src/runtimes/lambda/function-events.ts";
import { dynamoStore, dynamoTable } from "../../src/store/dynamo-table.ts";
import { objectsContract } from "../contract/objects.ts";
import { queueContract } from "../contract/queue.ts";
import { storeContract } from "../contract/store/index.ts";
import { tableContract } from "../contract/table.ts";
import { createTable } from "../support/dynamodb.ts";
import { type Aws, awsAt } from "./aws.ts";
import { type Emulator, startEmulator } from "./emulator.ts";

let emulator: Emulator;
let aws: Aws;

beforeAll(async () => {
  emulator = await startEmulator();
  aws = awsAt(emulator.endpoint);
});

afterAll(() => emulator?.stop());

const aBucket = async (): Promise<Objects> => {
  const bucket = randomUUID();
  await aws.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  return s3Objects({ client: aws.s3, bucket });
};

const aQueue = async (name: string): Promise<string> => {
  const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: `${name}-${randomUUID()}` }));
  if (QueueUrl === undefined) throw new Error("the queue has no URL");
  return QueueUrl;
};

const drained = async (url: string): Promise<readonly Ref[]> => {
  const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
  if (Messages.length === 0) return [];
  return [...Messages.map(({ Body = "" }) => parseRef(Body)), ...(await drained(url))];
};

const aTable = async (): Promise<string> => {
  const table = `table-${randomUUID()}`;
  await createTable(aws.dynamodb, table);
  return table;
};

describe("the table in the emulated DynamoDB", () => {
  tableContract(async () => dynamoTable(aws.dynamodb, await aTable(), randomUUID));
});

describe("the store on the emulated DynamoDB", () => {
  storeContract(async () => {
    const table = await aTable();
    const reported: { readonly ref: Ref; readonly at: Instant }[] = [];
    const bodies = await aBucket();
    const store = dynamoStore({
      client: aws.dynamodb,
      table,
      bodies,
      newId: () => randomUUID(),
      onDue: (ref, at) => reported.push({ ref, at }),
    });
    return { store, table: dynamoTable(aws.dynamodb, table, randomUUID), bodies, reported };
  });
});

describe("the objects on the emulated S3", () => {
  objectsContract(aBucket);
});

describe("the queue on the emulated SQS", () => {
  queueContract(async () => {
    const urls = {
      post: await aQueue("post"),
      feed: await aQueue("feed"),
      delivery: await aQueue("delivery"),
      ping: await aQueue("ping"),
      notice: await aQueue("notice"),
    };
    return {
      queue: sqsQueue({ client: aws.sqs, urls }),
      drain: async () => (await Promise.all(Object.values(urls).map(drained))).flat(),
    };
  });
});
