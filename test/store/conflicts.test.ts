import { expect, onTestFinished, test } from "vitest";
import { minute } from "../../src/domain/time.ts";
import type { DeliveryRef, PingRef, Ref } from "../../src/ports/store.ts";
import { dueAttributes, type Key, refKey } from "../../src/store/keys.ts";
import type { Condition, Table } from "../../src/store/table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { aDelivery, aPost, start } from "../support/builders.ts";
import { takeLease } from "../support/lease.ts";
import { aStore, newId } from "../support/store.ts";

const delivery: DeliveryRef = {
  kind: "delivery",
  site: "blog",
  post: "id-of-hello-world",
  account: "mastodon",
  generation: 0,
};
const post: Ref = { kind: "post", site: "blog", id: "id-of-hello-world" };
const feed: Ref = { kind: "feed", site: "blog", key: "main" };
const ping: PingRef = { kind: "ping", site: "blog", key: "main", hub: "https://hub.example/" };

/** A store, and the same store for a worker: before each of its writes another worker writes. */
const contested = async (intrude: (table: Table, condition: Condition | undefined) => Promise<unknown>) => {
  const { table, bodies, stop } = await aStore();
  onTestFinished(stop);
  const slow: Table = {
    ...table,
    put: async (row, condition) => {
      await intrude(table, condition);
      return table.put(row, condition);
    },
    update: async (key, change, condition) => {
      await intrude(table, condition);
      return table.update(key, change, condition);
    },
  };
  return { store: tableStore(table, { bodies, newId }), slow: tableStore(slow, { bodies, newId }) };
};

/** Moves a row's due so that the next attempt of an update fails. */
const moveDue = (key: Key) => (table: Table, condition: Condition | undefined) => {
  const asksForLater = condition?.kind === "all" && condition.of.some(({ kind }) => kind === "dueLater");
  const change = asksForLater ? { set: dueAttributes(key, start - 1) } : { remove: ["dueAt", "dueShard"] };
  return table.update(key, change, { kind: "present" });
};

const gaveUp = "changes faster than it can be saved";

test("a save of a delivery fails where nudges never stop", async () => {
  const { store, slow } = await contested((table) =>
    table.update(refKey(delivery), { add: { nudges: 1 } }, { kind: "present" }),
  );
  await store.deliveries.create(aDelivery());
  await expect(slow.deliveries.save(aDelivery({ version: 1 }))).rejects.toThrow(gaveUp);
});

test("a touch of a feed fails where its due always changes", async () => {
  const { store, slow } = await contested(moveDue(refKey(feed)));
  await store.feeds.touch("blog", "main", "A Blog", start);
  await expect(slow.feeds.touch("blog", "main", "A Blog", start - 1)).rejects.toThrow(gaveUp);
});

test("a nudge of a ping fails where its due always changes", async () => {
  const { store, slow } = await contested(moveDue(refKey(ping)));
  await store.pings.nudge(ping, [], start);
  await expect(slow.pings.nudge(ping, [], start)).rejects.toThrow(gaveUp);
});

test("a deferral fails where others always count a failure", async () => {
  const { store, slow } = await contested((table) =>
    table.update(refKey(post), { add: { failures: 1 } }, { kind: "present" }),
  );
  await store.posts.save(aPost({ due: start }));
  await expect(slow.due.defer(post, start)).rejects.toThrow(gaveUp);
});

test("a feed whose due was cleared since it was read is not leased", async () => {
  const { store, slow } = await contested(moveDue(refKey(feed)));
  await store.feeds.touch("blog", "main", "A Blog", start);
  expect(await takeLease(slow.feeds, () => start)).toBeUndefined();
});

test.each([
  ["touched", { add: { revision: 1 } }],
  ["leased", { set: { lease: { holder: "another", until: start + minute } } }],
])("a feed that was %s since it was read is not postponed", async (_, change) => {
  const { store, slow } = await contested((table) => table.update(refKey(feed), change, { kind: "present" }));
  await store.feeds.touch("blog", "main", "A Blog", start);
  await (await takeLease(store.feeds, () => start))?.end({ faults: [], shortened: 0, due: start });
  expect(await takeLease(slow.feeds, () => start, { minInterval: minute })).toBeUndefined();
  expect((await store.feeds.read("blog", "main"))?.due).toBe(start);
});
