import { describe, expect, test } from "vitest";
import { conflict, countInWindow, keyMutex, type RateWindow, retryOnConflict } from "../../src/domain/concurrency.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";

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

const perHour = { limit: 2, within: hour };
const aWindow = (counted: RateWindow["counted"] = {}): RateWindow => ({ name: "w", version: 1, counted });

test("counts no more ids than its limit", () => {
  const one = countInWindow(aWindow(), "a", perHour, start);
  const two = one && countInWindow(one, "b", perHour, start + minute);
  expect(two?.counted).toEqual({ a: start, b: start + minute });
  expect(two && countInWindow(two, "c", perHour, start + minute)).toBeUndefined();
});

test("counts an id once: a full window accepts it again, without a change to save", () => {
  const full = aWindow({ a: start, b: start });
  expect(countInWindow(full, "a", perHour, start + minute)).toBe(full);
});

test("forgets ids that were counted too long ago", () => {
  const full = aWindow({ a: start, b: start + minute });
  expect(countInWindow(full, "c", perHour, start + hour)?.counted).toEqual({ b: start + minute, c: start + hour });
});

describe("an attempt that meets a conflict", () => {
  test("is repeated until it succeeds", async () => {
    const answers = [conflict, conflict, "saved"] as const;
    let made = 0;
    expect(await retryOnConflict("the row", async () => answers[made++] ?? "never")).toBe("saved");
    expect(made).toBe(3);
  });

  test("may succeed with the result undefined", async () => {
    expect(await retryOnConflict("the row", async () => undefined)).toBeUndefined();
  });

  test("fails after 50 times, with an error that names the row and the next step", async () => {
    let made = 0;
    const attempt = async () => {
      made += 1;
      return conflict;
    };
    await expect(retryOnConflict("the row", attempt)).rejects.toThrow(
      "the row changes faster than it can be saved: try again when it no longer changes",
    );
    expect(made).toBe(50);
  });
});
