import { expect, it } from "vitest";
import { isDocument } from "../../src/domain/document.ts";
import { aDocument, contentOf, parse } from "./sample-documents.ts";

it("Markdoc is read: its tags are boxes and pictures, its braces are text", () => {
  const body = '{% callout title="Mind" %}\nText {as it is}.\n{% /callout %}\n\n{% img src="/a.png" alt="x" /%}';
  expect(isDocument("posts/a.mdoc")).toBe(true);
  expect(contentOf(aDocument("", body), "posts/a.mdoc")).toMatchObject({
    slug: "a",
    html: '<blockquote>\n<p><strong>Mind</strong></p>\n<p>Text {as it is}.</p>\n</blockquote>\n<p><img alt="x" src="https://blog.example.org/a.png" /></p>',
  });
});

it.each([
  ["# Part {% #part .wide %}", "<h1>Part</h1>"],
  ["Text. {% .wide id=x %}", "<p>Text.</p>"],
  ["## Part {#part .wide}", "<h2>Part</h2>"],
  ['[B](https://b.example/){% target="_blank" %} is there.', '<p><a href="https://b.example/">B</a> is there.</p>'],
  ["* one {% .done %}\n* two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"],
  ["A {% comment %}b{% /comment %}c", "<p>A c</p>"],
  ["{% comment %}\nA\n\nB\n{% /comment %}\n\nC", "<p>C</p>"],
  ['`{% .code %}` and {"a": 1}', '<p><code>{% .code %}</code> and {"a": 1}</p>'],
])("an annotation or a comment of Markdoc is not text, and needs no warning: %s", (body, html) => {
  const parsed = parse(aDocument("", body), "posts/a.mdoc");
  expect(parsed).toMatchObject({ kind: "post", content: { html }, warnings: [] });
});

it("a variable or a function of Markdoc, whose value only the site knows, is left out with a warning", () => {
  expect(parse(aDocument("", 'Hello {% $user.name %} and {% default($x, "y") %}.'), "posts/a.mdoc")).toMatchObject({
    warnings: [{ message: expect.stringContaining("`$user.name`") }, { message: expect.stringContaining("`default`") }],
  });
});
