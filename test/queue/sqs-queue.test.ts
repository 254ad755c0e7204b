import { SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import type { Ref } from "../../src/ports/store.ts";
import { sqsQueue } from "../../src/runtimes/lambda/compose-functions.ts";
import { anAws } from "../support/aws-double.ts";

const aQueue = async () => {
  const aws = await anAws();
  const base = `${aws.client.endpoint}/123456789012`;
  const urls = {
    post: `${base}/publish`,
    feed: `${base}/render`,
    delivery: `${base}/deliver`,
    ping: `${base}/deliver`,
    notice: `${base}/deliver`,
  };
  return { aws, urls, queue: sqsQueue({ client: new SQSClient(aws.client), urls }) };
};

const aPost = (id: string): Ref => ({ kind: "post", site: "blog", id });
const aFeed: Ref = { kind: "feed", site: "blog", key: "main" };
const aDelivery = { kind: "delivery" as const, site: "blog", post: "p1", account: "x", generation: 1 } satisfies Ref;
const aPing: Ref = { kind: "ping", site: "blog", key: "main", hub: "https://hub.example/" };
const posts = (count: number) => Array.from({ length: count }, (_, index) => aPost(`p${index}`));

test("each row goes to the queue of its kind, and those of one queue go together", async () => {
  const { aws, urls, queue } = await aQueue();
  await queue.send([aPost("p1"), aFeed, aDelivery, aPing]);
  expect(aws.requests).toHaveLength(3);
  expect(aws.queues.get(urls.post)?.map((body) => JSON.parse(body))).toEqual([aPost("p1")]);
  expect(aws.queues.get(urls.feed)?.map((body) => JSON.parse(body))).toEqual([aFeed]);
  expect(aws.queues.get(urls.delivery)?.map((body) => JSON.parse(body))).toEqual([aDelivery, aPing]);
});

test("a message that is due later is delayed by whole seconds", async () => {
  const { aws, queue } = await aQueue();
  await queue.send([aPost("p1")], 4_200);
  await queue.send([aFeed]);
  expect(aws.delays).toEqual([5, 0]);
});

test("more than ten messages are sent in batches", async () => {
  const { aws, urls, queue } = await aQueue();
  await queue.send(posts(25));
  expect(aws.queues.get(urls.post)).toHaveLength(25);
  expect(aws.requests).toHaveLength(3);
});

test("sending nothing makes no request", async () => {
  const { aws, queue } = await aQueue();
  await queue.send([]);
  expect(aws.requests).toEqual([]);
});

test("messages that SQS does not accept are counted, and the others are sent", async () => {
  const { aws, urls, queue } = await aQueue();
  aws.refuse('"p1"');
  await expect(queue.send([...posts(3), aFeed])).rejects.toThrow(/did not accept 1 of 4 messages \(post\)/);
  expect(aws.queues.get(urls.post)).toHaveLength(2);
  expect(aws.queues.get(urls.feed)).toHaveLength(1);
});

test("where a queue cannot be reached, all of its messages are counted, and the cause is kept", async () => {
  const { aws, queue } = await aQueue();
  aws.answerNext(403, "AccessDenied", "json");
  const sent = queue.send(posts(3));
  await expect(sent).rejects.toThrow(/did not accept 3 of 3 messages \(post\)/);
  await expect(sent).rejects.toHaveProperty("cause");
});
