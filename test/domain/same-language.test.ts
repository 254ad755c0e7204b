import { expect, test } from "vitest";
import { isSameLanguage, languageAmong } from "../../src/domain/text.ts";

test.each([
  ["en", "en-GB"],
  ["pt-BR", "pt-PT"],
  ["zh", "zh-CN"],
  ["zh-TW", "zh-HK"],
  ["sr", "sr-RS"],
  ["DE", "de-at"],
])("%s is the same language as %s", (a, b) => {
  expect(isSameLanguage(a, b)).toBe(true);
});

test.each([
  ["en", "de"],
  ["zh-CN", "zh-TW"],
  ["sr-Latn", "sr"],
  ["no", "not a tag"],
])("%s is another language than %s", (a, b) => {
  expect(isSameLanguage(a, b)).toBe(false);
});

test.each([
  ["en-GB", "en"],
  ["de", "de"],
  ["pt-AO", "pt-BR"],
  ["pt-pt", "pt-PT"],
  ["ja-JP", "ja"],
  ["zh-TW", "zh-hant"],
])("a text in %s is one in %s on a site in en, de, pt-BR and pt-PT", (tag, language) => {
  expect(languageAmong(["en", "de", "pt-BR", "pt-PT"], tag)).toBe(language);
});
