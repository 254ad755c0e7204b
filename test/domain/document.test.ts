import fc from "fast-check";
import { expect, test } from "vitest";
import { sectionIndexes, sharedText } from "../../src/domain/document.ts";

const twenty =
  "One two three four five six seven eight nine ten eleven twelve to twenty: and so on it goes, then stops.";

test.each([
  ["the same words in other tags", `<p>${twenty}</p>`, `<div><a href="/x">${twenty}</a></div>`, 1],
  ["two of twenty words changed", twenty, twenty.replace("One two", "Three eight"), 0.9],
  ["a text that is twice as long", twenty, `${twenty} ${twenty}`, 0.5],
  ["another text", twenty, "<p>Nothing of this.</p>", 0],
  ["fewer than ten words", "<p>Words of a short note.</p>", "<p>Words of a short note.</p>", 0],
  [
    "Japanese, where one of ten characters changed",
    "<p>日本語の文章を書く。猫</p>",
    "<p>日本語の文章を書く。犬</p>",
    0.9,
  ],
])("%s", (_, one, other, share) => {
  expect(sharedText(one, other)).toBeCloseTo(share);
});

test("the share is the same in both directions, and 1 for a text and itself", () => {
  const words = fc
    .array(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 10, maxLength: 30 })
    .map((all) => all.join(" "));
  fc.assert(
    fc.property(words, words, (one, other) => {
      expect(sharedText(one, other)).toBe(sharedText(other, one));
      expect(sharedText(one, one)).toBe(1);
    }),
  );
});

const isSection = (path: string, ...others: readonly string[]) => sectionIndexes([path, ...others]).has(path);

test.each([
  ["blog/index.md", ["blog/a.md"]],
  ["blog/index.md", ["blog/2020/a.md"]],
  ["blog/index.md", ["blog/alpha/index.md"]],
  ["blog/index.ja.mdx", ["blog/a.md", "blog/index.md"]],
])("%s is the index of a section where there is %j", (path, others) => {
  expect(isSection(path, ...others)).toBe(true);
});

test.each([
  ["alpha/index.md", []],
  ["alpha/index.md", ["alpha/index.fr.md"]],
  ["alpha/index.md", ["beta/index.md", "alphabet/a.md", "a.md", "blog/index.md"]],
  ["alpha/index.mdx", ["alpha/_part.mdx", "alpha/README.md"]],
  ["blog/alpha.md", ["blog/a.md"]],
  ["blog/_index.md", ["blog/a.md"]],
])("%s is not, where there is %j", (path, others) => {
  expect(isSection(path, ...others)).toBe(false);
});
