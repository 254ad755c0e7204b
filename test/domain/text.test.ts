import { describe, expect, it, test } from "vitest";
import {
  cleanLine,
  cleanText,
  firstSentences,
  hasVisibleText,
  isSameLanguage,
  languageAmong,
} from "../../src/domain/text.ts";

describe("clean text", () => {
  it("has no control characters except tab and newline, no noncharacters and no lone surrogates", () => {
    expect(cleanText("a\u0000b\u0008c\u007Fd\u0085e\uFFFEf\uFFFFg\uD800h\ti\nj")).toBe("abcdefg\uFFFDh\ti\nj");
  });

  it("has a newline alone at the end of each line", () => {
    expect(cleanText("a\r\nb\rc")).toBe("a\nb\nc");
  });

  it("is one line without bidi overrides, but with its no-break spaces and marks", () => {
    expect(cleanLine("  a\u202Eb\u2066c \n\t d\u00A0!\u200F ")).toBe("abc d\u00A0!\u200F");
  });

  it("is invisible where it has white space and zero-width characters only", () => {
    expect(hasVisibleText("\u200B \u00A0\u2060")).toBe(false);
    expect(hasVisibleText("🔑")).toBe(true);
  });
});

describe("the first sentences of a text", () => {
  it("are the whole text where it is short", () => {
    expect(firstSentences("One. Two.", 300, "en")).toBe("One. Two.");
  });

  it("end with the last whole sentence", () => {
    expect(firstSentences("One is here. Two is here. Three is here.", 30, "en")).toBe("One is here. Two is here.");
  });

  it("are cut at a word, with an ellipsis, where the first sentence is too long", () => {
    expect(firstSentences("one two three four, five", 20, "en")).toBe("one two three four…");
  });

  it.each([
    ["at an abbreviation", "it is set by the renderer (e.g. the one of Hexo)", 32],
    ["at half an abbreviation", "it is set by the renderer (e. g. the one of Hexo)", 31],
    ["behind its comma", "it is set by the renderer, (cf., the one of Hexo)", 34],
    ["where the abbreviation seems to end a sentence", "it is set by the renderer (e.g. The one of Hexo)", 33],
    ["at another bracket", "it is set by the renderer（z. B. the one of Hexo）", 33],
  ])("are cut before a bracket that would have no more than an abbreviation: %s", (_, text, limit) => {
    expect(firstSentences(text, limit, "en")).toBe("it is set by the renderer…");
  });

  it("keep a bracket with more in it", () => {
    const text = "it is set by the renderer (e.g. the one of Hexo) and more";
    expect(firstSentences(text, 40, "en")).toBe("it is set by the renderer (e.g. the one…");
    expect(firstSentences("(e.g. the one of Hexo)", 8, "en")).toBe("(e.g…");
    expect(firstSentences("It is so (see below.) And then it is not.", 24, "en")).toBe("It is so (see below.)");
  });

  it("are cut within a word where that is too long, but never within a grapheme", () => {
    expect(firstSentences("👩‍👩‍👧‍👦".repeat(5), 3, "en")).toBe(`${"👩‍👩‍👧‍👦".repeat(2)}…`);
  });
});

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
