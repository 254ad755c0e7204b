import { describe, expect, it } from "vitest";
import { aDocument, contentOf } from "./sample-documents.ts";

const summaryOf = (body: string) => contentOf(aDocument("", body)).summary;

describe("a summary of lists", () => {
  it.each([
    ["items", "- a\n- b", "a; b"],
    [
      "lists below headings",
      "### New\n\n- add a\n- add b\n\n### Fixes\n\n- fix c\n- fix d",
      "add a; add b; fix c; fix d",
    ],
    ["lists around a rule", "- a\n\n---\n\n- b", "a; b"],
    ["an item that ends in a slash", "- `http://` over `//`\n- b", "http:// over //; b"],
    ["items that end in other signs", "- `*`\n- C#\n- R&\n- @\n- 5%\n- b", "*; C#; R&; @; 5%; b"],
    ["an item that ends in a quotation", '- say "hi"\n- b', 'say "hi"; b'],
    ["a list before a paragraph", "New:\n\n- a\n- b\n\n<!--more-->\n\nText.", "New: a; b"],
    [
      "a list before a paragraph above the fold",
      "New today:\n\n- a\n- b\n\nMore follows.\n\n<!--more-->\n\nText.",
      "New today: a; b; More follows.",
    ],
  ])("divides %s by semicolons", (_, body, summary) => {
    expect(summaryOf(body)).toBe(summary);
  });

  it.each([
    "One.",
    "Two!",
    "Three?",
    "Four…",
    'He said "five."',
    "Six (and more.)",
    "七。",
    "هل ثمانية؟",
    "nine,",
    "ten;",
  ])("has no semicolon after the punctuation of %s", (item) => {
    expect(summaryOf(`- ${item}\n- b\n\n---\n\n- ${item}\n\n---\n\n- c`)).toBe(`${item} b; ${item} c`);
  });
});
