import { expect, test } from "vitest";
import { keyMutex } from "../../src/domain/concurrency.ts";

test("what has the same key runs one after another, also after a failure", async () => {
  const run = keyMutex();
  const steps: string[] = [];
  const first = Promise.withResolvers<void>();
  const failing = run("a", async () => {
    steps.push("first begins");
    await first.promise;
    steps.push("first fails");
    throw new Error("expected");
  });
  const second = run("a", async () => steps.push("second"));
  await run("b", async () => steps.push("another key"));
  first.resolve();
  await expect(failing).rejects.toThrow("expected");
  await second;
  expect(steps).toEqual(["first begins", "another key", "first fails", "second"]);
});
