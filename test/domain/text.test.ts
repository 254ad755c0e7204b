import { describe, expect, it } from "vitest";
import { cleanLine, cleanText, firstSentences, hasVisibleText } from "../../src/domain/text.ts";

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

  it("are cut within a word where that is too long, but never within a grapheme", () => {
    expect(firstSentences("👩‍👩‍👧‍👦".repeat(5), 3, "en")).toBe(`${"👩‍👩‍👧‍👦".repeat(2)}…`);
  });
});
