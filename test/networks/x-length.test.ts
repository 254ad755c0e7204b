import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { weightedLength, x } from "../../src/networks/x.ts";
import { xLength } from "../../src/sandbox/x-emulator.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { runs } from "../support/runs.ts";
import { aSnippet } from "../support/snippets.ts";

const account = aConfiguredAccount({ network: "x" });

const vectors = z
  .object({
    tests: z.record(
      z.string(),
      z.array(
        z.object({
          description: z.string(),
          text: z.string(),
          expected: z.object({ weightedLength: z.number(), valid: z.boolean() }),
        }),
      ),
    ),
  })
  .parse(parse(readFileSync(new URL("vectors/twitter-text-weighted.yml", import.meta.url), "utf8")));
const cases = Object.values(vectors.tests).flat();

/**
 * The section WeightedTweetsCounterTest is of configuration v2, which counts each code point of an emoji. X counts by v3,
 * in which any emoji weighs 2: two of its vectors have another length by that.
 */
const lengthsByV3 = new Map([
  ["Count a mix of single byte single word, and double word unicode characters", 7],
  ["Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers", 4],
]);

describe("the weighted length of X", () => {
  test("has all 44 vectors of twitter-text about weighted texts", () => {
    expect(cases).toHaveLength(44);
  });

  test.each(cases)("agrees with twitter-text's own vectors: $description", ({ description, text, expected }) => {
    expect(weightedLength(text)).toBe(lengthsByV3.get(description) ?? expected.weightedLength);
  });

  test.each(cases)("a text that X would refuse is not sent as it is: $description", ({ text, expected }) => {
    const { request, length, limit } = x.compose(aSnippet({ text, url: "", tags: [] }), account);
    expect(length <= limit && length > 0 && request.text === text.normalize("NFC").trim()).toBe(expected.valid);
  });

  test.each([
    ["plain letters", "a".repeat(280), 280],
    ["quotation marks and dashes that weigh 1", "“a” – b", 7],
    ["an ellipsis, an arrow, a bullet and the euro", "… → • €", 11],
    ["CJK", "日本語", 6],
    ["a link, whatever its length", `https://blog.example.com/${"x".repeat(100)}`, 23],
    ["file names that X regards as links", "README.md and deploy.sh", 23 + 5 + 23],
    ["names that X does not regard as links", "https://blog.example.test/", 26],
    ["an emoji younger than twitter-text", "\u{1FAE9}", 2],
    ["an emoji with a variation selector that it does not need", "⚡\uFE0F and ⛔\uFE0F\uFE0F", 2 + 5 + 2 + 2],
    ["a family", "👩‍👩‍👧‍👦", 2],
    ["a flag and a skin tone", "🇨🇭👍🏽", 4],
    ["an accent in two code points", "e\u0301", 1],
    ["a link that ends before CJK", "https://blog.example.com/a日本", 27],
    ["nothing", "", 0],
  ])("of %s", (_, text, length) => {
    expect(weightedLength(text)).toBe(length);
    expect(xLength(text)).toBe(length);
  });

  test("is the same as the sandbox counts by other means", () => {
    const parts = fc.array(
      fc.oneof(
        fc.string({ unit: fc.constantFrom(..."abcXYZ 0189,;!?()“”–—…→€·é日本語한국") }),
        fc.constantFrom(
          "👩‍👩‍👧‍👦",
          "🇨🇭",
          "❤️",
          "1️⃣",
          "🫩",
          "☎",
          " https://blog.example.com/a/b?c=d#e ",
          " http://a.example.org ",
          " https://x.test/a ",
          " README.md ",
        ),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(parts, (text) => {
        expect(weightedLength(text.join(""))).toBe(xLength(text.join("")));
      }),
      { numRuns: runs(1000) },
    );
  });
});
