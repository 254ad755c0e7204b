import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noteLabel, noteText } from "../../src/domain/note-text.ts";
import { sanitiseBody, textOfHtml } from "../../src/markdown/sanitise.ts";

describe("the text of a note", () => {
  test.each([
    ["paragraphs and lines", "<p>One,<br />\ntwo.</p>\n<p>Three.</p>", "One,\ntwo.\n\nThree."],
    ["a link", '<p>At the <a href="https://h.example/a">harbour</a>.</p>', "At the harbour (https://h.example/a)."],
    [
      "a link whose text is its address",
      '<p><a href="https://www.h.example/a/">h.example/a</a></p>',
      "https://www.h.example/a/",
    ],
    ["a link without a text", '<p>See <a href="https://h.example/"></a></p>', "See https://h.example/"],
    [
      "a tag and a mention",
      '<p><a href="https://h.example/t">#tag</a> <a href="https://h.example/@a">@ada@h.example</a></p>',
      "#tag @ada@h.example",
    ],
    [
      "lists",
      '<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<ol start="3">\n<li>three</li>\n</ol>',
      "• one\n• two\n\n3. three",
    ],
    ["a list in a list", "<ul><li>one<ul><li>deep</li></ul></li></ul>", "• one\n• deep"],
    ["a quotation", "<blockquote><p>To weave.</p></blockquote><p>A <q>word</q>.</p>", "“To weave.”\n\nA “word”."],
    ["a quotation with its own marks", "<blockquote><p>“To weave.”</p></blockquote>", "“To weave.”"],
    ["code", "<pre><code>a\n  b\n</code></pre>", "a\n  b"],
    ["a table", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a, b\n1, 2"],
    ["a film", '<video><source src="https://h.example/a.mp4" /></video>', "https://h.example/a.mp4"],
    [
      "a footnote by its number, without the way back",
      '<p>A claim.<sup><a id="r1" href="https://b.example/#f1">1</a></sup></p><ol><li id="f1"><p>The source. <a href="https://b.example/#r1">↩</a></p></li></ol>',
      "A claim.[1]\n\n1. The source.",
    ],
    ["a picture and a rule", '<p>A<img src="https://h.example/a.png" alt="b" /></p><hr />', "A"],
  ])("has %s", (_, html, text) => {
    expect(noteText(html, "en")).toBe(text);
  });

  test.each([
    ["de", "„Ja“"],
    ["fr", "«Ja»"],
    ["ja", "「Ja」"],
    ["zh-TW", "「Ja」"],
    ["en-GB", "“Ja”"],
    ["not a language", "“Ja”"],
  ])("has the quotation marks of %s", (language, text) => {
    expect(noteText("<blockquote><p>Ja</p></blockquote>", language)).toBe(text);
  });

  test("may have many paragraphs, and is cut where no network takes it", () => {
    expect(noteText(`<div>${"<p>a</p>".repeat(200_000)}</div>`, "en").length).toBeLessThanOrEqual(20_000);
  });

  test("loses no word, and holds every address", () => {
    const word = fc.constantFrom("sea", "Licht", "海", "قلم", "a&amp;b", "x&lt;y", "#tag", "https://h.example/x");
    const inline = fc.oneof(
      word,
      fc.tuple(word, fc.nat(9)).map(([text, at]) => `<a href="https://h.example/${at}">${text}</a>`),
      fc.tuple(fc.constantFrom("em", "strong", "code", "q"), word).map(([tag, text]) => `<${tag}>${text}</${tag}>`),
      fc.constant("<br>"),
    );
    const line = fc.array(inline, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(" "));
    const block = fc.oneof(
      line.map((text) => `<p>${text}</p>`),
      line.map((text) => `<blockquote><p>${text}</p></blockquote>`),
      fc
        .array(line, { minLength: 1, maxLength: 3 })
        .map((items) => `<ul>${items.map((text) => `<li>${text}</li>`).join("")}</ul>`),
      line.map((text) => `<table><tbody><tr><td>${text}</td></tr></tbody></table>`),
      line,
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 5 }), (parts) => {
        const html = sanitiseBody(parts.join("\n"), "https://blog.example.com/");
        const text = noteText(html, "en");
        for (const found of textOfHtml(html).match(/[\p{L}\p{N}]+/gu) ?? []) expect(text).toContain(found);
        for (const [, href = ""] of html.matchAll(/href="([^"]*)"/g))
          expect(text.includes(href) || />#tag<\/a>/.test(html)).toBe(true);
      }),
    );
  });
});

describe("the label of a note", () => {
  const context = { language: "en", published: Date.UTC(2026, 2, 1, 23, 30), site: { timeZone: "Europe/Berlin" } };
  const picture = (alt: string) => `<p><img src="https://h.example/a.png" alt="${alt}" /></p>`;
  test.each([
    ["its first words", "<p>One.</p><p>Two.</p>", "One. Two."],
    ["its first sentence, where it is long", `<p>One is here.</p><p>${"More ".repeat(30)}</p>`, "One is here."],
    ["its words without the address of a link", '<p>A <a href="https://h.example/">harbour</a>.</p>', "A harbour."],
    ["what its picture shows", picture("A harbour"), "A harbour"],
    ["its date in the site's zone, where it has neither", picture(""), "March 2, 2026"],
  ])("is %s", (_, html, label) => {
    expect(noteLabel(html, context)).toBe(label);
  });
});
