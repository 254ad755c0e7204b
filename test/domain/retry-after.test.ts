import { expect, test } from "vitest";
import { readRetryAfter } from "../../src/domain/retry-after.ts";

test.each([
  ["120", { wait: 120_000 }],
  ["0", { wait: 0 }],
  ["Sun, 01 Mar 2026 08:01:30 GMT", { at: Date.UTC(2026, 2, 1, 8, 1, 30) }],
  ["soon", undefined],
  ["", undefined],
])("Retry-After: %s is read", (value, expected) => {
  expect(readRetryAfter(new Headers({ "retry-after": value }))).toEqual(expected);
});

test("an answer without Retry-After names no wait", () => {
  expect(readRetryAfter(new Headers())).toBeUndefined();
});
