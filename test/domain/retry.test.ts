import { describe, expect, test } from "vitest";
import { backoff, retryAfter } from "../../src/domain/retry.ts";
import { hour, second } from "../../src/domain/time.ts";
import { aDelivery } from "../support/builders.ts";

describe("backoff", () => {
  test("grows from half a minute to an hour, each wait up to a fifth shorter or longer", () => {
    for (let attempts = 0; attempts < 40; attempts += 1) {
      const middle = Math.min(30 * second * 2 ** Math.max(0, attempts - 1), hour);
      expect(Math.abs(backoff(aDelivery().seed, attempts) - middle)).toBeLessThanOrEqual(0.2 * middle);
    }
  });

  test("differs between deliveries that failed together, and works without a seed", () => {
    expect(backoff("0000aaaa", 1)).not.toBe(backoff("ffff0000", 1));
    expect(backoff("", 1)).toBe(30_000);
  });
});

const date = "Sun, 01 Mar 2026 08:00:00 GMT";

describe("a server's wait", () => {
  test.each([
    ["in seconds", { "retry-after": "120" }, 120_000],
    ["in words", { "retry-after": "x120" }, undefined],
    ["with a unit", { "retry-after": "120s" }, undefined],
    ["in long fractions of a second", { "retry-after": "1.25" }, 1_250],
    ["in parts of a second", { "retry-after": "0.3" }, 300],
    ["until now", { "retry-after": "0" }, 0],
    ["until a date of its clock", { "retry-after": "Sun, 01 Mar 2026 08:01:30 GMT", date }, 90_000],
    ["until a date that is over", { "retry-after": "Sun, 01 Mar 2026 07:00:00 GMT", date }, 0],
    ["until a date of an unknown clock", { "retry-after": date }, undefined],
    ["until a date of a clock that cannot be read", { "retry-after": date, date: "today" }, undefined],
    ["in words", { "retry-after": "soon", date }, undefined],
    ["that it does not name", { date }, undefined],
  ] as const)("%s", (_, headers, wait) => {
    expect(retryAfter(new Headers(headers))).toBe(wait);
  });
});
