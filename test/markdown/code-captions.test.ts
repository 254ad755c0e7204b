import { describe, expect, it } from "vitest";
import { captionHtml, codeTagCaption, fenceCaption } from "../../src/markdown/code-captions.ts";
import { aDocument, contentOf } from "../documents/sample-documents.ts";

const htmlOf = (body: string) => contentOf(aDocument("", body)).html;
const shown = (caption: Parameters<typeof captionHtml>[0] | undefined) =>
  caption && captionHtml(caption).replaceAll(/<\/?p>/g, "");

describe("the caption of a fence", () => {
  it.each([
    ["yml _config.yml", "_config.yml"],
    ["diff package.json", "package.json"],
    ["yml source/foo-bar.md", "source/foo-bar.md"],
    ["js Array.map", "Array.map"],
    ["tsx app/[slug]/page.tsx", "app/[slug]/page.tsx"],
    ["sh .env", ".env"],
    ["ini /etc/nginx/nginx.conf", "/etc/nginx/nginx.conf"],
    ["sh /etc/hosts", "/etc/hosts"],
    ["sh src/", "src/"],
    ["dockerfile Dockerfile", "Dockerfile"],
    ["make Makefile", "Makefile"],
  ])("is the file behind the language: %s", (info, file) => {
    expect(shown(fenceCaption(info))).toBe(`<strong>${file}</strong>`);
  });

  it("is the file without the options behind it, as on react.dev", () => {
    expect(shown(fenceCaption("js src/App.js active"))).toBe("<strong>src/App.js</strong>");
    expect(shown(fenceCaption("yml line_number:false _config.yml mark:1,2 {1}"))).toBe("<strong>_config.yml</strong>");
  });

  it.each([
    ["a title with a URL and the text of its link", "js Array map https://a.example/?b=1 The docs", "The docs"],
    ["a title with a URL, whose link is called as Hexo calls it", "js Array map https://a.example/?b=1", "link"],
  ])("is %s", (_, info, label) => {
    expect(shown(fenceCaption(info))).toBe(`<strong>Array map</strong> <a href="https://a.example/?b=1">${label}</a>`);
  });

  it.each([
    ...["rust ignore", "rust,ignore", "rust,edition2021,no_run", "rust compile_fail,E0277", "js {1,3}", "js {1, 3}"],
    ...["js showLineNumbers", "js{1}", "python linenos", "sh copy", "ts twoslash", "diff-js", "html preview"],
    ...["js /useState/", "js /useState/ {1}", "js /useState/1-2", "js showLineNumbers /a/", '"js a.b"', 'js "a.b"'],
    ...["{.js .a.b}", "{ .js .line }", "{r plot.png}", "js:title=src/a.js", "py hl_lines=1/2", "js v=1.x", "go 1.22"],
    ...['js [[1, 1, "a"]]', "_config.yml", "js https://a.example/b.js", "js {1} https://a.example/", "js //"],
    ...["js title=", "js a, b.c", "js caption", ""],
  ])("is not an option: %s", (info) => {
    expect(fenceCaption(info)).toBeUndefined();
  });

  it("is above the code, as text", () => {
    const code = '<pre><code class="language-js">x\n</code></pre>';
    expect(htmlOf("``` js a/b.js\nx\n```")).toBe(`<p><strong>a/b.js</strong></p>\n${code}`);
    expect(htmlOf("``` js A &lt;b> https://a.example/?a&b c<d\nx\n```")).toBe(
      `<p><strong>A &lt;b&gt;</strong> <a href="https://a.example/?a&amp;b">c&lt;d</a></p>\n${code}`,
    );
  });

  it("is not in a summary", () => {
    expect(contentOf(aDocument("", "- a\n  ``` js a.js\n  x\n  ```\n- b")).summary).toBe("a; b");
    expect(contentOf(aDocument("", "``` js A b https://a.example/ c\nx\n```\n\nText.")).summary).toBe("Text.");
  });
});

describe("the caption of a tag of Hexo", () => {
  it.each([
    ["_config.yml lang:yml", "<strong>_config.yml</strong>"],
    ["lang:js Array.map line_number:false mark:1,3", "<strong>Array.map</strong>"],
    ["'Any words' lang:js", "<strong>Any words</strong>"],
    [
      "_.compact http://a.example/#c Underscore.js",
      '<strong>_.compact</strong> <a href="http://a.example/#c">Underscore.js</a>',
    ],
    ["_.compact http://a.example/#c", '<strong>_.compact</strong> <a href="http://a.example/#c">link</a>'],
    ['title="main.js" overflow="wrap"', "<strong>main.js</strong>"],
  ])("is its title with a link: %s", (options, caption) => {
    expect(shown(codeTagCaption(` ${options} `))).toBe(caption);
  });

  it.each(["", "lang:js", 'overflow="wrap it" lineNumbers=true'])("is not an option: %s", (options) => {
    expect(codeTagCaption(options)).toBeUndefined();
  });

  it.each(["{% codeblock Array.map lang:js %}", "{%- codeblock Array.map lang:js -%}", "{% code Array.map lang:js %}"])(
    "is above its code: %s",
    (tag) => {
      const end = tag.includes("codeblock") ? "endcodeblock" : "endcode";
      expect(htmlOf(`${tag}\nx\n{% ${end} %}`)).toBe(
        '<p><strong>Array.map</strong></p>\n<pre><code class="language-js">x\n</code></pre>',
      );
    },
  );

  it.each([
    ['{% code "js" %}\nx\n{% endcode %}', "<pre><code>x\n</code></pre>"],
    ["{% highlight js linenos %}\nx\n{% endhighlight %}", '<pre><code class="language-js">x\n</code></pre>'],
    ["{{< code Array.map >}}\nx\n{{< /code >}}", "<pre><code>x\n</code></pre>"],
  ])("is not made of the options of other tags: %s", (body, html) => {
    expect(htmlOf(body)).toBe(html);
  });
});
