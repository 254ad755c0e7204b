import { expect, test } from "vitest";
import { aDocument, contentOf, warnings } from "./sample-documents.ts";

const keyOf = (path: string, frontMatter?: string) => contentOf(aDocument(frontMatter), path).translation?.key;

test.each([
  "posts/hello.md",
  "de/posts/hello.md",
  "posts/hello.ja.md",
  "pt-br/posts/hello.mdx",
  "posts/hello/index.md",
  "posts/hello/index.ja.md",
  "de/posts/hello/index.md",
  "de/posts/_drafts/hello.md",
])("%s has the key of its path without language, ending and index", (path) => {
  expect(keyOf(path)).toBe("posts/hello");
});

test("a file of another day has another key", () => {
  expect(keyOf("_posts/2026-03-01-hello.md")).toBe("2026-03-01-hello");
  expect(keyOf("de/_posts/2026-03-01-hello.md")).toBe("2026-03-01-hello");
});

test.each(["translationKey: greeting", "translation_key: greeting", "i18nKey: greeting", "lang-ref: greeting"])(
  "`%s` is used instead",
  (line) => {
    expect(keyOf("posts/hello.md", line)).toBe("greeting");
  },
);

test("two keys that differ are named, and the first is used", () => {
  const both = "translationKey: a\nlangRef: b";
  expect(keyOf("posts/hello.md", both)).toBe("a");
  expect(warnings(aDocument(both))).toEqual(["key-chosen"]);
});

test("a key that is too long is left out, with a warning", () => {
  const long = `translationKey: ${"a".repeat(501)}`;
  expect(keyOf("posts/hello.md", long)).toBe("posts/hello");
  expect(warnings(aDocument(long))).toEqual(["translation-key-too-long"]);
});
