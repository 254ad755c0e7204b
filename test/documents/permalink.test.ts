import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import type { Site } from "../../src/domain/site.ts";
import { aDocument, contentOf, parse, theSite } from "./sample-documents.ts";

/** The path of the page of a document, with its characters decoded. */
const pathOf = (permalink: string, path: string, lines = "", site: Partial<Site> = {}) =>
  decodeURI(new URL(contentOf(aDocument(lines), path, theSite({ permalink, ...site })).url).pathname);

const warningsOf = (document: string, site: Partial<Site> = {}) => {
  const parsed = parse(document, "a.md", theSite(site));
  return parsed.kind === "post" ? parsed.warnings.map(({ message }) => message) : [];
};

describe("a permalink", () => {
  it.each([
    ["/:year/:month/:day/:slug/", "a.md", "/2026/03/01/a/"],
    ["/:year/:i_month/:i_day/:title.html", "2026-03-01-a.md", "/2026/3/1/a.html"],
    ["/:year-:month-:day-:title/", "a.md", "/2026-03-01-a/"],
    ["/:year_:title", "a.md", "/2026_a"],
    ["/posts/:filename/", "2026-03-01-a.md", "/posts/2026-03-01-a/"],
    ["/:filename/", "a/index.md", "/a/"],
    ["/:path/", "b/c/2026-03-01-a.md", "/b/c/2026-03-01-a/"],
    ["/:path/", "b/a/index.md", "/b/a/"],
    ["/:path/", "_posts/b/a.md", "/b/a/"],
    ["/:path/", "My Folder/日本 語.md", "/My Folder/日本 語/"],
    ["/:section/:title/", "b/c/a.md", "/b/a/"],
    ["/:section/:title/", "a.md", "/a/"],
    ["/:sections/:title/", "b/c/a.md", "/b/c/a/"],
    ["/:title/", "日本語.md", "/日本語/"],
    ["/:title/", "Rust-1.0.md", "/Rust-1.0/"],
  ])("%s of %s is %s", (permalink, path, expected) => {
    expect(pathOf(permalink, path)).toBe(expected);
  });

  it("is percent-encoded in the URL", () => {
    expect(contentOf(aDocument(), "é/日.md", theSite({ permalink: "/:path/" })).url).toBe(
      "https://blog.example.org/%C3%A9/%E6%97%A5/",
    );
  });

  it("has the date in the site's time zone", () => {
    const document = "---\ntitle: A\ndate: 2025-12-31T23:30:00Z\n---\nx";
    const site = theSite({ permalink: "/:year/:month/:day/:slug/", timeZone: "Asia/Tokyo" });
    expect(contentOf(document, "a.md", site).url).toBe("https://blog.example.org/2026/01/01/a/");
    expect(contentOf(document, "a.md", { ...site, timeZone: "UTC" }).url).toBe(
      "https://blog.example.org/2025/12/31/a/",
    );
  });

  it.each([
    ["/:slug/", "/b/c/"],
    ["/:title/", "/b/c/"],
    ["/:post_title/", "/b/c/"],
    ["/:path/", "/posts/b/c/"],
    ["/:filename/", "/2026-03-01-a/"],
  ])("%s has the slug that the document gives: %s", (permalink, expected) => {
    expect(pathOf(permalink, "posts/2026-03-01-a.md", "slug: b/c")).toBe(expected);
  });

  it.each([
    ["It's a Title & More", "/its-a-title-more/"],
    ["日本、語。", "/日本語/"],
    ["C++ and C#, 100% sure?", "/c-and-c%23-100-sure/"],
    ["a/b", "/a/b/"],
    ["../../b", "/b/"],
    ["🎉", "/a/"],
  ])("has the title %j as %s", (title, expected) => {
    const site = theSite({ permalink: "/:post_title/" });
    const { url } = contentOf(aDocument("", "x", `title: "${title}"\ndate: 2026-03-01`), "a.md", site);
    expect(decodeURI(new URL(url).pathname)).toBe(expected);
  });

  it.each([
    ["categories: [Web Dev, News]", "a.md", "/web dev/news/a"],
    ["categories: jekyll update", "a.md", "/jekyll/update/a"],
    ["category: One Two", "sports/_posts/a.md", "/sports/one two/a"],
    ["tags: [x]", "a.md", "/a"],
    ["categories: [a/b, A/B]", "a.md", "/a b/a"],
  ])("has the categories of %j in %s as Jekyll has them: %s", (lines, path, expected) => {
    expect(pathOf("/:categories/:title", path, lines)).toBe(expected);
  });

  it.each([
    ["/:abbrlink/", "abbrlink: 4a17b156", "/4a17b156/"],
    ["/:abbrlink/", "abbrlink: 08e7", "/08e7/"],
    ["/posts/:post_id.html", "post-id: 12", "/posts/12.html"],
    ["/:Rubrik/:slug/", "rubrik: Mein Garten", "/Mein Garten/a/"],
  ])("%s has the value of the document's key: %s", (permalink, lines, expected) => {
    expect(pathOf(permalink, "a.md", lines)).toBe(expected);
  });

  it.each([
    [
      "",
      "The site's permalink /:year/:abbrlink/ needs `abbrlink`, and the document has none: add `abbrlink`, or give the document a `permalink`.",
    ],
    ["abbrlink: [a, b]", "the document has none"],
    ["abbrlink: a/b", "`abbrlink: a/b` cannot be one segment of an address: write it without slashes"],
    ["abbrlink: ..", "`abbrlink: ..` cannot be one segment"],
  ])("refuses a document without a value for a key of it: %j", (lines, message) => {
    expect(parse(aDocument(lines), "a.md", theSite({ permalink: "/:year/:abbrlink/" }))).toMatchObject({
      kind: "refused",
      reasons: [{ code: "permalink-key-missing", field: "abbrlink", message: expect.stringContaining(message) }],
    });
  });

  it("needs no key of a document that gives its own address, and the key is read", () => {
    const site = { permalink: "/:abbrlink/" };
    expect(pathOf("/:abbrlink/", "a.md", "permalink: /own/")).toBe("/own/");
    const parsed = parse(aDocument("abbrlink: 4a17\nother: x"), "a.md", theSite(site));
    expect(parsed.kind === "post" && parsed.reading?.ignored).toEqual(["other"]);
  });

  it("is in lower case, and without spaces, where the generator makes it so", () => {
    const lower = { permalinkCase: "lower" } as const;
    expect(pathOf("/P/:section/:title/", "Some/Read-Me.md", "", lower)).toBe("/P/some/read-me/");
    expect(pathOf("/:path/", "My Folder/日本 語.md", "", lower)).toBe("/my-folder/日本-語/");
  });
});

