import { expect, test } from "vitest";
import { coalesce } from "../../../src/app/publish/mark-feeds.ts";

/** Work whose batches the test ends one by one. */
const heldWork = () => {
  const batches: { readonly items: readonly string[]; readonly end: PromiseWithResolvers<void> }[] = [];
  const call = coalesce<string>((items) => {
    const end = Promise.withResolvers<void>();
    batches.push({ items, end });
    return end.promise;
  });
  return { batches, call };
};

test("calls that come while work is done share the next work, which begins after them", async () => {
  const { batches, call } = heldWork();
  const first = call("a");
  await Promise.resolve();
  const others = [call("b"), call("c")];
  expect(batches.map(({ items }) => items)).toEqual([["a"]]);
  batches[0]?.end.resolve();
  await first;
  await Promise.resolve();
  expect(batches.map(({ items }) => items)).toEqual([["a"], ["b", "c"]]);
  batches[1]?.end.resolve();
  await Promise.all(others);
});

test("where the shared work fails, it is done for each alone, and only those fail for which it fails again", async () => {
  const done: (readonly string[])[] = [];
  const call = coalesce<string>(async (items) => {
    done.push(items);
    if (items.includes("bad")) throw new Error("no");
  });
  const results = await Promise.allSettled([call("good"), call("bad"), call("fine")]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(done).toEqual([["good", "bad", "fine"], ["good"], ["bad"], ["fine"]]);
  await expect(call("good")).resolves.toBeUndefined();
});
