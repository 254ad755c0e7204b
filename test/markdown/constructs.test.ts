import { describe, expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import { renderBody } from "../../src/markdown/markdown.ts";

const html = (markdown: string, isMdx = false): string =>
  renderBody(markdown, "https://x.example/p/", { isMdx }, findings())?.html ?? "refused";

const film = '<a href="https://www.youtube.com/watch?v=w7Ft2ymGmfc">Video</a>';
const box = (label: string, inside: string) =>
  `<blockquote>\n<p><strong>${label}</strong></p>\n${inside}\n</blockquote>`;
const maths = (tex: string) => `<code class="language-math">${tex}</code>`;
const link = (url: string, text = url) => `<a href="${url}">${text}</a>`;

/** Markup beyond CommonMark that people write, with the generator or the dialect that has it. */
const markdown: readonly (readonly [what: string, source: string, shown: string])[] = [
  [
    "definition lists (Markdown Extra)",
    "Apple\n: A fruit\n\nPear\n:   Another\n:   Two",
    "<dl>\n<dt>Apple</dt>\n<dd>A fruit</dd>\n<dt>Pear</dt>\n<dd>Another</dd>\n<dd>Two</dd>\n</dl>",
  ],
  ["an attribute list below a block (kramdown)", "Text.\n{: .lead #x}\n\nMore.", "<p>Text.</p>\n<p>More.</p>"],
  ["one of several lines", "Text.\n{: .lead\n   .wide\n   #x }\n\nMore.", "<p>Text.</p>\n<p>More.</p>"],
  ["one behind a heading", "## Head {#head}", "<h2>Head</h2>"],
  [
    "one within a line",
    '[l](/u){:target="_blank"} and `code`{:.language-js} and ![a](/a.png){width="30"}',
    '<p><a href="https://x.example/u">l</a> and <code>code</code> and <img alt="a" src="https://x.example/a.png" /></p>',
  ],
  ["braces in prose", "Write {name}, `{x}` or {a, b}", "<p>Write {name}, <code>{x}</code> or {a, b}</p>"],
  ["a table of contents (kramdown)", "* TOC\n{:toc}\n\nText", "<p>Text</p>"],
  ["a table of contents (Hexo, VitePress)", "[[toc]]\n\nText", "<p>Text</p>"],
  [
    "abbreviations (Markdown Extra)",
    "*[HTML]: Hyper Text\n\nThe HTML is.",
    '<p>The <abbr title="Hyper Text">HTML</abbr> is.</p>',
  ],
  [
    "emphasis beside the punctuation of Japanese",
    "これは**「強調」**と言う。**テスト。**次",
    "<p>これは<strong>「強調」</strong>と言う。<strong>テスト。</strong>次</p>",
  ],
  [
    "bare URLs before Chinese and Japanese",
    "https://a.example/xです。そして、https://a.example。次（https://a.example/y）。見る：https://a.example/z、と https://a.example/？y",
    `<p>${link("https://a.example/x")}です。そして、${link("https://a.example/", "https://a.example")}。次（${link("https://a.example/y")}）。見る：${link("https://a.example/z")}、と ${link("https://a.example/")}？y</p>`,
  ],
  [
    "bare URLs before the punctuation of English",
    "See https://a.example/a_b_c, www.a.example. (https://a.example/x_(y)) me@a.example",
    `<p>See ${link("https://a.example/a_b_c")}, ${link("http://www.a.example/", "www.a.example")}. (${link("https://a.example/x_(y)")}) ${link("mailto:me@a.example", "me@a.example")}</p>`,
  ],
  ["names of files", "Use main.rs, Node.js and README.md.", "<p>Use main.rs, Node.js and README.md.</p>"],
  [
    "maths with a minus, and money",
    "There are $N - 1$ or $ N_1 $ edges at $5 and $10, or $5, or 6$, US$3, $ 5 and $ 6.",
    `<p>There are ${maths("N - 1")} or ${maths("N_1")} edges at $5 and $10, or $5, or 6$, US$3, $ 5 and $ 6.</p>`,
  ],
  [
    "maths with marks of Markdown",
    "Let $a_i * b_i * c$ and $$x_1 = y_2$$ and \\(a_b\\).",
    `<p>Let ${maths("a_i * b_i * c")} and ${maths("x_1 = y_2")} and ${maths("a_b")}.</p>`,
  ],
  [
    "marked text",
    "A ==marked== word, a == b, `==x==`.",
    "<p>A <mark>marked</mark> word, a == b, <code>==x==</code>.</p>",
  ],
  [
    "subscripts and superscripts (Pandoc)",
    "H~2~O, x^2^, ~~gone~~, a~b, 5~6, (^_^) and ^^.",
    "<p>H<sub>2</sub>O, x<sup>2</sup>, <del>gone</del>, a~b, 5~6, (^_^) and ^^.</p>",
  ],
  [
    "emoji by their names",
    "Hi :smile: at 10:30:45 :not_one: `:smile:` :+1: http://a.example/:smile:",
    `<p>Hi 😄 at 10:30:45 :not_one: <code>:smile:</code> 👍 ${link("http://a.example/:smile:")}</p>`,
  ],
  [
    "an admonition (MkDocs)",
    '!!! note "A title"\n    Text **b**\n\n    - item\n\nAfter',
    `${box("A title", "<p>Text <strong>b</strong></p>\n<ul>\n<li>item</li>\n</ul>")}\n<p>After</p>`,
  ],
  ["an admonition without a title", "??? warning\n    Text", box("Warning", "<p>Text</p>")],
  ["an alert (GitHub)", "> [!NOTE]\n> Text\n> - a", box("Note", "<p>Text</p>\n<ul>\n<li>a</li>\n</ul>")],
  ["a callout (Obsidian)", "> [!tip]- Its title\n> Text", box("Its title", "<p>Text</p>")],
  [
    "boxes in boxes (Docusaurus)",
    "::::tip\n:::info[My title]\nin\n:::\nout\n::::",
    box("Tip", `${box("My title", "<p>in</p>")}\n<p>out</p>`),
  ],
  ["tasks (GitHub)", "- [ ] a\n- [x] b", "<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n</ul>"],
  [
    "a table with a pipe in a cell, and an attribute list",
    "| a |\n|:-:|\n| c \\| d |\n{: .table}",
    '<table>\n<thead>\n<tr>\n<th align="center">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align="center">c | d</td>\n</tr>\n</tbody>\n</table>',
  ],
  [
    "Markdown in an element (kramdown)",
    '<div markdown="1">\nThis is **bold**\n\n- a\n</div>',
    "<div>\n<p>This is <strong>bold</strong></p>\n<ul>\n<li>a</li>\n</ul>\n</div>",
  ],
  [
    "a picture in Markdown within an element",
    '<div class="wide">\n![An alt](/a.png "A title")\n</div>',
    '<div>\n<img alt="An alt" title="A title" src="https://x.example/a.png" />\n</div>',
  ],
  [
    "code in details",
    "<details><summary>More</summary>\n\n**b**\n\n```js\n<A/>\n```\n\n</details>",
    '<details><summary>More</summary>\n<p><strong>b</strong></p>\n<pre><code class="language-js">&lt;A/&gt;\n</code></pre>\n</details>',
  ],
  [
    "a film within a line and within an element (Hugo)",
    "See {{< youtube w7Ft2ymGmfc >}} here.\n\n<div>\n  {{< youtube w7Ft2ymGmfc >}}\n</div>",
    `<p>See ${film} here.</p>\n<div>\n  ${film}\n</div>`,
  ],
  [
    "an unknown tag with Markdown in it (Hugo)",
    '{{< fancy "x" >}}\nInside **b**\n{{< /fancy >}}\n\nIn a {{% kbd %}}Ctrl{{% /kbd %}} line.',
    "<p>Inside <strong>b</strong></p>\n<p>In a Ctrl line.</p>",
  ],
  ["a tag that is shown (Hugo)", "Write {{</* youtube id */>}} so.", "<p>Write {{&lt; youtube id &gt;}} so.</p>"],
  [
    "code by a tag, and text without templates (Jekyll)",
    "{% highlight ruby linenos %}\ndef a\n  **x** {{ y }}\n\n  <b>\nend\n{% endhighlight %}\n\n{% raw %}\nUse {{ x }} here\n{% endraw %}",
    '<pre><code class="language-ruby">def a\n  **x** {{ y }}\n\n  &lt;b&gt;\nend\n</code></pre>\n<p>Use {{ x }} here</p>',
  ],
  [
    "the address of the site in addresses (Jekyll)",
    '[a]({{ site.baseurl }}/b) ![i]({{ "/i.png" | relative_url }} "t") <a href="{{ site.url }}/c">c</a> [d][r]\n\n[r]: {{ site.url }}/d',
    '<p><a href="https://x.example/b">a</a> <img alt="i" title="t" src="https://x.example/i.png" /> <a href="https://x.example/c">c</a> <a href="https://x.example/d">d</a></p>',
  ],
  [
    "unknown tags and values (Jekyll)",
    'A {% include foo.html a="b" %} word {{ page.x }}.\n\n{% if x %}\nYes\n{% endif %}',
    "<p>A  word .</p>\n<p>Yes</p>",
  ],
  [
    "tags in a list",
    "- a\n\n  {{< youtube w7Ft2ymGmfc >}}\n\n  {% highlight js %}\n  x {{ y }}\n  {% endhighlight %}\n- b",
    `<ul>\n<li>\n<p>a</p>\n<p>${film}</p>\n<pre><code class="language-js">x {{ y }}\n</code></pre>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>`,
  ],
  [
    "types with parameters",
    "An Option<T> or Vec<String> here; a < b and c > d.",
    "<p>An Option&lt;T&gt; or Vec&lt;String&gt; here; a &lt; b and c &gt; d.</p>",
  ],
  [
    "a note within a line (Pandoc)",
    "A^[an inline *note*].",
    '<p>A<sup><a id="fn-p-ref-1" href="https://x.example/p/#fn-p-1">1</a></sup>.</p>\n<hr />\n<ol>\n<li id="fn-p-1"><p>an inline <em>note</em> <a href="https://x.example/p/#fn-p-ref-1">↩</a></p>\n</li>\n</ol>',
  ],
];

const mdx: typeof markdown = [
  [
    "components, imports and exports",
    'import A from "./a"\nimport {\n  B,\n} from "b";\n\nexport const meta = {\n  a: 1,\n\n  b: [2],\n};\n\n<Card title="T" items={[{ a: 1 }, 2]} on={() => { x > 1 }}>\n  Some **bold** text\n\n  - a\n</Card>\n\nIn <Hl color="red">marked **x**</Hl> line.\n\n<YouTube id="w7Ft2ymGmfc" />',
    `<p><strong>T</strong></p>\n<p>Some <strong>bold</strong> text</p>\n<ul>\n<li>a</li>\n</ul>\n<p>In marked <strong>x</strong> line.</p>\n<p>${film}</p>`,
  ],
  [
    "expressions",
    'Value {`tick` + x} and {props.x} and {/* note */} and {" "}end. \\{kept\\} {"said"}\n\n    not code **b**',
    "<p>Value  and  and  and  end. {kept} said</p>\n<p>not code <strong>b</strong></p>",
  ],
  [
    "code in a component",
    '<CodeBlock language="js">{`const a = 1;\n\nif (a < 2) { b(); }`}</CodeBlock>',
    '<pre><code class="language-js">const a = 1;\n\nif (a &lt; 2) { b(); }\n</code></pre>',
  ],
  [
    "Markdown in an element",
    "<div className={x} style={{ a: 1 }}>\n  Some **bold** text\n</div>",
    "<div>\n<p>Some <strong>bold</strong> text</p>\n</div>",
  ],
];

describe("a construct beyond CommonMark is shown:", () => {
  it.each(markdown)("%s", (_, source, shown) => {
    expect(html(source)).toBe(shown);
  });

  it.each(mdx)("%s (MDX)", (_, source, shown) => {
    expect(html(source, true)).toBe(shown);
  });
});

describe("code", () => {
  const lines = [
    "import A from 'a'",
    "export const x = 1",
    "<Card a={b}>**x**</Card> {`…`} {{< youtube id >}} {% raw %} $a_b$ ==m== :smile: H~2~O [^1]",
    ":::note",
    "!!! note",
    "{: .x}",
    "[[toc]]",
  ].join("\n");
  const escaped = lines.replaceAll("<", "&lt;").replaceAll(">", "&gt;");

  it.each([false, true])("is shown as it is written (MDX: %s)", (isMdx) => {
    expect(html(`\`\`\`jsx\n${lines}\n\`\`\``, isMdx)).toBe(
      `<pre><code class="language-jsx">${escaped}\n</code></pre>`,
    );
    expect(html(`> ~~~\n${lines.replaceAll(/^/gm, "> ")}\n> ~~~`, isMdx)).toContain(escaped);
    expect(html("`<Card/> {x} {{ y }} $a$ ==m== :smile:` ``a ` {{< z >}}``", isMdx)).toBe(
      "<p><code>&lt;Card/&gt; {x} {{ y }} $a$ ==m== :smile:</code> <code>a ` {{&lt; z &gt;}}</code></p>",
    );
  });
});
