import { expect, test } from "vitest";
import { identityKey } from "../../../src/store/keys.ts";
import { tableStore } from "../../../src/store/table-store.ts";
import { start } from "../../support/builders.ts";
import { newId } from "../../support/store.ts";
import type { Empty } from "./empty.ts";

export const accountsContract = (empty: Empty): void => {
  test("an account's state starts empty and is saved over its version", async () => {
    const { store } = await empty();
    const fresh = await store.accounts.read("x");
    expect(fresh).toEqual({ name: "x", version: 0, sent: {} });
    const admitted = { ...fresh, sent: { "a.x.0": start }, paused: { since: start, reason: "401", login: "first" } };
    expect(await store.accounts.save(admitted)).toBe(true);
    expect(await store.accounts.save(fresh)).toBe(false);
    expect(await store.accounts.read("x")).toEqual({ ...admitted, version: 1 });
  });

  test("the mark of an account's requests only grows, and is the table's own", async () => {
    const { store, table, bodies } = await empty();
    await store.requestMarks.raise("x", 1);
    expect(await store.requestMarks.read("x")).toBe(0);
    await store.requestMarks.begin();
    await store.requestMarks.begin();
    for (const requests of [1, 3, 2]) await store.requestMarks.raise("x", requests);
    expect(await store.requestMarks.read("x")).toBe(3);
    expect(await store.requestMarks.read("y")).toBe(0);
    // Another process of the same table reads it, and a new table does not.
    const reopen = () => tableStore(table, { bodies, newId }).requestMarks;
    expect(await reopen().read("x")).toBe(3);
    await table.remove(identityKey);
    const fresh = reopen();
    await fresh.begin();
    expect(await fresh.read("x")).toBe(0);
    await fresh.raise("x", 1);
    expect(await fresh.read("x")).toBe(1);
  });

  test.each(["", "{", '{"table":7}'])(
    "a mark that is damaged counts as none, and is written again: %j",
    async (text) => {
      const { store, bodies } = await empty();
      await store.requestMarks.begin();
      await store.requestMarks.raise("x", 2);
      const key = "sent/x.json";
      const over = (await bodies.read(key))?.etag;
      expect(await bodies.put(key, Buffer.from(text), { contentType: "application/json", over })).toBe(true);
      expect(await store.requestMarks.read("x")).toBe(0);
      await store.requestMarks.raise("x", 3);
      expect(await store.requestMarks.read("x")).toBe(3);
    },
  );
};
