import { describe, expect, it } from "vitest";
import { registry } from "../../src/feeds/index.ts";
import { aDocument, contentOf, refusals, theSite, warnings } from "./sample-documents.ts";

describe("the slug", () => {
  it.each([
    ["slug: a/b_c.d~e-ü", "x.md", "a/b_c.d~e-ü"],
    ["slug: /a/", "x.md", "a"],
    ["slug: s\npermalink: /p/", "x.md", "s"],
    ["permalink: /2020/p.html", "x.md", "2020/p"],
    ["permalink: /caf%C3%A9/index.html", "x.md", "café"],
    ["path: p%zz/../", "%.md", undefined],
    ["permalink: /:year/:title/", "x.md", "x"],
    ['permalink: "/blog/{{ page.fileSlug }}/"', "x.md", "x"],
    ['slug: "{{ title | slug }}"', "x.md", "x"],
    ["permalink: /", "x.md", "x"],
    ["url: https://example.org/elsewhere", "x.md", "x"],
    ["", "blog/My post (1).md", "My-post-1"],
    ["", "blog/a-post/index.md", "a-post"],
    ["", "2020-01-02.md", "2020-01-02"],
    ["", "ja/a.md", "ja/a"],
    ["", "pt-BR/a.md", "pt-BR/a"],
    ["slug: b", "ja/a.md", "ja/b"],
    ["slug: ja/b", "ja/a.md", "ja/b"],
    ["permalink: /b/", "ja/a.md", "b"],
    ["", "a.ja.md", "ja/a"],
    ["", "new/a.md", "a"],
    ["", "xx/a.md", "a"],
    ["", "node.js.md", "node.js"],
    ["", "socket.io.md", "socket.io"],
    ["", "api.md", "api"],
    ["slug: console-logging", "a.md", "console-logging"],
  ])("of %j in %s is %s", (lines, path, slug) => {
    if (slug === undefined) expect(refusals(aDocument(lines), path)).toEqual(["path: slug-unsafe"]);
    else expect(contentOf(aDocument(lines), path).slug).toBe(slug);
  });

  it.each([
    "../../x",
    "a//b",
    "a/./b",
    "feed.xml",
    "ja/Feed.json",
    "🎉",
    "---",
    "api/posts",
    "categories/x",
    "syndication/x",
    "sandbox",
    "sandbox/x",
    "healthz",
    "https://x.example/",
  ])("%s is refused", (slug) => {
    expect(refusals(aDocument(`slug: "${slug}"`))).toEqual(["slug: slug-unsafe"]);
  });

  it.each(registry)("$file is refused: a feed format writes it", ({ file }) => {
    expect(refusals(aDocument(`slug: "${file}"`))).toEqual(["slug: slug-unsafe"]);
  });

  it("is refused where neither the file's name nor the title can be a slug", () => {
    expect(refusals(aDocument("", "x", "title: 🎉\ndate: 2026-03-01"), "🎉.md")).toEqual(["path: slug-unsafe"]);
  });
});

describe("the URL", () => {
  it.each([
    ["", "https://blog.example.org/blog/a-post/"],
    ["slug: ja/日", "https://blog.example.org/blog/ja/%E6%97%A5/"],
    ["permalink: /p/q.html", "https://blog.example.org/p/q.html"],
    ["permalink: /links/a/index.html", "https://blog.example.org/links/a/"],
    ["permalink: /links/index.html/a/", "https://blog.example.org/links/index.html/a/"],
    ["permalink: /links/my-index.html", "https://blog.example.org/links/my-index.html"],
    ["path: p/q", "https://blog.example.org/p/q/"],
    ["path: 2018/09/13/Rust-1.29", "https://blog.example.org/2018/09/13/Rust-1.29/"],
    ["url: /p/q.html", "https://blog.example.org/p/q.html"],
    ["permalink: /p/q", "https://blog.example.org/p/q"],
    ["permalink: /p/\nurl: https://example.com/u", "https://example.com/u"],
    ["url: https://example.com/u\ncanonical_url: https://example.com/c", "https://example.com/c"],
    ["canonical: /c", "https://blog.example.org/c"],
  ])("of %j is %s", (lines, url) => {
    expect(contentOf(aDocument(lines)).url).toBe(url);
  });

  it.each([
    ["permalink: /p/", "https://blog.example.org/notes/p/"],
    ["permalink: /notes/p/", "https://blog.example.org/notes/p/"],
    ["", "https://blog.example.org/notes/blog/a-post/"],
    ["canonical: /c", "https://blog.example.org/c"],
  ])("of %j is below the path of the site: %s", (lines, url) => {
    const site = theSite({ url: "https://blog.example.org/notes/" });
    expect(contentOf(aDocument(lines), "a-post.md", site).url).toBe(url);
  });

  it.each(["canonicalURL: 'javascript:alert(1)'", "canonical_url: 'https://[bad'"])("is refused as %s", (line) => {
    expect(refusals(aDocument(line))).toEqual([`${line.split(":", 1)[0]}: url-unsafe`]);
  });
});

describe("the language", () => {
  it("is the front matter's, else the path's, else the site's", () => {
    expect(contentOf(aDocument("lang: pt_br"), "ja/a.md").language).toBe("pt-BR");
    expect(contentOf(aDocument(), "zh-Hans/a.md").language).toBe("zh-Hans");
    expect(contentOf(aDocument(), "a.md").language).toBe("en");
  });

  it("is left out, with a warning, where it is not a language tag", () => {
    expect(contentOf(aDocument("lang: not a language"), "ja/a.md").language).toBe("ja");
    expect(warnings(aDocument("lang: not a language"))).toEqual(["language-unknown"]);
  });

  it("is named in a warning where the main feed does not have it and the site does not name it", () => {
    expect(warnings(aDocument("lang: de"))).toEqual(["language-not-configured"]);
    expect(warnings(aDocument("lang: en-GB"))).toEqual([]);
  });
});

describe("the guid", () => {
  it("is the one of the front matter", () => {
    expect(contentOf(aDocument("id: 42")).guid).toBe("42");
  });
});
