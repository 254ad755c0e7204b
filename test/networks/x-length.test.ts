import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { weightedLength } from "../../src/networks/x-length.ts";
import { xLength } from "../../src/sandbox/x-emulator.ts";

const vectors = z
  .object({
    tests: z.record(
      z.string(),
      z.array(
        z.object({ description: z.string(), text: z.string(), expected: z.object({ weightedLength: z.number() }) }),
      ),
    ),
  })
  .parse(parse(readFileSync(new URL("vectors/twitter-text-weighted.yml", import.meta.url), "utf8")));
const cases = Object.values(vectors.tests).flat();

describe("the weighted length of X", () => {
  test.each(cases)("agrees with twitter-text's own vectors: $description", ({ text, expected }) => {
    expect(weightedLength(text)).toBe(expected.weightedLength);
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
      { numRuns: 1000 },
    );
  });
});
