import { describe, expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import { renderBody } from "../../src/markdown/markdown.ts";
import { aDocument, contentOf, refusals, warnings } from "../documents/sample-documents.ts";

const html = (body: string, path?: string) => contentOf(aDocument("", body), path).html;
const warningsOf = (body: string, path?: string) => warnings(aDocument("", body), path);

describe("the body's HTML", () => {
  it("is GFM", () => {
    expect(html("| a | b |\n|---|:-:|\n| ~~c~~ | www.example.org |")).toContain(
      '<td align="center"><a href="http://www.example.org/">',
    );
    expect(html("- [x] done\n- [ ] open")).toBe("<ul>\n<li>☑ done</li>\n<li>☐ open</li>\n</ul>");
    expect(html("- [x] done\n\n  more\n- [ ] open")).toContain("<li>\n<p>☑ done</p>\n<p>more</p>");
    expect(html("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |")).toMatch(
      /<td align="left">1<.*<td align="center">2<.*<td align="right">3</s,
    );
    expect(html('```js\na > "b"\n```')).toBe('<pre><code class="language-js">a &gt; "b"\n</code></pre>');
  });

  it("has a table whose header has fewer cells than its delimiter row", () => {
    const cells = (body: string) => html(body).match(/<t[hd]>.*?<\/t[hd]>/g);
    const all = ["<th>a</th>", "<th></th>", "<td>1</td>", "<td>2</td>"];
    for (const body of ["| a |\n|---|---|\n| 1 | 2 |", "| a\n|---|---\n1 | 2", "> | a |\n> |---|---|\n> | 1 | 2 |"])
      expect(cells(body)).toEqual(all);
    expect(html("text\n\n- a\n\n  | a |\n  |---|---|\n  | 1 | 2 |\n- b\n\n| c |\n|--|--|\n# d | e")).toMatch(
      /<li>.*<table>.*<\/table>\s*<\/li>\s*<li>.*b.*<\/li>.*<th>c<\/th>.*<\/table>\s*<h1>d \| e<\/h1>/s,
    );
    // GFM §4.10: a header with more cells is no header.
    expect(html("| a | b |\n|---|\n| c |")).not.toContain("<table>");
  });

  it.each(["a.md", "a.mdx"])("has the links in brackets and parentheses: %s", (path) => {
    const link = '(<a href="https://a.example/b">Item #1</a>)';
    expect(html("([Item #1](https://a.example/b)) [([Item #1](https://a.example/b))]", path)).toBe(
      `<p>${link} [${link}]</p>`,
    );
    expect(html('- ([Item #1](https://a.example/b){:target="_blank"}{:rel="c"})', path)).toBe(
      `<ul>\n<li>${link}</li>\n</ul>`,
    );
  });

  it("has no attribute lists of kramdown, on one line or on two", () => {
    expect(html('[a](/b){: .c\n target="_blank"} d\n\ntext {: .c\n  #d}\n\n![e](/f.png){: .c\nstyle="g"}')).toBe(
      '<p><a href="https://blog.example.org/b">a</a> d</p>\n<p>text</p>\n<p><img alt="e" src="https://blog.example.org/f.png" /></p>',
    );
  });

  it("has absolute URLs, resolved against the URL of the post", () => {
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
  });

  it("has no scripts, styles and forms", () => {
    const out = html(
      '<script>alert(1)</script><style>p{}</style><form><input value="f">form</form><p onclick="x()" style="color:red" class="k">p</p><svg><text>s</text></svg>\n\n[j](javascript:alert(1)) <a href="java&#x0a;script:x">k</a> <img src="data:image/png;base64,AAAA" alt="d"> <a href=" ">e</a> <a href="https://[bad">f</a> <a href="\u180E\u00A0javascript:g">g</a>',
    );
    expect(out).toBe('<p>p</p>\n<p>j k <img src="data:image/png;base64,AAAA" alt="d" /> e f g</p>');
  });

  it.each([
    ["data:image/png;base64,iVBORw0KGgo=", "data:image/png;base64,iVBORw0KGgo="],
    ["DATA:image/GIF;base64,R0lG\n ODlh", "data:image/gif;base64,R0lGODlh"],
    [
      "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'></svg>",
      "data:image/svg+xml,%3Csvg%20xmlns%3D'http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg'%3E%3C%2Fsvg%3E",
    ],
    [
      "data:image/svg+xml,<?xml version='1.0' encoding='utf-7'?><svg viewBox='0 0 1 1'><g fill='url(%23a)' transform='scale(1, -2)'><path d='M0 0z' stroke-width='2'/></g></svg>",
      "data:image/svg+xml,%3Csvg%20viewBox%3D'0%200%201%201'%3E%3Cg%20fill%3D'url(%23a)'%20transform%3D'scale(1%2C%20-2)'%3E%3Cpath%20d%3D'M0%200z'%20stroke-width%3D'2'%2F%3E%3C%2Fg%3E%3C%2Fsvg%3E",
    ],
    ["data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=", "data:image/svg+xml,%3Csvg%3E%3C%2Fsvg%3E"],
  ])("keeps a small picture that is written into it: %s", (src, expected) => {
    expect(html(`<img alt="d" src="${src}">`)).toContain(`<img alt="d" src="${expected}" />`);
  });

  it.each([
    ["is no picture", "data:text/html;base64,PHA+"],
    ["is not base64", "data:image/png,<script>"],
    ["is too large", `data:image/png;base64,${"A".repeat(40_000)}`],
    ["is an SVG with a script", "data:image/svg+xml,<svg><script>a</script></svg>"],
    ["is an SVG with an event", "data:image/svg+xml,%3Csvg%20onload%3Da%3E%3C%2Fsvg%3E"],
    ["is an SVG that loads a file", "data:image/svg+xml,<svg><image href='https://a.example/b.png'/></svg>"],
    ["is an SVG that imports a style", "data:image/svg+xml,<svg><style>@import '//a.example/b';</style></svg>"],
    ["is an SVG with a style", "data:image/svg+xml,<svg style='fill:image-set(%22//a.example/b%22)'/>"],
    [
      "is an SVG with a script of another name",
      "data:image/svg+xml,<svg xmlns:s='http://www.w3.org/2000/svg'><s:script>a</s:script></svg>",
    ],
    ["is an SVG with elements of XHTML", "data:image/svg+xml,<svg><g xmlns='http://www.w3.org/1999/xhtml'/></svg>"],
    ["is an SVG that loads its fill", "data:image/svg+xml,<svg fill='url(//a.example/b)'/>"],
    ["is an SVG with an escape of CSS", "data:image/svg+xml,<svg fill='u\\72l(//a.example/b)'/>"],
    ["is an SVG with a reference to a character", "data:image/svg+xml,<svg fill='u%26%23114;l(//a.example/b)'/>"],
    ["is an SVG with a link", "data:image/svg+xml,<svg><a href='https://a.example/'><path/></a></svg>"],
    ["is an SVG that repeats a part", "data:image/svg+xml,<svg><use href='%23a'/></svg>"],
    ["is an SVG that has entities", "data:image/svg+xml,<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>"],
    ["is an SVG that is not encoded", "data:image/svg+xml,<svg>%zz</svg>"],
    ["is no SVG", "data:image/svg+xml,<p>a</p>"],
  ])("has a link to the page instead of a picture that %s", (_, src) => {
    expect(html(`text <img alt="A dot" src="${src}">`)).toBe(
      '<p>text <a href="https://blog.example.org/blog/a-post/">A dot</a></p>',
    );
  });

  it("has a link with its title, where it is only an embed that is not known", () => {
    const page = "https://blog.example.org/blog/a-post/";
    const own = `<p><a href="${page}">A title</a></p>`;
    for (const body of ["<Chart data={x} />", '<script src="https://a.example/b.js"></script>', "{% chart a %}"])
      expect(html(body, "a-post.mdx")).toBe(own);
    expect(html('<blockquote><a href="https://a.example/?b&amp;c"></a></blockquote><script></script>')).toBe(
      '<p><a href="https://a.example/?b&amp;c">A title</a></p>',
    );
    expect(contentOf('---\ntitle: a <b> "c"\ndate: 2026-03-01\n---\n{% chart a %}').html).toContain(
      ">a &lt;b&gt; &quot;c&quot;</a>",
    );
  });

  it.each([
    "",
    "\n\n",
    "<!-- a -->",
    "<!-- <Chart /> -->",
    "{/* <Chart /> */}",
    "{% comment %}{% chart a %}{% endcomment %}",
    "&nbsp;",
    "<br>",
    "<div></div>",
    '<a id="top"></a>',
    "<style>p { color: red }</style>",
    "[a]: https://a.example/",
    "*[HTML]: a language",
    "{: .wide}",
    "[TOC]",
    "{{< toc >}}",
    "{% assign a = 1 %}",
    "import Chart from './chart';",
    "Social Snippet: Read this.",
  ])("is empty, without a link to its own page, where it has nothing in it: %j", (body) => {
    for (const path of ["a-post.md", "a-post.mdx"]) expect(html(body, path)).toBe("");
  });

  it("has a link instead of a frame", () => {
    expect(html('<iframe src="https://www.youtube.com/embed/abcdefghijk" title="The talk"></iframe>')).toBe(
      '<a href="https://www.youtube.com/watch?v=abcdefghijk">The talk</a>',
    );
    expect(html('<iframe src="//player.vimeo.com/video/42"></iframe>')).toBe(
      '<a href="https://vimeo.com/42">https://vimeo.com/42</a>',
    );
    expect(html('<iframe data-src="/embed"></iframe>')).toContain('href="https://blog.example.org/embed"');
    expect(html('a <iframe src="javascript:alert(1)"></iframe><iframe></iframe>')).toBe("<p>a </p>");
  });

  it("has a link instead of the script of a gist", () => {
    const gist = '<a href="https://gist.github.com/ann/0123abcd">https://gist.github.com/ann/0123abcd</a>';
    expect(html('<script src="https://gist.github.com/ann/0123abcd.js"></script>')).toBe(gist);
    expect(html('a <script src="//gist.github.com/ann/0123abcd.js?file=a.js">b</script> c')).toBe(`<p>a ${gist} c</p>`);
    expect(html('a <script src="https://gist.github.com.example/ann/0123abcd.js">b</script> c')).toBe("<p>a  c</p>");
  });

  it("has a link instead of a video or a recording, with its poster", () => {
    expect(html('<video src="v.mp4" poster="p.png" title="The talk"></video>')).toBe(
      '<p><a href="https://blog.example.org/blog/a-post/v.mp4"><img src="https://blog.example.org/blog/a-post/p.png" alt="The talk" /></a></p>',
    );
    expect(html('<video controls><source src="/v.webm"><source src="/v.mp4">Your browser is old.</video>')).toBe(
      '<p><a href="https://blog.example.org/v.webm">Video</a></p>',
    );
    expect(html('<audio src="/a.mp3"></audio>')).toBe('<p><a href="https://blog.example.org/a.mp3">Audio</a></p>');
    expect(html('<video src="javascript:x">Download <a href="/v.mp4">it</a></video>')).toBe(
      '<p>Download <a href="https://blog.example.org/v.mp4">it</a></p>',
    );
    expect(html('Plug-ins: <embed src="/e.swf">\n<object data="/o.pdf" title="Slides">No plugin</object>')).toBe(
      '<p>Plug-ins: <a href="https://blog.example.org/e.swf">https://blog.example.org/e.swf</a>\n<a href="https://blog.example.org/o.pdf">Slides</a></p>',
    );
  });

  it("has the language of code as one word, without the other options of the fence", () => {
    for (const info of ["rust,ignore", "rust {1,3}", "rust{1,3}", "{.rust .numberLines}", "rust {2} noline"])
      expect(html(`\`\`\`${info}\nfn\n\`\`\``)).toBe('<pre><code class="language-rust">fn\n</code></pre>');
    expect(html("```\nfn\n```")).toBe("<pre><code>fn\n</code></pre>");
  });

  it("has the title of code above it, as the site shows it", () => {
    const code = '<pre><code class="language-js">fn\n</code></pre>';
    for (const title of ["title='Main <process>'", '{1} title="Main <process>"', 'filename="Main <process>"'])
      expect(html(`\`\`\`js ${title}\nfn\n\`\`\``)).toBe(`<p><strong>Main &lt;process&gt;</strong></p>\n${code}`);
    expect(html('- a\n\n  ```js title="x"\n  fn\n  ```')).toContain("<p><strong>x</strong></p>");
    expect(html("```js title=\nfn\n```")).toBe(code);
    expect(html('```js title="a &amp; b &lt;c>"\nfn\n```')).toBe(
      `<p><strong>a &amp; b &lt;c&gt;</strong></p>\n${code}`,
    );
  });

  it("has the direction of its language, and keeps that of an element", () => {
    const htmlIn = (language: string, body: string) => contentOf(aDocument(`lang: ${language}`, body)).html;
    expect(htmlIn("ar", "مرحبا")).toBe('<div dir="rtl"><p>مرحبا</p></div>');
    for (const language of ["he", "fa", "ur", "az-Arab"]) expect(htmlIn(language, "x")).toContain('dir="rtl"');
    expect(htmlIn("az", "x")).toBe("<p>x</p>");
    expect(htmlIn("ar", "")).toBe("");
    expect(htmlIn("en", '<p dir="rtl">שלום</p>')).toBe('<p dir="rtl">שלום</p>');
  });

  it("has no empty elements, and keeps an element with a picture", () => {
    expect(html('Text.\n\n<div class="reading-progress-container">\n  <div id="reading-progress"></div>\n</div>')).toBe(
      "<p>Text.</p>",
    );
    expect(html('<div class="a"><div><img src="/a.png"></div></div>')).toBe(
      '<div><div><img src="https://blog.example.org/a.png" /></div></div>',
    );
  });

  it("never contains the end of a CDATA section", () => {
    expect(html('a ]]> `]]>` ![]]>](x.png "]]>")')).not.toContain("]]>");
  });

  it("contains no control characters, not even as references", () => {
    // CommonMark §2.5 shows a reference to no character as U+FFFD.
    expect(html("a\u0000b&#8;c&#xFFFE;d")).toBe("<p>ab\uFFFDc\uFFFDd</p>");
  });

  it("has a figure for an image with an emphasised line below it", () => {
    expect(html("![Alt](/a.png)\n*Photo by [Jo](https://example.org/) on X*")).toBe(
      '<figure><img alt="Alt" src="https://blog.example.org/a.png" /><figcaption>Photo by <a href="https://example.org/">Jo</a> on X</figcaption></figure>',
    );
    expect(html("[![Alt](/a.png)](/big)\n_Caption_")).toContain("<figcaption>Caption</figcaption>");
    expect(html("![Alt](/a.png)\n*Photo* and more")).not.toContain("figure");
    expect(html("*One* *Two*")).not.toContain("figure");
  });

  it("keeps line breaks where each line begins with a bold label", () => {
    expect(html("**Step 1:** one\n**Step 2:** two  \n__Step 3__: three")).toBe(
      "<p><strong>Step 1:</strong> one<br />\n<strong>Step 2:</strong> two<br />\n<strong>Step 3</strong>: three</p>",
    );
    expect(html("**Step 1:** one\nand on")).toBe("<p><strong>Step 1:</strong> one\nand on</p>");
  });

  it("keeps a quotation with a label as a quotation", () => {
    expect(html("> **Pro Tip:** do.")).toBe("<blockquote>\n<p><strong>Pro Tip:</strong> do.</p>\n</blockquote>");
  });

  it("is repaired where the document has a wrong encoding", () => {
    expect(html("a â€“ ðŸ”‘ CafÃ©")).toBe("<p>a – 🔑 Café</p>");
  });

  it("may be empty, with a warning", () => {
    expect(contentOf(aDocument("", ""))).toMatchObject({ html: "", summary: "" });
    expect(warningsOf("")).toEqual(["body-empty"]);
  });

  it.each([
    ["quotes", ">".repeat(50_000)],
    ["lists on one line", `${"- ".repeat(5_000)}a`],
    ["a list 1,000 deep", Array.from({ length: 1_000 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n")],
    ["crossed-out text", `${"~~a ~b ".repeat(300)}${"c~ d~~".repeat(300)}`],
    ["emphasis", `${"*a **b ".repeat(2_000)}${"c** d*".repeat(2_000)}`],
  ])("is refused for nesting that would take seconds to parse: %s", (_, body) => {
    expect(refusals(aDocument("", body))).toEqual(["body: body-too-deep"]);
  });

  it("is refused for elements that are not closed, which would take half a minute to sanitise", () => {
    expect(refusals(aDocument("", "<div>".repeat(20_000)))).toEqual(["body: body-too-deep"]);
    expect(refusals(aDocument("", "</div><br><div></x>".repeat(11_000)))).toEqual([]);
    expect(refusals(aDocument("", "<div></x>".repeat(11_000)))).toEqual(["body: body-too-deep"]);
  });

  it("is refused where reading it fails unexpectedly", () => {
    const found = findings();
    const failing = {
      ...found,
      warn: () => {
        throw new RangeError("Maximum call stack size exceeded\nand more");
      },
    };
    expect(renderBody("", "https://blog.example.org/a/", {}, failing)).toBeUndefined();
    expect(found.reasons).toMatchObject([{ code: "body-unreadable", field: "body" }]);
    expect(found.reasons[0]?.message).toContain("(RangeError: Maximum call stack size exceeded)");
  });

  it("ends with a link to the page where it is too long as HTML, and a warning says so", () => {
    const paragraph = `${"word ".repeat(20_000)}end\n\n`;
    const page = '<p><a href="https://blog.example.org/blog/a-post/">https://blog.example.org/blog/a-post/</a></p>';
    const paragraphs = html(paragraph.repeat(25)).split("\n");
    expect([paragraphs.length, paragraphs.at(-1)]).toEqual([20, page]);
    expect(paragraphs.slice(0, -1).every((one) => one.startsWith("<p>word ") && one.endsWith(" end</p>"))).toBe(true);
    expect(html(`<div>\n\n${paragraph.repeat(25)}</div>`)).toMatch(/ end<\/p>\s*<\/div>\n<p><a href=/);
    expect(html(`\`\`\`\n${"line\n".repeat(500_000)}\`\`\`\n`).trim()).toBe(page);
    expect(warnings(aDocument("", paragraph.repeat(25)))).toEqual(["body-cut"]);
    expect(warnings(aDocument("", paragraph.repeat(15)))).toEqual([]);
  });

  it("is read up to the limit of nesting", () => {
    expect(html(`${"> ".repeat(99)}a`)).toContain("<p>a</p>");
    expect(html(`${"- ".repeat(49)}a`)).toContain("<li>a</li>");
    expect(refusals(aDocument("", `${"> ".repeat(100)}a`))).toEqual(["body: body-too-deep"]);
    expect(refusals(aDocument("", `${"- ".repeat(50)}a`))).toEqual(["body: body-too-deep"]);
  });

  it("may have thousands of names with underscores and of words with emphasis", () => {
    expect(refusals(aDocument("", "some_snake_name *and* **more** of __it__ ".repeat(1_500)))).toEqual([]);
  });
});
