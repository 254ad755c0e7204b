import { expect, onTestFinished, test } from "vitest";
import type { Table } from "../../src/store/table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { aDelivery, aPost, deliveryIn } from "../support/builders.ts";
import { aStore, newId } from "../support/store.ts";

/** A store that notes of each put whether it is durable. */
const aNotingStore = async () => {
  const { table, bodies, stop } = await aStore();
  onTestFinished(stop);
  const durable: boolean[] = [];
  const noting: Table = {
    ...table,
    put: (row, condition, options) => {
      durable.push(options?.durable === true);
      return table.put(row, condition, options);
    },
  };
  return { store: tableStore(noting, { bodies, newId }), durable };
};

test("the save that stores a request before it is sent is durable, and no other of a delivery", async () => {
  const { store, durable } = await aNotingStore();
  const { sending, posted } = deliveryIn;
  await store.deliveries.create(aDelivery());
  await store.deliveries.save({ ...sending, sent: undefined, version: 1 });
  await store.deliveries.save({ ...sending, sent: posted.sent, version: 2 });
  await store.deliveries.save({ ...posted, version: 3 });
  expect(durable).toEqual([false, false, true, false]);
});

test("a request to the sandbox is not, because a second copy there is seen by nobody", async () => {
  const { store, durable } = await aNotingStore();
  const { sending, posted } = deliveryIn;
  await store.deliveries.create({ ...aDelivery(), sandbox: true });
  await store.deliveries.save({ ...sending, sent: posted.sent, sandbox: true, version: 1 });
  expect(durable).toEqual([false, false]);
});

test("a post that came by the API, which is nowhere else, is durable, and one of a file is not", async () => {
  const { store, durable } = await aNotingStore();
  await store.posts.save(aPost({ source: "folder" }));
  await store.posts.save(aPost({ slug: "by-api", source: "api" }));
  expect(durable).toEqual([false, true]);
});
