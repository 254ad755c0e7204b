import { expect, onTestFinished, test } from "vitest";
import { minute, second } from "../../src/domain/time.ts";
import { endLeases } from "../../src/store/due-index.ts";
import { aPost, deliveryIn, start } from "../support/builders.ts";
import { takeLease } from "../support/lease.ts";
import { aStore } from "../support/store.ts";

test("the leases of a dead process are ended: its feeds can be rendered, and its claims have expired", async () => {
  const { store, table, stop } = await aStore();
  onTestFinished(stop);
  await store.posts.save(aPost({ due: start }));
  await store.feeds.touch("blog", "main", "A Blog", start);
  await takeLease(store.feeds, () => start);
  await store.deliveries.create({ ...deliveryIn.sending, due: start + minute });

  await endLeases(table, start + second);

  expect(await takeLease(store.feeds, () => start + second)).toBeDefined();
  const { site, post, account, generation } = deliveryIn.sending;
  expect(await store.deliveries.read({ kind: "delivery", site, post, account, generation })).toMatchObject({
    state: "sending",
    leaseUntil: start + second,
    due: start + second,
  });
  expect((await store.posts.read("blog", "id-of-hello-world"))?.due).toBe(start);
});
