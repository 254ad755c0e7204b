import { describe, expect, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import type { Objects, StoredObject } from "../../../src/ports/feeds.ts";
import { postKey } from "../../../src/store/keys.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** Objects that a test may damage. A put says which object it replaces, as in S3. */
const damagedObjects = () => {
  const stored = new Map<string, StoredObject>();
  const put: string[] = [];
  const read: string[] = [];
  const objects: Objects = {
    read: async (key) => {
      read.push(key);
      return stored.get(key);
    },
    put: async (key, bytes, { over }) => {
      if (stored.get(key)?.etag !== over) return false;
      put.push(key);
      stored.set(key, { bytes, etag: `"${put.length}"` });
      return true;
    },
  };
  return { objects, stored, put, read };
};

const damages = [
  ["lost", undefined],
  ["cut in half", (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
  ["of other bytes", () => new TextEncoder().encode("<html>")],
] as const;

test.each(damages)(
  "each file of a feed that is %s is written again by the audit, and no other is",
  async (_, damage) => {
    const world = await aWorld({ accounts: [] });
    const { objects, stored, put } = damagedObjects();
    const app = composeTestedApp({ ...world.parts(), objects });
    const audit = async (): Promise<void> => {
      await app.audit();
      for (const ref of await world.store.due.before(world.clock(), 50)) await app.work(ref);
    };
    await world.plan("s", aDocument({ slug: "s", category: "Looms" }));
    // The archive's page is made by the first render, and due after it.
    await audit();
    await audit();
    const whole = [...stored];
    expect(whole.length).toBeGreaterThan(10);
    for (const [key, { bytes }] of whole)
      if (damage === undefined) stored.delete(key);
      else stored.set(key, { bytes: damage(bytes), etag: `"damaged ${key}"` });
    put.length = 0;
    await audit();
    expect(put.toSorted()).toEqual(whole.map(([key]) => key).toSorted());
    expect([...stored].map(([key, { bytes }]) => [key, bytes])).toEqual(
      expect.arrayContaining(whole.map(([key, { bytes }]) => [key, bytes])),
    );
    put.length = 0;
    await audit();
    expect(put).toEqual([]);
  },
);

/** Two posts that were sent, of which the second was deleted since. */
const aBlogWithReceipts = async () => {
  const world = await aWorld();
  const { objects, stored, put, read } = damagedObjects();
  const app = composeTestedApp({ ...world.parts(), objects });
  const work = async (): Promise<void> => {
    for (let rounds = 0; rounds < 6; rounds += 1) {
      for (const ref of await world.store.due.before(world.clock(), 50)) await app.work(ref);
      world.turn(minute);
    }
  };
  for (const slug of ["kept", "deleted"]) {
    world.write(`${slug}.md`, aDocument({ slug, title: slug }));
    await app.ingest("folder", `${slug}.md`);
    await work();
  }
  await app.remove("deleted");
  await work();
  const receipts = () => [...stored].filter(([key]) => key.startsWith("syndication/"));
  return { world, app, work, receipts, stored, put, read };
};

describe("a receipt", () => {
  test.each(damages)("that is %s is written again by the audit, also that of a deleted post", async (_, damage) => {
    const { app, work, receipts, stored, put } = await aBlogWithReceipts();
    const whole = receipts();
    expect(whole.map(([key]) => key).toSorted()).toEqual(
      ["deleted", "kept"].flatMap((slug) => ["", ".br", ".gz"].map((suffix) => `syndication/${slug}.json${suffix}`)),
    );
    for (const [key, { bytes }] of whole)
      if (damage === undefined) stored.delete(key);
      else stored.set(key, { bytes: damage(bytes), etag: `"damaged ${key}"` });
    put.length = 0;
    await app.audit();
    await work();
    // Nobody misses the receipt of a post without public copies: an address without a file says the same.
    const expected = damage === undefined ? whole.filter(([key]) => key.includes("kept")) : whole;
    expect(put.toSorted()).toEqual(expected.map(([key]) => key).toSorted());
    expect(receipts().map(([key, { bytes }]) => [key, bytes])).toEqual(
      expected.map(([key, { bytes }]) => [key, bytes]),
    );
  });

  test("is read once by an audit, and by no other render", async () => {
    const { world, app, work, read, put } = await aBlogWithReceipts();
    const readReceipts = async (): Promise<number> => {
      read.length = 0;
      put.length = 0;
      await work();
      expect(put.filter((key) => key.startsWith("syndication/"))).toEqual([]);
      return read.filter((key) => key.startsWith("syndication/")).length;
    };
    await app.audit();
    expect(await readReceipts()).toBe(6);
    await world.store.feeds.touch("blog", "archive/1", undefined, world.clock());
    expect(await readReceipts()).toBe(0);
  });

  test("of a damaged post stays as it is", async () => {
    const { world, app, work, receipts } = await aBlogWithReceipts();
    const whole = receipts();
    const { id } = await world.post("kept");
    await world.table.update(postKey("blog", id), { set: { syndication: 7 } }, { kind: "present" });
    await app.audit();
    await work();
    expect(receipts()).toEqual(whole);
  });
});
