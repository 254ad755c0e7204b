import { describe, expect, it } from "vitest";
import { aDocument, contentOf } from "../documents/sample-documents.ts";

const html = (body: string, path?: string) => contentOf(aDocument("", body), path).html;
const code = (tex: string) => `<code class="language-math">${tex}</code>`;

describe("maths", () => {
  it.each([
    ["$a_1*b_2*c_3$", "a_1*b_2*c_3"],
    ["$x$", "x"],
    ["$\\alpha \\\\ \\{b\\}$", "\\alpha \\\\ \\{b\\}"],
    ["$10^{-3}$", "10^{-3}"],
    ["\\(a_b\\)", "a_b"],
    ["\\\\(a_b\\\\)", "a_b"],
    ["$$a_b * c_d$$", "a_b * c_d"],
    ["\\[ a_b \\]", "a_b"],
    ["\\begin{align} a &= b_1 \\end{align}", "\\begin{align} a &amp;= b_1 \\end{align}"],
  ])("is kept as code: %j", (body, tex) => {
    expect(html(body)).toBe(`<p>${code(tex)}</p>`);
    expect(html(body, "a-post.mdx")).toBe(`<p>${code(tex)}</p>`);
  });

  it("is kept in a sentence, a heading, a link and a table", () => {
    expect(html("If *a $x_1$ b* and $y_2$, then.")).toBe(
      `<p>If <em>a ${code("x_1")} b</em> and ${code("y_2")}, then.</p>`,
    );
    expect(html("# On $x_1$")).toBe(`<h1>On ${code("x_1")}</h1>`);
    expect(html("[$x_1$](/a)")).toContain(`>${code("x_1")}</a>`);
    expect(html("| a |\n|---|\n| $x_1$ |")).toContain(`<td>${code("x_1")}</td>`);
  });

  it("is text in an alt, and as it is written in the title of a link", () => {
    expect(html('![of $x_1$](/a.png "$y_1$")')).toBe(
      '<p><img alt="of x_1" title="$y_1$" src="https://blog.example.org/a.png" /></p>',
    );
  });

  it("ends with its paragraph, so that the text between two formulas is prose", () => {
    expect(html("text $$\na_b\n$$\n\n{{ x }} prose\n\n$$\nc_d\n$$")).toContain("<p> prose</p>");
  });

  it("is a block of code where it is on lines of its own, in lists and quotations, too", () => {
    const block = '<pre><code class="language-math">a_b\n</code></pre>';
    expect(html("$$\na_b\n$$")).toBe(block);
    expect(html("> $$\n> a_b\n> $$")).toBe(`<blockquote>\n${block}\n</blockquote>`);
    expect(html("- $$\n  a_b\n  $$")).toBe(`<ul>\n<li>\n${block}\n</li>\n</ul>`);
    expect(html("{% katex %}\na_b\n{% endkatex %}")).toBe(block);
    expect(html("text\n\\[\na_b\n\\]")).toBe(`<p>text</p>\n${block}`);
  });

  it("keeps its lines where it has several", () => {
    const block = (tex: string) => `<pre><code class="language-math">${tex}\n</code></pre>`;
    expect(html("$$\n  a_b\n  - c_d$$")).toBe(block("  a_b\n  - c_d"));
    const environment = "\\begin{align*}\na &= b_1 \\\\\nc &= d_1\n\\end{align*}";
    expect(html(environment)).toBe(block(environment.replaceAll("&", "&amp;")));
  });

  it.each([
    "$5 and $6",
    "$5-$10, US$5 to US$6",
    "I have $5, you have 10$.",
    "$HOME/$USER and $PATH",
    "It costs 5$ or 6$.",
    "\\$a_b\\$",
    "**$6** costs\n## ![5$ a](/a)",
    "![$6 a](/a) `{{ code }}` ![b_c 5$ d](/e)",
    "`$a_b$`",
  ])("is not prose with dollars: %s", (body) => {
    expect(html(body)).not.toContain("language-math");
  });

  it("is not prose between two dollars or in escaped brackets, which stays Markdown", () => {
    expect(html("costs $5 or {{ x }} so, *6*$ b")).toBe("<p>costs $5 or  so, <em>6</em>$ b</p>");
    expect(html("a $b_c {% x %} d_e$ f")).toBe("<p>a $b_c  d_e$ f</p>");
    expect(html("\\(an aside\\) \\[sic\\]")).toBe("<p>(an aside) [sic]</p>");
  });
});
