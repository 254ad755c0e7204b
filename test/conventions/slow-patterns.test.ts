import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { labelOf, literalPatterns, patternsBuilt, patternsIn } from "../growth/own-patterns.ts";
import { reasonFor, slowParts, unusedReasons } from "../growth/static-analysis.ts";

const pattern = z.object({ file: z.string(), source: z.string(), flags: z.string() });

/** The list comes from another thread, which has not loaded the modules that build patterns. */
const [listed] = await once(new Worker(new URL("../growth/list-patterns.ts", import.meta.url)), "message");
const patterns = z.array(pattern).parse(listed);

it("no regular expression takes the square of a text's length, by what it says", () => {
  expect(patterns.length).toBeGreaterThan(400);
  const slow = patterns.filter((one) => reasonFor(one) === undefined && slowParts(one).length > 0);
  expect(slow.map((one) => `${labelOf(one)}: ${slowParts(one).join(", ")}`)).toEqual([]);
  expect(unusedReasons(patterns)).toEqual([]);
});

it.each([/\s+$/, /(a+)+b/, /a*a*b/, /^\S+@\S+$/])("%s would be found", ({ source, flags }) => {
  expect(slowParts({ source, flags })).not.toEqual([]);
});

describe("what is built with new RegExp", () => {
  it("is built when its module is loaded, where it is read like a literal", () => {
    expect(patternsBuilt.filter(({ atLoad }) => !atLoad)).toEqual([]);
    const literal = new Set(literalPatterns.map(labelOf));
    const read = patterns.filter((one) => !literal.has(labelOf(one)));
    const filesOf = (all: readonly { readonly file: string }[]) => all.map(({ file }) => file).toSorted();
    expect(filesOf(read)).toEqual(filesOf(patternsBuilt));
  });

  it.each([
    ["const a = new RegExp(b);", true],
    ["const a = { b: RegExp(c) };", true],
    ["const a = (b: string) => new RegExp(b).test(c);", false],
    ["function a() { return RegExp(b); }", false],
    ["class A { b() { return new RegExp(c); } }", false],
  ])("is seen in %s", (code, atLoad) => {
    expect(patternsIn("a.ts", code).built).toEqual([{ file: "a.ts", atLoad }]);
  });
});
