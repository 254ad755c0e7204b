import { randomBytes } from "node:crypto";
import { DeleteItemCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { deferralTime } from "../../src/store/due-index.ts";
import { createTable, repairDue } from "../../src/store/embedded-table.ts";
import { aliasKey, postKey, refKey, siteFeedKey } from "../../src/store/keys.ts";
import { dynamoStore } from "../../src/store/table-store.ts";
import { aDelivery, aPost, start } from "../support/builders.ts";
import { newId, aStore as openStore } from "../support/store.ts";

const aStore = async () => {
  const own = await openStore();
  onTestFinished(own.stop);
  return own;
};

test("a post with a body of 10 KB is stored in less than 4 KB", async () => {
  const { store, client, table } = await aStore();
  const words = Array.from(
    { length: 1_500 },
    (_, index) => ["feeds", "posts", "once", "valid"][(index * index) % 4],
  ).join(" ");
  await store.posts.save(aPost({ html: `<p>${words}</p>` }));
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: marshall(postKey("blog", "id-of-hello-world")) }),
  );
  expect(JSON.stringify(Item).length).toBeLessThan(4_096);
});

test("a large body is in the object store, with its hash in the key", async () => {
  const { store, client, table } = await aStore();
  const html = randomBytes(400 * 1024).toString("base64");
  await store.posts.save(aPost({ html }));
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: marshall(postKey("blog", "id-of-hello-world")) }),
  );
  const key = Item?.bodyKey?.S ?? "";
  expect(key).toMatch(/^blog\/id-of-hello-world\/[0-9a-f]{64}$/);
  expect(Item?.body).toBeUndefined();
  const { bodies: empty } = await aStore();
  const without = dynamoStore({ client, table, bodies: empty, newId });
  await expect(without.posts.read("blog", "id-of-hello-world")).rejects.toThrow(
    `the body ${key} is missing from the object store: save its document again`,
  );
});

test("a row without a body says what to do", async () => {
  const { store, client, table } = await aStore();
  await store.posts.save(aPost());
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: marshall(postKey("blog", "id-of-hello-world")),
      UpdateExpression: "REMOVE body",
    }),
  );
  await expect(store.posts.read("blog", "id-of-hello-world")).rejects.toThrow("save its document again");
});

test("a row of an older release has no useSummary, so the title alone announces the post", async () => {
  const { store, client, table } = await aStore();
  await store.posts.save(aPost({ social: { off: false, useSummary: true, texts: {} } }));
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: marshall(postKey("blog", "id-of-hello-world")),
      UpdateExpression: "REMOVE social.useSummary",
    }),
  );
  expect((await store.posts.read("blog", "id-of-hello-world"))?.social.useSummary).toBe(false);
});

test("a row of an unknown form is refused when it is read", async () => {
  const { store, client, table } = await aStore();
  await client.send(new PutItemCommand({ TableName: table, Item: marshall({ ...postKey("blog", "odd"), title: 7 }) }));
  await expect(store.posts.read("blog", "odd")).rejects.toThrow("title");
});

test("a feed's row with an unknown feed key is refused when it is read", async () => {
  const { store, client, table } = await aStore();
  const row = { ...siteFeedKey("blog", "main"), key: "topics/a", title: "A" };
  await client.send(new PutItemCommand({ TableName: table, Item: marshall(row) }));
  await expect(store.feeds.all("blog")).rejects.toThrow("names no feed");
});

test("a failure other than a failed condition is thrown", async () => {
  const { client, bodies } = await aStore();
  const store = dynamoStore({ client, table: "no-such-table", bodies, newId });
  await expect(store.posts.save(aPost())).rejects.toThrow();
  await expect(store.feeds.touch("blog", "main", "A Blog", start)).rejects.toThrow();
  await expect(
    store.memberships.remove("blog", { feed: "main", id: "a", published: start, version: 1 }),
  ).rejects.toThrow();
  await expect(createTable(client, "-")).rejects.toThrow();
});

test("works without a listener for due rows", async () => {
  const { client, table, bodies } = await aStore();
  const store = dynamoStore({ client, table, bodies, newId });
  expect(await store.posts.save(aPost({ due: start }))).toBe(true);
});

test("an existing table is not changed", async () => {
  const { store, client, table } = await aStore();
  await store.posts.save(aPost());
  await createTable(client, table);
  expect((await store.posts.read("blog", "id-of-hello-world"))?.version).toBe(1);
});

test("a touch after a crash between the feed and its registration registers it", async () => {
  const { store, client, table } = await aStore();
  await store.feeds.touch("blog", "main", "A Blog", start);
  await client.send(new DeleteItemCommand({ TableName: table, Key: marshall(siteFeedKey("blog", "main")) }));
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: marshall(refKey({ kind: "feed", site: "blog", key: "main" })),
      UpdateExpression: "REMOVE registered",
    }),
  );
  await store.feeds.touch("blog", "main", "A Blog", start);
  expect(await store.feeds.all("blog")).toEqual([{ key: "main", title: "A Blog", empty: false }]);
});

test("the time of a deferral is at most an hour", () => {
  expect(deferralTime(1_000)).toBe(60 * minute);
});

test("an alias without a post is refused when it is read", async () => {
  const { store, client, table } = await aStore();
  await store.aliases.claim("blog", "address", "s", "a");
  await client.send(
    new PutItemCommand({ TableName: table, Item: marshall({ ...aliasKey("blog", "address", "s"), value: "s" }) }),
  );
  await expect(store.aliases.claim("blog", "address", "s", "b")).rejects.toThrow("post");
});

test("a table with all its index entries is not written", async () => {
  const { store, client, table } = await aStore();
  await store.posts.save(aPost({ due: start }));
  await store.deliveries.create(aDelivery());
  await store.feeds.touch("blog", "main", "A Blog", start);
  expect(await repairDue(client, table)).toBe(0);
});
