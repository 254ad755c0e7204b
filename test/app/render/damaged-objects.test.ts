import { expect, test } from "vitest";
import type { Objects, StoredObject } from "../../../src/ports/feeds.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** Objects that a test may damage. A put says which object it replaces, as in S3. */
const damagedObjects = () => {
  const stored = new Map<string, StoredObject>();
  const put: string[] = [];
  const objects: Objects = {
    read: async (key) => stored.get(key),
    put: async (key, bytes, { over }) => {
      if (stored.get(key)?.etag !== over) return false;
      put.push(key);
      stored.set(key, { bytes, etag: `"${put.length}"` });
      return true;
    },
  };
  return { objects, stored, put };
};

test.each([
  ["lost", undefined],
  ["cut in half", (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
  ["of other bytes", () => new TextEncoder().encode("<html>")],
] as const)("each file of a feed that is %s is written again by the audit, and no other is", async (_, damage) => {
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
});
