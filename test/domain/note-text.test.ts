import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linkedNoteText, noteLabel, noteText, picturesIn } from "../../src/domain/note-text.ts";
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
    [
      "a link whose text is its address in other letters",
      '<p><a href="https://h.example/a">H.example/A</a></p>',
      "https://h.example/a",
    ],
    [
      "a link whose text is the beginning of its address",
      '<p><a href="https://h.example/a/long/path">h.example/a/lo…</a></p>',
      "https://h.example/a/long/path",
    ],
    [
      "a link whose text ends with an ellipsis",
      '<p><a href="https://h.example/a">more…</a></p>',
      "more… (https://h.example/a)",
    ],
    ["a link without a text", '<p>See <a href="https://h.example/"></a></p>', "See https://h.example/"],
    [
      "a tag and a mention",
      '<p><a href="https://h.example/t">#tag</a> <a href="https://h.example/@a">@ada@h.example</a></p>',
      "#tag @ada@h.example",
    ],
    [
      "the full name of a person whose profile is linked",
      '<p><a href="https://h.example/@ada">@ada</a></p>',
      "@ada@h.example",
    ],
    [
      "a name that mentions nobody, where it links elsewhere",
      '<p><a href="https://h.example/people/ada">@ada</a></p>',
      "@\u200Bada (https://h.example/people/ada)",
    ],
    ["code that mentions nobody", "<p><code>@Override</code></p><pre>@Test</pre>", "@\u200BOverride\n\n@\u200BTest"],
    [
      "lists",
      '<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<ol start="3">\n<li>three</li>\n</ol>',
      "• one\n• two\n\n3. three",
    ],
    ["a list in a list", "<ul><li>one<ul><li>deep</li></ul></li></ul>", "• one\n• deep"],
    ["a quotation", "<blockquote><p>To weave.</p></blockquote><p>A <q>word</q>.</p>", "“To weave.”\n\nA “word”."],
    ["a quotation with its own marks", "<blockquote><p>“To weave.”</p></blockquote>", "“To weave.”"],
    ["a list of definitions", "<dl><dt>warp</dt><dd>lengthwise</dd></dl>", "warp\nlengthwise"],
    ["code", "<pre><code>a\n  b\n</code></pre>", "a\n  b"],
    ["a table", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a, b\n1, 2"],
    ["a film", '<video><source src="https://h.example/a.mp4" /></video>', "https://h.example/a.mp4"],
    [
      "a footnote by its number, without the way back",
      '<p>A claim.<sup><a id="r1" href="https://b.example/#f1">1</a></sup></p><ol><li id="f1"><p>The source. <a href="https://b.example/#r1">↩</a></p></li></ol>',
      "A claim.[1]\n\n1. The source.",
    ],
    [
      "a link to a part of another page",
      '<p id="r1"><a href="https://other.example/a#f1">1</a></p>',
      "1 (https://other.example/a#f1)",
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

  test.each([
    ["fi", "”Ja”"],
    ["ja", "「Ja」"],
    ["fr", "«Ja»"],
    ["de", "„Ja“"],
  ])("keeps the quotation marks of %s that its author wrote", (language, text) => {
    expect(noteText(`<blockquote><p>${text}</p></blockquote>`, language)).toBe(text);
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
        // A tag is a link of the network already.
        for (const [, href = ""] of html.matchAll(/href="([^"]*)"/g))
          expect(text.includes(href) || html.includes(`href="${href}">#tag</a>`)).toBe(true);
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

  test.each(["__proto__", "constructor", "en_GB", ""])("is made whatever its language says: %j", (language) => {
    const site = { timeZone: "Europe/Berlin" };
    expect(noteLabel("", { language, published: 0, site })).toBe("January 1, 1970");
    expect(noteLabel("<p>She said <q>yes</q>.</p>", { language, published: 0, site })).toBe("She said “yes”.");
  });

  test("says where it has none of them, not even a date", () => {
    expect(noteLabel("", { ...context, published: undefined })).toBe("A note without a date");
  });
});

describe("the pictures of a note", () => {
  const images = (...attributes: readonly string[]) => attributes.map((one) => `<img ${one} />`).join("");

  test.each(['width="1"', 'width="0"', 'height="1"', 'height="0"'])("are none that counts readers: %s", (size) => {
    expect(picturesIn(images(`src="https://h.example/pixel" ${size}`))).toEqual([]);
  });

  test("are none that is written into the body itself", () => {
    const url = "https://h.example/a.png";
    expect(picturesIn(images('src="data:image/png;base64,AAAA"', `src="${url}"`))).toEqual([{ url }]);
  });

  test("have the alternative text of the first place", () => {
    const url = "https://h.example/a.png";
    expect(picturesIn(images(`src="${url}" alt="First"`, `src="${url}" alt="Second"`))).toEqual([
      { url, alt: "First" },
    ]);
  });

  test("are found whatever their alternative text has", () => {
    const url = "https://h.example/a.png";
    const alt = "<img src='https://h.example/b.png'> a > b";
    expect(picturesIn(sanitiseBody(`<p>&lt;img src="${url}"&gt;<img src="${url}" alt="${alt}"></p>`, url))).toEqual([
      { url, alt },
    ]);
  });
});

test("a note for a network that has links of its own has them at their words, whatever signs its text has", () => {
  const html = '<p>\uE000 See <a href="https://h.example/a">the\uE001 harbour</a>, 🛁.</p>';
  const { text, links } = linkedNoteText(html, "en");
  expect(text).toBe("See the harbour, 🛁.");
  expect(links.map(({ start, end, url }) => [text.slice(start, end), url])).toEqual([
    ["the harbour", "https://h.example/a"],
  ]);
});

test("a note for a page has a link at each address, tag and person's name, too", () => {
  const html =
    '<p><a href="https://h.example/a">h.example/a</a> <a href="https://t.example/sea">#sea</a> <a href="https://s.example/@ann">@ann</a></p>';
  const { text, links } = linkedNoteText(html, "en", { plainLinks: true });
  expect(text).toBe(noteText(html, "en"));
  expect(links.map(({ start, end, url }) => [text.slice(start, end), url])).toEqual([
    ["https://h.example/a", "https://h.example/a"],
    ["#sea", "https://t.example/sea"],
    ["@ann@s.example", "https://s.example/@ann"],
  ]);
  expect(linkedNoteText(html, "en").links).toEqual([]);
});
