import { describe, expect, it } from "vitest";
import { plainText } from "../../src/documents/plain-text.ts";
import { findings } from "../../src/domain/findings.ts";
import { aDocument, contentOf } from "./sample-documents.ts";

const plain = (text: string) => plainText(text, "title", findings());

describe("a text of the front matter", () => {
  it.each([
    ["Tom &amp; Jerry &#8217;s &hellip;", "Tom & Jerry ’s …"],
    ["Fish &amp;amp; chips, it&amp;#8217;s &amp;nbsp;&amp;hellip;", "Fish & chips, it’s \u00A0…"],
    ["What `&amp;` and `&amp;amp;` mean", "What &amp; and &amp;amp; mean"],
    ["https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2"],
    ["The norm $\\ell_1$ of $x^2 + y^2$", "The norm ℓ₁ of x²\u00A0+\u00A0y²"],
    ["On \\(O(n\\log n)\\) and $$\\frac{a+b}{2}$$", "On O(n\u00A0log\u00A0n) and (a+b)/2"],
    ["Bound $a<b$ and $n\\leq m$", "Bound a<b and n≤\u00A0m"],
    ["A matrix $\\begin{pmatrix}a & b\\end{pmatrix}$ here", "A matrix … here"],
    ["What &amp;nbsp; means, and <code>&amp;amp;</code> too", "What &nbsp; means, and &amp; too"],
    ["5&amp;nbsp;km: &amp;thinsp;, &amp;#8203; or &amp;lt;", "5\u00A0km: &thinsp;, &#8203; or <"],
    ["“&amp;emsp13;”/&amp;#xA0; and &amp;zwj;", "“&emsp13;”/&#xA0; and &zwj;"],
    ["**Bold**, *emphasis* and `code`", "Bold, emphasis and code"],
    ["A [link](https://a.example/) and ![a picture](a.png)", "A link and"],
    ["Shipped :rocket: today", "Shipped 🚀 today"],
    ["Snake\\_case \\& more", "Snake_case & more"],
    ["~~Old~~ H~2~O", "Old H2O"],
    ["An <b>old</b> <em>export</em><br>", "An old export"],
    ["See <https://a.example/>", "See https://a.example/"],
    ["`<T>` and `a*b*c`", "<T> and a*b*c"],
  ])("is plain text without the marks of a body: %s", (text, result) => {
    expect(plain(text)).toBe(result);
  });

  it.each([
    "Vec<T> and the <dialog> element",
    "5*3*2 is 30, and f*ck or sh*t are words",
    "*args and **kwargs",
    "What __init__ does to snake_case",
    "¯\\_(ツ)_/¯",
    "R&D at AT&T, Q&A; &copy 2026, a?b&copy=c, &nosuchname;",
    "C# & AT&T: 1 < 2, #tags, @mention, a_b, 10:30:15",
    "https://a.example/b_c_d?e=f&g=h#i",
    "std::mem, {a: b} and [Draft] {}",
    "$HOME/$USER for $5",
    "Escape \\(\\w+\\) in sed and grep -E",
    "Make $$ and save $$ today",
    "***",
  ])("keeps what only looks like a mark: %s", (text) => {
    expect(plain(text)).toBe(text);
  });

  it("is without shortcodes, templates and unknown emoji, which a warning names with the key", () => {
    const found = findings();
    expect(plainText('A {{< icon "x" >}} b {{ site.title }} c :our-parrot:', "socialShare", found)).toBe("A b c");
    expect(found.warnings.map(({ field, message }) => `${field}: ${message}`)).toEqual([
      expect.stringMatching(/^socialShare: .*icon/),
      expect.stringMatching(/^socialShare: .*site\.title/),
      expect.stringMatching(/^socialShare: .*:our-parrot:/),
    ]);
  });

  it("is read so in titles, summaries, shares, snippets, names of categories and alternative texts", () => {
    const content = contentOf(
      aDocument(
        [
          "description: 'It&#8217;s `code`'",
          "socialShare: 'A *share* &amp; more'",
          "tweet: '**A** tweet'",
          'social: { x: "# First\\n\\n- *second* line\\n" }',
          "categories: ['R &amp; B']",
          "image: /a.png",
          "imageAlt: 'An *alt* &amp; more'",
        ].join("\n"),
        "Text.",
        "title: 'Tom &amp; **Jerry**'\ndate: 2026-03-01",
      ),
    );
    expect(content).toMatchObject({
      title: "Tom & Jerry",
      summary: "It’s code",
      categories: [{ name: "R & B" }],
      image: { alt: "An alt & more" },
      social: { share: "A share & more", snippet: "A tweet", texts: { x: "First\n\n- second line" } },
    });
  });
});
