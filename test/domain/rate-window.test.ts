import { expect, test } from "vitest";
import { countInWindow, type RateWindow } from "../../src/domain/concurrency.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";

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
