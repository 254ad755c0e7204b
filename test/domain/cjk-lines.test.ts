import { expect, test } from "vitest";
import { cleanLine } from "../../src/domain/text.ts";

test.each([
  ["日本語の\n文章。", "日本語の文章。"],
  ["一行。\n二行。", "一行。二行。"],
  ["第一章 はじめに", "第一章 はじめに"],
  ["한국어\n문장", "한국어 문장"],
  ["日本語\nand English", "日本語 and English"],
])("a line that broke between Chinese or Japanese characters leaves no space: %j", (text, line) => {
  expect(cleanLine(text)).toBe(line);
});
