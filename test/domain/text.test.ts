import { describe, expect, it } from "vitest";
import { cleanLine, cleanText, firstSentences, hasVisibleText } from "../../src/domain/text.ts";

describe("clean text", () => {
  it("holds no control characters but tab and newline, no noncharacters, no half of a pair", () => {
    expect(cleanText("a\u0000b\u0008c\u007Fd\u0085e\uFFFEf\uFFFFg\uD800h\ti\nj")).toBe("abcdefg\uFFFDh\ti\nj");
  });

  it("ends its lines with a newline alone", () => {
    expect(cleanText("a\r\nb\rc")).toBe("a\nb\nc");
  });

  it("is on one line without bidi overrides, with its no-break spaces and marks", () => {
    expect(cleanLine("  a\u202Eb\u2066c \n\t d\u00A0!\u200F ")).toBe("abc d\u00A0!\u200F");
  });

  it("knows a text without anything to see", () => {
    expect(hasVisibleText("\u200B \u00A0\u2060")).toBe(false);
    expect(hasVisibleText("🔑")).toBe(true);
  });
});

describe("the first sentences of a text", () => {
  it("are all of it where it is short", () => {
    expect(firstSentences("One. Two.", 300, "en")).toBe("One. Two.");
  });

  it("end with the last whole sentence", () => {
    expect(firstSentences("One is here. Two is here. Three is here.", 30, "en")).toBe("One is here. Two is here.");
  });

  it("are cut at a word, with an ellipsis, where the first sentence is too long", () => {
    expect(firstSentences("one two three four, five", 20, "en")).toBe("one two three four…");
  });

  it("are cut within a word that is too long, never within a grapheme", () => {
    expect(firstSentences("👩‍👩‍👧‍👦".repeat(5), 3, "en")).toBe(`${"👩‍👩‍👧‍👦".repeat(2)}…`);
  });
});
