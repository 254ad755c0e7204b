import { expect, it } from "vitest";
import { labelOf, literalPatterns } from "../growth/own-patterns.ts";
import { reasonFor, slowParts, unusedReasons } from "../growth/static-analysis.ts";

it("no regular expression takes the square of a text's length, by what it says", () => {
  const patterns = literalPatterns();
  expect(patterns.length).toBeGreaterThan(400);
  const slow = patterns.filter((pattern) => reasonFor(pattern) === undefined && slowParts(pattern).length > 0);
  expect(slow.map((pattern) => `${labelOf(pattern)}: ${slowParts(pattern).join(", ")}`)).toEqual([]);
  expect(unusedReasons(patterns)).toEqual([]);
});

it.each([/\s+$/, /(a+)+b/, /a*a*b/, /^\S+@\S+$/])("%s would be found", ({ source, flags }) => {
  expect(slowParts({ source, flags })).not.toEqual([]);
});
