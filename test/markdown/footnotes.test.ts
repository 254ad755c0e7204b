import { describe, expect, it } from "vitest";
import { aDocument, contentOf, refusals } from "../documents/sample-documents.ts";

const html = (body: string, path?: string) => contentOf(aDocument("", body), path).html;
const url = "https://blog.example.org/blog/a-post/";

describe("footnotes", () => {
  it("are after the text, with links in both directions", () => {
    expect(html("One[^a], two[^B], one again[^A].\n\n[^b]: *Two*\n[^a]: One")).toBe(
      `<p>One<sup><a id="fn-blog-a-post-ref-1" href="${url}#fn-blog-a-post-1">1</a></sup>, ` +
        `two<sup><a id="fn-blog-a-post-ref-2" href="${url}#fn-blog-a-post-2">2</a></sup>, ` +
        `one again<sup><a id="fn-blog-a-post-ref-1-2" href="${url}#fn-blog-a-post-1">1</a></sup>.</p>\n<hr />\n<ol>\n` +
        `<li id="fn-blog-a-post-1"><p>One <a href="${url}#fn-blog-a-post-ref-1">↩</a> <a href="${url}#fn-blog-a-post-ref-1-2">↩<sup>2</sup></a></p>\n</li>\n` +
        `<li id="fn-blog-a-post-2"><p><em>Two</em> <a href="${url}#fn-blog-a-post-ref-2">↩</a></p>\n</li>\n</ol>`,
    );
  });

  it("have different ids in each post of a feed, whatever the alphabet of its slug", () => {
    const anchors = ["a.md", "b.md", "ブログ.md", "日記.md"].map(
      (path) => /id="([^"]+)"/.exec(html("a[^1]\n\n[^1]: b", path))?.[1],
    );
    expect(new Set(anchors).size).toBe(4);
    for (const anchor of anchors) expect(anchor).toMatch(/^fn-[\w-]+-ref-1$/);
  });

  it("continue over wrapped lines and the indented lines below them", () => {
    const out = html("a[^1]\n[^1]: First\nwrapped line\n\n    - a list\n\n    more\n\nNot a part of it.");
    expect(out).toContain("<p>First\nwrapped line</p>\n<ul>\n<li>a list</li>\n</ul>\n<p>more <a");
    expect(out).toContain("<p>Not a part of it.</p>\n<hr />");
    expect(html("a[^1]\n\n[^1]:\n    ```\n    code\n    ```")).toContain("<pre><code>code\n</code></pre>\n <a");
  });

  it("may refer to each other, and to themselves", () => {
    const out = html("a[^1]\n\n[^1]: See[^2] and[^1]\n[^2]: Two");
    expect(out).toContain(`<li id="fn-blog-a-post-2"><p>Two`);
    expect(out).toContain("#fn-blog-a-post-ref-1-2");
    const targets = [...out.matchAll(/href="[^"]*#([^"]+)"/g)].map(([, target]) => target);
    const ids = new Set([...out.matchAll(/id="([^"]+)"/g)].map(([, id]) => id));
    expect(targets.filter((target) => !ids.has(target ?? ""))).toEqual([]);
  });

  it("stay as text where there is no note, and are left out where there is no reference", () => {
    expect(html("a[^x]")).toBe("<p>a[^x]</p>");
    expect(html("a\n\n[^x]: b")).toBe("<p>a</p>");
    expect(html("a[^x]\n\n[^x]: first\n\n[^x]: second")).toMatch(/first(?!.*second)/s);
    expect(html("`[^1]`\n\n[^1]: b")).toBe("<p><code>[^1]</code></p>");
  });

  it("are not digits in a summary", () => {
    expect(contentOf(aDocument("", "One[^1], two.\n\n[^1]: Note")).summary).toBe("One, two.");
    expect(contentOf(aDocument("", "One[^1].\n\n<!--more-->\n\nTwo\n\n[^1]: Note")).summary).toBe("One.");
  });

  it("do not keep the ids of another post, or any other id", () => {
    expect(html('<p id="x">a</p><a id="fn-blog-other-1">b</a>')).not.toContain("id=");
    expect(
      html('<a id="fn-blog-a-post-ref-1">b</a> c[^1]\n\n[^1]: d').match(/id="fn-blog-a-post-ref-1"/g),
    ).toHaveLength(1);
  });

  it("are refused where there are too many, or where they are nested too deep", () => {
    expect(refusals(aDocument("", `${"a[^1] ".repeat(5_001)}\n\n[^1]: b`))).toEqual(["body: body-footnotes"]);
    expect(refusals(aDocument("", `${"[^1]: ".repeat(100)}b`))).toEqual(["body: body-too-deep"]);
    expect(refusals(aDocument('imageCredit: "[^1] and [^1]: b"', "a"))).toEqual([]);
  });
});
