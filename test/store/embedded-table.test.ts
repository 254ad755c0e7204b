import { expect, onTestFinished, test } from "vitest";
import { minute, second } from "../../src/domain/time.ts";
import { endLeases, tableDefinition } from "../../src/store/embedded-table.ts";
import { deliveryIn, start } from "../support/builders.ts";
import { takeLease } from "../support/lease.ts";
import { aDynamoStore } from "../support/store.ts";

test("the leases of a dead process are ended: its feeds can be rendered, and its claims have expired", async () => {
  const { store, dynamo, stop } = await aDynamoStore();
  onTestFinished(stop);
  await store.feeds.touch("blog", "main", "A Blog", start);
  await takeLease(store.feeds, () => start);
  const ref = {
    kind: "delivery",
    site: "blog",
    post: "id-of-hello-world",
    account: "mastodon",
    generation: 0,
  } as const;
  await store.deliveries.create({ ...deliveryIn.sending, due: start + minute });

  await endLeases(dynamo.client, dynamo.name, start + second);

  expect(await takeLease(store.feeds, () => start + second)).toBeDefined();
  expect(await store.deliveries.read(ref)).toMatchObject({
    state: "sending",
    leaseUntil: start + second,
    due: start + second,
  });
});

test("the table defines exactly the attributes of its keys", () => {
  const used = [tableDefinition, ...tableDefinition.GlobalSecondaryIndexes].flatMap(({ KeySchema }) =>
    KeySchema.map(({ AttributeName }) => AttributeName),
  );
  const defined = tableDefinition.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
  expect(defined.toSorted()).toEqual([...new Set(used)].toSorted());
});
