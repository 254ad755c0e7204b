import { describe, expect, test } from "vitest";
import { retryAfter } from "../../src/domain/retry.ts";

const date = "Sun, 01 Mar 2026 08:00:00 GMT";

describe("a server's wait", () => {
  test.each([
    ["in seconds", { "retry-after": "120" }, 120_000],
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