describe("the language in a permalink", () => {
  it.each([
    ["/:year/:slug/", "ja/a.md", "", "/ja/2026/a/"],
    ["/:year/:slug/", "a.ja.md", "", "/ja/2026/a/"],
    ["/:year/:slug/", "ja/b/a/index.md", "slug: c", "/ja/2026/c/"],
    ["/posts/:lang/:slug/", "ja/a.md", "", "/posts/ja/a/"],
    ["/posts/:lang/:slug/", "a.md", "", "/posts/a/"],
    ["/posts/:lang/:slug/", "a.md", "lang: ja", "/posts/ja/a/"],
    ["/posts/:lang/:slug/", "a.md", "lang: en", "/posts/a/"],
    ["/:path/", "pt-BR/b/a.md", "", "/pt-BR/b/a/"],
  ])("of %s for %s with %j: %s", (permalink, path, lines, expected) => {
    expect(pathOf(permalink, path, lines)).toBe(expected);
  });
});

describe("the permalink of a folder or language", () => {
  const permalinks = { "de/": "/beitrag/:slug/", "notes/": "/n/:slug", "notes/old/": "/old/:slug/" };

  it.each([
    ["a.md", "", "/a/"],
    ["de/a.md", "", "/beitrag/a/"],
    ["a.de.md", "", "/beitrag/a/"],
    ["a.md", "lang: de", "/beitrag/a/"],
    ["de/notes/a.md", "", "/de/n/a"],
    ["notes/a.md", "", "/n/a"],
    ["notes/a.ja.md", "", "/ja/n/a"],
    ["notes/old/a.md", "", "/old/a/"],
    ["denotes/a.md", "", "/a/"],
  ])("is that of %s with %j: %s", (path, lines, expected) => {
    expect(pathOf("/:slug/", path, lines, { permalinks })).toBe(expected);
  });
});

describe("a permalink in a document", () => {
  it.each([
    ["/own/{{ page.fileSlug }}/", "/own/place/"],
    ["/own/{{- page.fileSlug | slugify -}}/index.html", "/own/place/"],
    ["{{ page.filePathStem }}.html", "/posts/place.html"],
    ["/{{ page.date | date: '%Y/%-m/%d' }}/{{ title | slug }}/", "/2026/3/01/a-title/"],
    ["/own/{{ lang }}/{{ page.fileSlug }}/", "/place/"],
  ])("may have Eleventy's expressions: %s", (permalink, expected) => {
    expect(pathOf("/:slug/", "posts/2026-03-01-place.md", `permalink: "${permalink}"`)).toBe(expected);
  });

  it("is filled like the site's", () => {
    expect(pathOf("/:slug/", "a.md", "permalink: /:year/:month/x-:title/")).toBe("/2026/03/x-a/");
    expect(contentOf(aDocument("permalink: /:year/:title/")).slug).toBe("a-post");
  });

  it("with another expression is left out, with a warning", () => {
    expect(warningsOf(aDocument('permalink: "/own/{{ lang }}/"'))).toEqual([
      expect.stringMatching(/^`permalink: \/own\/\{\{ lang \}\}\/` has a template .* \{\{ page\.fileSlug \}\}/),
    ]);
  });

  it("may have the document's own keys", () => {
    expect(pathOf("/:slug/", "a.md", "permalink: /p/:abbrlink/\nabbrlink: 4a17")).toBe("/p/4a17/");
    expect(pathOf("/:slug/", "a.md", "permalink: /p/:abbrlink/\nabbrlink: a/b")).toBe("/a/");
  });

  it("with an unknown token is left out, with a warning", () => {
    expect(pathOf("/p/:slug/", "a.md", "permalink: /:yaer/:title/")).toBe("/p/a/");
    expect(warningsOf(aDocument("permalink: /:yaer/:title/"))).toEqual([
      expect.stringMatching(/^`permalink: \/:yaer\/:title\/` has the unknown token ":yaer"; .* :year, :month, /),
    ]);
  });
});

describe("a document without a date", () => {
  it("has the day on which it was first read in a dated permalink, with a warning", () => {
    const permalink = "/:year/:month/:slug/";
    const document = "---\ntitle: A\n---\nx";
    const parsed = parseDocument(new TextEncoder().encode(document), "a.md", theSite({ permalink }), {
      firstRead: Date.UTC(2026, 4, 1),
    });
    expect(parsed).toMatchObject({ content: { url: "https://blog.example.org/2026/05/a/", published: undefined } });
    expect(contentOf(document, "a.md", theSite({ permalink })).url).toBe("https://blog.example.org/a/");
    expect(warningsOf(document, { permalink })).toContainEqual(
      expect.stringContaining("The permalink /:year/:month/:slug/ needs a date"),
    );
    expect(warningsOf(document).join()).not.toContain("permalink");
  });
});
