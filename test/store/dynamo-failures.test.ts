import { expect, onTestFinished, test } from "vitest";
import { dynamoStore } from "../../src/store/dynamo-table.ts";
import { aPost, start } from "../support/builders.ts";
import { aDynamoStore, newId } from "../support/store.ts";

test("a failure of DynamoDB other than a failed condition is thrown", async () => {
  const { dynamo, bodies, stop } = await aDynamoStore();
  onTestFinished(stop);
  const store = dynamoStore({ client: dynamo.client, table: "no-such-table", bodies, newId });
  await expect(store.posts.save(aPost())).rejects.toThrow();
  await expect(store.feeds.touch("blog", "main", "A Blog", start)).rejects.toThrow();
  await expect(
    store.memberships.remove("blog", { feed: "main", id: "a", published: start, version: 1 }),
  ).rejects.toThrow();
});
