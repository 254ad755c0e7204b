import fc from "fast-check";
import { expect, test } from "vitest";
import {
  archiveFeed,
  categoryFeed,
  type FeedKey,
  type FeedParts,
  feedFolder,
  feedParts,
  inLanguage,
  isFeedKey,
  languageFeed,
  mainFeedFor,
  otherKindFeed,
  parseFeedKey,
} from "../../src/domain/feed-key.ts";
import { anyCharacter } from "../support/any-character.ts";

test.each<readonly [FeedKey, FeedParts, string]>([
  ["main", { kind: "main" }, ""],
  ["featured", { kind: "featured" }, "featured/"],
  ["notes", { kind: "notes" }, "notes/"],
  ["articles", { kind: "articles" }, "articles/"],
  [inLanguage("de", "notes"), { kind: "notes", language: "de" }, "languages/de/notes/"],
  [categoryFeed("Notes"), { kind: "category", slug: "notes" }, "categories/notes/"],
  [categoryFeed("C#"), { kind: "category", slug: "c-sharp" }, "categories/c-sharp/"],
  [archiveFeed(12), { kind: "archive", page: 12 }, "archive/"],
  [languageFeed("pt-BR"), { kind: "main", language: "pt-br" }, "languages/pt-br/"],
  [inLanguage("DE", "featured"), { kind: "featured", language: "de" }, "languages/de/featured/"],
  [
    inLanguage("de", categoryFeed("Main")),
    { kind: "category", slug: "main", language: "de" },
    "languages/de/categories/main/",
  ],
  [archiveFeed(2, languageFeed("de")), { kind: "archive", page: 2, language: "de" }, "languages/de/archive/"],
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
  "languages/",
  "languages/de/",
  "languages/de/main",
  "languages/de/languages/fr",
  "languages/de/archive/0",
])("%j names no feed", (text) => {
  expect(parseFeedKey(text)).toBeUndefined();
  expect(isFeedKey(text)).toBe(false);
});

test("a feed of notes and one of articles are each other's counterpart, in their language", () => {
  expect(
    (["notes", "articles", "languages/de/notes", "featured", "categories/notes"] as const).map(otherKindFeed),
  ).toEqual(["articles", "notes", "languages/de/articles", undefined, undefined]);
});

test("a feed's main feed is that of its language", () => {
  expect((["main", "featured", "categories/a", "archive/1"] as const).map(mainFeedFor)).toEqual(Array(4).fill("main"));
  expect((["languages/de", "languages/de/categories/a", "languages/de/archive/1"] as const).map(mainFeedFor)).toEqual(
    Array(3).fill("languages/de"),
  );
});

test("parsing does not change a key", () => {
  const folder = fc.constantFrom("", "main", "categories/", "languages/", "languages/de/", "archive/");
  fc.assert(
    fc.property(folder, fc.string({ unit: anyCharacter }), (start, rest) => {
      expect([start + rest, undefined]).toContain(parseFeedKey(start + rest));
    }),
  );
});
