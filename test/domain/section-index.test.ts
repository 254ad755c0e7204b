import { expect, test } from "vitest";
import { sectionIndexes } from "../../src/domain/document.ts";

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
