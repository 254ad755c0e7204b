import { describe, expect, it } from "vitest";
import { bodyOf } from "../../src/sources/body.ts";
import { findings } from "../../src/sources/findings.ts";
import { aDocument, contentOf, refusals, warnings } from "./documents.ts";

const html = (body: string, path?: string) => contentOf(aDocument("", body), path).html;
const told = (body: string, path?: string) => warnings(aDocument("", body), path);

describe("the body's HTML", () => {
  it("is GFM", () => {
    expect(html("| a | b |\n|---|:-:|\n| ~~c~~ | www.example.org |")).toContain(
      '<td align="center"><a href="http://www.example.org/">',
    );
    expect(html("- [x] done\n- [ ] open")).toBe("<ul>\n<li>☑ done</li>\n<li>☐ open</li>\n</ul>");
    expect(html('```js\na > "b"\n```')).toBe('<pre><code class="language-js">a &gt; "b"\n</code></pre>');
  });

  it("has absolute URLs, resolved against the post's own", () => {
    expect(html("[a](../x) [b](#c) [m](mailto:a@example.org) ![i](i.png)")).toBe(
      '<p><a href="https://blog.example.org/blog/x">a</a> <a href="https://blog.example.org/blog/a-post/#c">b</a> <a href="mailto:a@example.org">m</a> <img alt="i" src="https://blog.example.org/blog/a-post/i.png" /></p>',
    );
    expect(
      html(
        '<picture><source srcset="/a.png 1x, b.png 2x,javascript:c 3x, d.png"><source><img data-src="/lazy.png" srcset="ftp://x 1x"></picture>',
      ),
    ).toBe(
      '<p><picture><source srcset="https://blog.example.org/a.png 1x, https://blog.example.org/blog/a-post/b.png 2x, https://blog.example.org/blog/a-post/d.png" /><img src="https://blog.example.org/lazy.png" /></picture></p>',
    );
    expect(html('<video src="v.mp4" poster="p.png"></video><audio src="/a.mp3"></audio>')).toBe(
      '<p><video src="https://blog.example.org/blog/a-post/v.mp4" poster="https://blog.example.org/blog/a-post/p.png" controls></video><audio src="https://blog.example.org/a.mp3" controls></audio></p>',
    );
  });

  it("has nothing that runs, styles or submits", () => {
    const out = html(
      '<script>alert(1)</script><style>p{}</style><form><input value="f">form</form><p onclick="x()" style="color:red" class="k">p</p><svg><text>s</text></svg>\n\n[j](javascript:alert(1)) <a href="java&#x0a;script:x">k</a> <img src="data:image/png;base64,AAAA" alt="d"> <a href=" ">e</a> <a href="https://[bad">f</a> <a href="\u180E\u00A0javascript:g">g</a>',
    );
    expect(out).toBe("<p>p</p><p><a>j</a> <a>k</a>  <a>e</a> <a>f</a> <a>g</a></p>");
  });

  it("has a link in the place of a frame", () => {
    expect(html('<iframe src="https://www.youtube.com/embed/abcdefghijk" title="The talk"></iframe>')).toBe(
      '<a href="https://www.youtube.com/watch?v=abcdefghijk">The talk</a>',
    );
    expect(html('<iframe src="//player.vimeo.com/video/42"></iframe>')).toBe(
      '<a href="https://vimeo.com/42">https://vimeo.com/42</a>',
    );
    expect(html('<iframe data-src="/embed"></iframe>')).toContain('href="https://blog.example.org/embed"');
    expect(html('<iframe src="javascript:alert(1)"></iframe><iframe></iframe>')).toBe("");
  });

  it("has no empty layout, and keeps a box that holds a picture", () => {
    expect(html('Text.\n\n<div class="reading-progress-container">\n  <div id="reading-progress"></div>\n</div>')).toBe(
      "<p>Text.</p>",
    );
    expect(html('<div class="a"><div><img src="/a.png"></div></div>')).toBe(
      '<div><div><img src="https://blog.example.org/a.png" /></div></div>',
    );
  });

  it("never holds the end of a CDATA section", () => {
    expect(html('a ]]> `]]>` ![]]>](x.png "]]>")')).not.toContain("]]>");
  });

  it("holds no control characters, written or escaped", () => {
    expect(html("a\u0000b&#8;c&#xFFFE;d")).toBe("<p>abcd</p>");
  });

  it("turns an image with an emphasised line under it into a figure", () => {
    expect(html("![Alt](/a.png)\n*Photo by [Jo](https://example.org/) on X*")).toBe(
      '<figure><img alt="Alt" src="https://blog.example.org/a.png" /><figcaption>Photo by <a href="https://example.org/">Jo</a> on X</figcaption></figure>',
    );
    expect(html("[![Alt](/a.png)](/big)\n_Caption_")).toContain("<figcaption>Caption</figcaption>");
    expect(html("![Alt](/a.png)\n*Photo* and more")).not.toContain("figure");
    expect(html("*One* *Two*")).not.toContain("figure");
  });

  it("keeps the breaks of lines that each begin with a bold label", () => {
    expect(html("**Step 1:** one\n**Step 2:** two  \n__Step 3__: three")).toBe(
      "<p><strong>Step 1:</strong> one<br />\n<strong>Step 2:</strong> two<br />\n<strong>Step 3</strong>: three</p>".replace(
        "two<br />\n",
        "two<br />",
      ),
    );
    expect(html("**Step 1:** one\nand on")).toBe("<p><strong>Step 1:</strong> one\nand on</p>");
  });

  it("keeps a quotation with a label a quotation", () => {
    expect(html("> **Pro Tip:** do.")).toBe("<blockquote>\n<p><strong>Pro Tip:</strong> do.</p>\n</blockquote>");
  });

  it("is mended where the document was read in the wrong encoding", () => {
    expect(html("a â€“ ðŸ”‘ CafÃ©")).toBe("<p>a – 🔑 Café</p>");
  });

  it("may be empty, with a warning", () => {
    expect(contentOf(aDocument("", ""))).toMatchObject({ html: "", summary: "" });
    expect(told("")).toEqual(["body-empty"]);
  });

  it.each([
    ["quotes", ">".repeat(50_000)],
    ["lists on one line", `${"- ".repeat(5_000)}a`],
    ["a list 1,000 deep", Array.from({ length: 1_000 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n")],
    ["crossed-out text", `${"~~a ~b ".repeat(300)}${"c~ d~~".repeat(300)}`],
    ["emphasis", `${"*a **b ".repeat(2_000)}${"c** d*".repeat(2_000)}`],
  ])("is refused for nesting that would take the parser seconds: %s", (_, body) => {
    expect(refusals(aDocument("", body))).toEqual(["body: body-too-deep"]);
  });

  it("is refused for elements that are never closed, where the sanitiser would take half a minute", () => {
    expect(refusals(aDocument("", "<div>".repeat(20_000)))).toEqual(["body: body-too-deep"]);
    expect(refusals(aDocument("", "</div><br><div></x>".repeat(11_000)))).toEqual([]);
    expect(refusals(aDocument("", "<div></x>".repeat(11_000)))).toEqual(["body: body-too-deep"]);
  });

  it("is refused where reading it fails in a way that nobody thought of", () => {
    const found = findings();
    const failing = {
      ...found,
      warn: () => {
        throw new RangeError("Maximum call stack size exceeded\nand more");
      },
    };
    expect(bodyOf("", "https://blog.example.org/a/", false, failing)).toBeUndefined();
    expect(found.reasons).toMatchObject([{ code: "body-unreadable", field: "body" }]);
    expect(found.reasons[0]?.message).toContain("(RangeError: Maximum call stack size exceeded)");
  });

  it("is refused where it grows too long as HTML", () => {
    expect(refusals(aDocument("", "&".repeat(410_000)))).toEqual(["body: body-too-large"]);
    expect(refusals(aDocument("", "&".repeat(100_000)))).toEqual([]);
  });

  it("is read as deep as it may be nested", () => {
    expect(refusals(aDocument("", `${"> ".repeat(50)}a`))).toEqual([]);
    expect(refusals(aDocument("", `${"> ".repeat(51)}a`))).toEqual(["body: body-too-deep"]);
  });

  it.each(["*_a", "*a", "**a", "a*b_c*d_", "~a"])("is refused for a paragraph full of %s", (run) => {
    expect(refusals(aDocument("", run.repeat(40_000)))).toEqual(["body: body-emphasis"]);
  });

  it("may hold thousands of names with underscores, and of words with emphasis", () => {
    expect(refusals(aDocument("", "some_snake_name *and* **more** of __it__ ".repeat(1_500)))).toEqual([]);
  });
});

describe("template tags", () => {
  it.each([
    ["{% youtube abcdefghijk %}", '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>'],
    ['{{< youtube id="abcdefghijk" >}}', '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>'],
    ['{{ youtube(id="abcdefghijk") }}', '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>'],
    [
      '{% include youtube.html id="abcdefghijk" %}',
      '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>',
    ],
    [
      '<YouTubeIframe src="https://www.youtube.com/embed/abcdefghijk" />',
      '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>',
    ],
    ["{{< vimeo 42 >}}", '<p><a href="https://vimeo.com/42">Video</a></p>'],
    [
      '{{< figure src="/a.png" alt="Alt" caption="Cap" >}}',
      '<figure><img alt="Alt" src="https://blog.example.org/a.png" /><figcaption>Cap</figcaption></figure>',
    ],
    ['{{< figure src="/a.png" >}}', '<p><img alt="" src="https://blog.example.org/a.png" /></p>'],
    [
      "{% asset_img a.png 300 An alt %}",
      '<p><img alt="An alt" src="https://blog.example.org/blog/a-post/a.png" /></p>',
    ],
    ["{% link A page https://example.org/ %}", '<p><a href="https://example.org/">A page</a></p>'],
    ["{% link https://example.org/ %}", '<p><a href="https://example.org/">https://example.org/</a></p>'],
    ["{% post_link a-slug 'A title' %}", "<p>A title</p>"],
    ["{% post_link a-slug %}", "<p>a-slug</p>"],
    ["{% note info %}\ntext\n{% endnote %}", "<p>text</p>"],
    ["{% codeblock lang:js %}\n{{ a }}\n{% endcodeblock %}", '<pre><code class="language-js">{{ a }}\n</code></pre>'],
    ["{% highlight ruby %}\nputs\n{% endhighlight %}", '<pre><code class="language-ruby">puts\n</code></pre>'],
    ['{{< highlight "go" >}}\nfunc\n{{< / highlight >}}', '<pre><code class="language-go">func\n</code></pre>'],
    ["{% raw %}\n{{ kept }}\n{% endraw %}", "<p>{{ kept }}</p>"],
    ["$$\na_b_c\n$$", '<pre><code class="language-math">a_b_c\n</code></pre>'],
    [":::tip[Mind this]\ntext\n:::", "<p><strong>Mind this</strong></p>\n<p>text</p>"],
    [":::note\ntext\n:::", "<p><strong>Note</strong></p>\n<p>text</p>"],
    ["## A heading {#an-id}", "<h2>A heading</h2>"],
    ["## A heading {/*an-id*/}", "<h2>A heading</h2>"],
    ['[a](/b){:target="_blank"}', '<p><a href="https://blog.example.org/b">a</a></p>'],
    ["[[toc]]\n\ntext", "<p>text</p>"],
    ["a{' '}b", "<p>a b</p>"],
    ["<>text</>", "<p>text</p>"],
    ['<p style={{ color: "red" }} title="t">text</p>', "<p>text</p>"],
    ["An Option<String> here", "<p>An Option&lt;String&gt; here</p>"],
    ["`{{ code }}` and `<Code>`", "<p><code>{{ code }}</code> and <code>&lt;Code&gt;</code></p>"],
    ["```\n{% code %}\n```", "<pre><code>{% code %}\n</code></pre>"],
    ["Text:\n\n    {{ code }}\n    <Code>", "<p>Text:</p>\n<pre><code>{{ code }}\n&lt;Code&gt;\n</code></pre>"],
    ["- item\n  ~~~\n  {{ code }}\n  ~~~", "<ul>\n<li>item<pre><code>{{ code }}\n</code></pre>\n</li>\n</ul>"],
  ])("that are known say what they say: %s", (body, expected) => {
    expect(html(body)).toBe(expected);
    expect(told(body)).toEqual([]);
  });

  it.each([
    ["a {% unknown tag %} b", "<p>a  b</p>"],
    ["a {{ page.title }} b", "<p>a  b</p>"],
    ["- item\n\n    more {{ text }}.", "<ul>\n<li><p>item</p>\n<p>  more .</p>\n</li>\n</ul>"],
    ["{{< tweet 42 >}} b", "<p> b</p>"],
    ["{% youtube ? %} b", "<p> b</p>"],
    ["{{< vimeo x >}}{{< figure >}}{% img %}{% link x %} b", "<p> b</p>"],
    ['import A from "./a"\n\ntext', "<p>text</p>"],
    ["import {\n  A\n} from './a';\n\ntext", "<p>text</p>"],
    ["<Intro>\n\ntext\n\n</Intro>", "<p>text</p>"],
    ['<Player id={{ a: 1 }} x="y > z"/>text', "<p>text</p>"],
  ])("that are unknown are left out, and named: %j", (body, expected) => {
    expect(html(body)).toBe(expected);
    expect(new Set(told(body))).toEqual(new Set(["template-dropped"]));
  });

  it("of MDX are left out of MDX alone", () => {
    expect(html("export const a = 1\n\nI am {props.name}.", "a.mdx")).toBe("<p>I am .</p>");
    expect(html("I am {props.name}.")).toBe("<p>I am {props.name}.</p>");
  });

  it("are each named once, and not without end", () => {
    expect(told("text {% a %} {% a %}")).toHaveLength(1);
    expect(told(Array.from({ length: 80 }, (_, index) => `{% a${index} %}`).join(" "))).toHaveLength(50);
  });
});
