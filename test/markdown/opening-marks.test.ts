import { describe, expect, it } from "vitest";
import { aDocument, contentOf } from "../documents/sample-documents.ts";

const html = (body: string, path?: string) => contentOf(aDocument("", body), path).html;

describe("a mark that opens a tag, in prose and without an end, is text and leaves the rest as it is:", () => {
  it.each([
    [
      "Vue opens with {{ and so on.\n\nKeep me.\n\n```html\n<p>{{ msg }}</p>\n```\n\nAfter the fence.\n\n## Heading\n\nLast.",
      '<p>Vue opens with {{ and so on.</p>\n<p>Keep me.</p>\n<pre><code class="language-html">&lt;p&gt;{{ msg }}&lt;/p&gt;\n</code></pre>\n<p>After the fence.</p>\n<h2>Heading</h2>\n<p>Last.</p>',
    ],
    [
      "Write {{ to open.\n\nSecond para.\n\nAnd }} to close.",
      "<p>Write {{ to open.</p>\n<p>Second para.</p>\n<p>And }} to close.</p>",
    ],
    [
      "Price of {% sign here.\n\nKeep me.\n\n{% include a.html %}\n\nLast.",
      "<p>Price of {% sign here.</p>\n<p>Keep me.</p>\n<p>Last.</p>",
    ],
    [
      "- item with {% sign\n\n  keep\n\n- next {% x %} end",
      "<ul>\n<li>\n<p>item with {% sign</p>\n<p>keep</p>\n</li>\n<li>\n<p>next  end</p>\n</li>\n</ul>",
    ],
    ["> A {{ open\n>\n> keep }} x", "<blockquote>\n<p>A {{ open</p>\n<p>keep }} x</p>\n</blockquote>"],
    [
      "Hugo opens with {{< and.\n\nKeep me.\n\n{{< vimeo 42 >}}",
      '<p>Hugo opens with {{&lt; and.</p>\n<p>Keep me.</p>\n<p><a href="https://vimeo.com/42">Video</a></p>',
    ],
    [
      "It opens with {{ as in\n```js\nf({ a: { b: 1 }})\n```",
      '<p>It opens with {{ as in</p>\n<pre><code class="language-js">f({ a: { b: 1 }})\n</code></pre>',
    ],
    [
      "A `code span\nwith {{ open` on two.\n# Heading }} x",
      "<p>A <code>code span with {{ open</code> on two.</p>\n<h1>Heading }} x</h1>",
    ],
    ["{{{ {{ }} b", "<p>{{{  b</p>"],
  ])("%j", (body, expected) => {
    expect(html(body)).toBe(expected);
  });

  it.each([
    ["A brace { alone.\n\nKeep me.\n\nAnd } here.", "<p>A brace { alone.</p>\n<p>Keep me.</p>\n<p>And } here.</p>"],
    ["A <List and\n\nKeep me.\n\n> q", "<p>A &lt;List and</p>\n<p>Keep me.</p>\n<blockquote>\n<p>q</p>\n</blockquote>"],
  ])("%j in MDX", (body, expected) => {
    expect(html(body, "a-post.mdx")).toBe(expected);
  });
});

it("a shortcode and a comment may have empty lines, and strings the marks of other tags", () => {
  expect(html("a {{< b\n\nc=1 >}} d")).toBe("<p>a  d</p>");
  expect(html("a {% comment %} b\n\nc {% endcomment %} d")).toBe("<p>a  d</p>");
  expect(html("a {/* b\n\nc */} d", "a-post.mdx")).toBe("<p>a  d</p>");
  expect(html("a {% if \"{%\" %}b {{ x | y: '}' }}c")).toBe("<p>a b c</p>");
  expect(html("a {{ \"{{\" }} b {{ '{%' }}")).toBe("<p>a {{ b {%</p>");
});

const marks =
  "{{ {{< {{% {% {%- {{- { {# {: {/ ${ `{{` `{%` ` `` < <a <A <a-b <> </a [ [a]( ![ $ $$ \\( * ** _ ~~ == ::: !!! :a >".split(
    " ",
  );
const places = [
  "M",
  "A M of it.",
  "M begins",
  "- a M b\n- c M d",
  "> a M b",
  "# a M b",
  "| a M |\n| - |\n| b |",
  "*a M b*",
];

const words = ["First", "Keep", "code", "more", "item", "Heading", "Last", "words", "here", "there"];

it.each(marks)("no word after a lone %j is lost, wherever it is", (mark) => {
  const lost = places.flatMap((place) => {
    const body = `First.\n\n${place.replaceAll("M", mark)}\n\nKeep {{ me }}.\n\n\`\`\`js\nf({ a: { b: 1 }}); // {% code %} {{< more >}}\n\`\`\`\n\n- an item\n\n## Heading\n\n{% include b.html %}\n\nLast }} words %} here } > and >}} there.`;
    return ["a-post.md", "a-post.mdx"].flatMap((path) => {
      const shown = html(body, path);
      return words.filter((word) => !shown.includes(word)).map((word) => `${word} in ${path}: ${place}`);
    });
  });
  expect(lost).toEqual([]);
});
