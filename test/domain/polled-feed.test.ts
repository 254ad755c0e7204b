import { describe, expect, test } from "vitest";
import {
  departedEntries,
  nextWindow,
  pollInterval,
  retryInterval,
  type WindowEntry,
} from "../../src/domain/polled-feed.ts";
import { hour, minute } from "../../src/domain/time.ts";

/** `b2`: the entry b, published at 2. */
const entries = (text: string): readonly WindowEntry[] =>
  text
    .split(" ")
    .filter((one) => one !== "")
    .map((one) => ({
      path: one.slice(0, 1),
      hash: "h",
      published: Number(one.slice(1)) || undefined,
    }));
const names = (window: readonly WindowEntry[]): string => window.map(({ path }) => path).join("");

describe("of the entries that left a feed, those are asked", () => {
  test.each([
    ["that made room for newer ones: none", "a3 b2 c1", "d4 a3 b2", ""],
    ["that are newer than the oldest that remains", "a3 b2 c1", "a3 c1", "b"],
    ["of a feed that suddenly holds its newest entry: none", "a3 b2 c1", "a3", ""],
    ["of a feed that suddenly holds its oldest entry: all others", "a3 b2 c1", "c1", "ab"],
    ["of a feed that suddenly holds a new entry: none", "a3 b2 c1", "d4", ""],
    ["of a feed that is suddenly empty: none", "a3 b2 c1", "", ""],
    ["without a date: none", "a b2", "b2", ""],
    ["with the date of the oldest: none", "a2 b2", "b2", ""],
  ])("%s", (_, before, now, expected) => {
    expect(names(departedEntries({ window: entries(before), asking: [] }, entries(now), true))).toBe(expected);
  });

  test("not, where the end of the feed is missing", () => {
    expect(departedEntries({ window: entries("a3 b2 c1"), asking: [] }, entries("c1"), false)).toEqual([]);
  });

  test("again, until their page answers or they are older than what remains", () => {
    const asking = entries("x5 y2");
    expect(names(departedEntries({ window: entries("a3"), asking }, entries("a3 c1"), true))).toBe("xy");
    expect(names(departedEntries({ window: [], asking }, entries("a3"), true))).toBe("x");
    expect(names(departedEntries({ window: [], asking }, entries("x5 c1"), true))).toBe("y");
    expect(names(departedEntries({ window: [], asking }, [], true))).toBe("xy");
  });
});

describe("a poll remembers", () => {
  test.each([
    ["its entries", "a3 b2", "c4 a3", true, "ca"],
    ["those before, where it is empty", "a3 b2", "", true, "ab"],
    ["those before, where its end is missing", "a3 b2", "c4 a3", false, "cab"],
  ])("%s", (_, before, now, isComplete, expected) => {
    expect(names(nextWindow(entries(before), entries(now), isComplete))).toBe(expected);
  });

  test("a thousand entries at most", () => {
    const many = Array.from({ length: 1_500 }, (_, index) => ({
      path: `${index}`,
      hash: "h",
      published: index,
    }));
    expect(nextWindow([], many, true)).toHaveLength(1_000);
  });
});

test.each([
  [[], 5 * minute],
  [[undefined, 10 * minute], 10 * minute],
  [[30 * minute, 10 * minute], 30 * minute],
  [[24 * hour], hour],
  [[0], 5 * minute],
])("where %j is asked for, a feed is polled after %d ms", (asked, expected) => {
  expect(pollInterval(asked)).toBe(expected);
});

test.each([
  [1, undefined, 5 * minute],
  [2, undefined, 10 * minute],
  [5, undefined, 80 * minute],
  [100, undefined, 6 * hour],
  [1, 2 * hour, 2 * hour],
  [1, 1_000 * hour, 24 * hour],
])("after %d failures, where the server asks for %j, a feed is polled after %d ms", (failures, asked, expected) => {
  expect(retryInterval(failures, asked)).toBe(expected);
});
