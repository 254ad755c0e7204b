import fc from "fast-check";
import { expect, test } from "vitest";
import {
  archiveFeed,
  categoryFeed,
  type FeedKey,
  type FeedParts,
  feedFolder,
  feedParts,
  isFeedKey,
  languageFeed,
  parseFeedKey,
} from "../../src/domain/feed-key.ts";

test.each<readonly [FeedKey, FeedParts, string]>([
  ["main", { kind: "main" }, ""],
  ["featured", { kind: "featured" }, "featured/"],
  [categoryFeed("C#"), { kind: "category", slug: "c-sharp" }, "categories/c-sharp/"],
  [languageFeed("pt-BR"), { kind: "language", tag: "pt-br" }, "languages/pt-br/"],
  [archiveFeed(12), { kind: "archive", page: 12 }, "archive/"],
  ["categories/archive/1", { kind: "category", slug: "archive/1" }, "categories/archive/1/"],
])("%s is parsed, with its parts and its folder", (key, parts, folder) => {
  expect(parseFeedKey(key)).toBe(key);
  expect(feedParts(key)).toEqual(parts);
  expect(feedFolder(key)).toBe(folder);
});

test.each([
  "",
  "default",
  "Main",
  "main/",
  "categories",
  "categories/",
  "topics/a",
  "archive/0",
  "archive/01",
  "archive/1.5",
  "archive/1e3",
  "archive/9999999999",
  " main",
])("%j names no feed", (text) => {
  expect(parseFeedKey(text)).toBeUndefined();
  expect(isFeedKey(text)).toBe(false);
});

test("parsing does not change a key", () => {
  const folder = fc.constantFrom("", "main", "categories/", "languages/", "archive/");
  fc.assert(
    fc.property(folder, fc.string({ unit: "binary" }), (start, rest) => {
      expect([start + rest, undefined]).toContain(parseFeedKey(start + rest));
    }),
  );
});
