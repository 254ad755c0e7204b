import { describe, expect, it } from "vitest";
import { compareAddresses, type LocatedDocument } from "../../src/documents/compare-addresses.ts";
import type { SitePage } from "../../src/documents/infer-permalink.ts";
import { locateDocument } from "../../src/documents/parse-document.ts";
import type { Site } from "../../src/domain/site.ts";
import { aDocument, theSite } from "./sample-documents.ts";

const site = theSite({ permalink: "/:slug/", timeZone: "UTC" });

/** Documents by path, with the lines of their front matter. */
const documentsOf = (lines: Readonly<Record<string, string>>, of: Site = site): readonly LocatedDocument[] =>
  Object.entries(lines).flatMap(
    ([path, text]) =>
      locateDocument(
        new TextEncoder().encode(aDocument("", "Text.", `title: Title of ${path}\n${text}`)),
        path,
        of,
        false,
      ) ?? [],
  );

const pagesOf = (...paths: readonly string[]): readonly SitePage[] =>
  paths.map((path) => ({ url: new URL(path, "https://blog.example.org/").href, title: undefined }));

const march = (day: number, more = "") => `date: 2026-03-${String(day).padStart(2, "0")}\n${more}`;

const flat = { "One.md": march(1), "2026-03-03-two.md": march(3), "b/three.md": march(14), "日本.md": march(11) };

describe("the addresses of a site", () => {
  it("agree where its feed or sitemap has them, however they are encoded", () => {
    const documents = documentsOf({ "a.md": march(1), "日本.md": march(2, "permalink: /x/日本.html") });
    expect(compareAddresses(documents, pagesOf("/a/", "/x/%E6%97%A5%E6%9C%AC.html", "/about/"), site)).toEqual({
      agreeing: 2,
      different: [],
      absent: [],
      origin: undefined,
      unused: [],
      advice: undefined,
    });
  });

  it("differ, with the page that the site has, or are absent", () => {
    const documents = documentsOf({ "a.md": march(1), "b.md": march(2, "permalink: /B/") });
    expect(compareAddresses(documents, pagesOf("/2026/a/", "/tags/"), site)).toMatchObject({
      agreeing: 0,
      different: [{ path: "a.md", url: "https://blog.example.org/a/", page: "https://blog.example.org/2026/a/" }],
      absent: [{ path: "b.md", url: "https://blog.example.org/B/" }],
    });
  });

  it("are found by the title, where a feed has one", () => {
    const pages = [{ url: "https://blog.example.org/p/123", title: "Title of  A.md " }];
    expect(compareAddresses(documentsOf({ "a.md": march(1, "title: Title of  a.md") }), pages, site).different).toEqual(
      [],
    );
    const documents = documentsOf({ "a.md": march(1) });
    expect(
      compareAddresses(
        documents,
        [{ ...pages[0], url: "https://blog.example.org/p/123", title: "title of A.md " }],
        site,
      ).different,
    ).toMatchObject([{ page: "https://blog.example.org/p/123" }]);
  });

  it("can be on another origin than the configuration says", () => {
    const pages = [{ url: "https://www.example.org/a/", title: undefined }];
    expect(compareAddresses(documentsOf({ "a.md": march(1) }), pages, site)).toMatchObject({
      agreeing: 1,
      origin: "https://www.example.org",
    });
  });
});

describe("the permalink that makes them agree", () => {
  const adviceFor = (lines: Readonly<Record<string, string>>, pages: readonly string[], of: Site = site) =>
    compareAddresses(documentsOf(lines, of), pagesOf(...pages), of).advice;

  it.each([
    [
      "Jekyll's and Hexo's",
      "/:year/:month/:day/:slug/",
      ["/2026/03/01/One/", "/2026/03/03/two/", "/2026/03/14/three/"],
    ],
    ["Jekyll's default", "/:year/:month/:day/:slug.html", ["/2026/03/01/One.html", "/2026/03/03/two.html"]],
    [
      "one without leading zeros",
      "/:year/:i_month/:i_day/:slug/",
      ["/2026/3/1/One/", "/2026/3/3/two/", "/2026/3/14/three/"],
    ],
    ["Eleventy's default", "/:path/", ["/One/", "/2026-03-03-two/", "/b/three/", "/日本/"]],
    ["one below a folder", "/posts/:slug", ["/posts/One", "/posts/two", "/posts/three"]],
    [
      "one with the date in the name",
      "/:year-:month-:day-:slug/",
      ["/2026-03-01-One/", "/2026-03-03-two/", "/2026-03-14-three/"],
    ],
  ])("is %s: %s", (_, permalink, pages) => {
    expect(adviceFor(flat, pages)).toMatchObject({ choice: { permalink }, agreeing: pages.length });
  });

  it("is in lower case where the site is", () => {
    expect(adviceFor(flat, ["/blog/one/", "/blog/2026-03-03-two/", "/blog/b/three/"])).toMatchObject({
      choice: { permalink: "/blog/:path/", permalinks: undefined, permalinkCase: "lower" },
      agreeing: 3,
    });
  });

  it("has the title where Hugo makes the address of it", () => {
    expect(adviceFor(flat, ["/2026/title-of-one.md/", "/2026/title-of-b/three.md/"])).toMatchObject({
      choice: { permalink: "/:year/:post_title/" },
      agreeing: 2,
    });
  });

  it("has the categories where Jekyll puts them into the address", () => {
    const lines = { "a.md": march(1, "categories: jekyll update"), "b.md": march(2, "categories: [Web Dev]") };
    expect(adviceFor(lines, ["/jekyll/update/a.html", "/web%20dev/b.html"])).toMatchObject({
      choice: { permalink: "/:categories/:slug.html" },
      agreeing: 2,
    });
  });

  it("differs by folder or language where the site does", () => {
    const lines = {
      "a.md": march(1),
      "b.md": march(2),
      "notes/c.md": march(3),
      "de/d.md": march(4),
      "e.de.md": march(5),
    };
    const pages = ["/2026/a/", "/2026/b/", "/notes/c", "/de/beitrag/d/", "/de/beitrag/e/"];
    expect(adviceFor(lines, pages)).toMatchObject({
      choice: {
        permalink: "/:year/:slug/",
        permalinks: { "notes/": "/:path", "de/": "/de/beitrag/:slug/" },
        permalinkCase: "keep",
      },
      agreeing: 5,
    });
  });

  it("differs by folder rather than by category, which the next post may have elsewhere", () => {
    const lines = {
      "posts/2026-03-01-a.md": march(1),
      "posts/b.md": march(2),
      "podcast/c.md": march(3, "categories: [podcast]"),
      "podcast/d.md": march(4, "categories: [podcast]"),
    };
    expect(adviceFor(lines, ["/2026-03-01-a/", "/b/", "/podcast/c/", "/podcast/d/"])).toMatchObject({
      choice: { permalink: "/:filename/", permalinks: { "podcast/": "/:path/" } },
      agreeing: 4,
    });
  });

  it("has the key of the documents that is in their addresses, and no other key", () => {
    const link = (text: string) => march(1, `abbrlink: ${text}\nlayout: post\nlang: en\nyears: ${text}`);
    const lines = { "a.md": link("4a17"), "b.md": link("08e7"), "c.md": link("77") };
    const pages = ["/post/4a17.html", "/post/08e7.html", "/post/77.html"];
    expect(adviceFor(lines, pages)?.choice).toEqual({
      permalink: "/post/:abbrlink.html",
      permalinks: undefined,
      permalinkCase: "keep",
    });
    expect(adviceFor({ "a.md": link("x"), "b.md": link("y") }, ["/post/a/", "/post/b/"])?.choice).toMatchObject({
      permalink: "/post/:slug/",
    });
  });

  it("is found soon where each segment of a long address is the value of several keys", () => {
    const letters = [..."abcdefghijkl"];
    const keys = letters.flatMap((one) => ["x", "y", "z"].map((key) => `${key}key${one}: ${one}`)).join("\n");
    const pages = ["one", "two", "three"].map((name) => `/${letters.join("/")}/${name}/`);
    const documents = { "one.md": march(1, keys), "two.md": march(2, keys), "three.md": march(3, keys) };
    expect(adviceFor(documents, pages)?.choice.permalink).toMatch(/:slug\/$/);
  });

  it("may be that of a folder in a folder", () => {
    const lines = {
      "a/one.md": march(1),
      "a/two.md": march(2),
      "a/old/three.md": march(3),
      "a/old/four.md": march(4),
      "b/five.md": march(5),
    };
    expect(adviceFor(lines, ["/one/", "/two/", "/archive/three", "/archive/four", "/five/"])).toMatchObject({
      choice: { permalink: "/:slug/", permalinks: { "a/old/": "/archive/:slug" } },
      agreeing: 5,
    });
  });

  it("says from how many documents it was inferred, and which have another address", () => {
    const lines = {
      "a.md": march(1),
      "b.md": march(2),
      "moved.md": march(3),
      "unlisted.md": march(4),
      "notes/c.md": march(5),
    };
    expect(adviceFor(lines, ["/2026/a/", "/2026/b/", "/elsewhere/moved/", "/notes/c/", "/about/"])?.rules).toEqual([
      { folder: "", permalink: "/:year/:slug/", agreeing: 2, contradicting: ["moved.md"] },
      { folder: "notes/", permalink: "/:path/", agreeing: 1, contradicting: [] },
    ]);
  });

  const mixed = {
    "a.md": march(1, "categories: [x]"),
    "2026-03-02-b.md": march(2),
    "notes/c.md": march(3, "categories: [notes]"),
    "notes/d.md": march(4, "categories: [notes]"),
    "de/e.md": march(5),
  };
  const mixedPages = ["/2026/a/", "/2026/b/", "/notes/c/", "/notes/d/", "/de/2026/e/"];

  it.each([
    ["/:slug/", undefined],
    ["/:year/:slug/", undefined],
    ["/:path/", undefined],
    ["/:categories/:slug/", { "notes/": "/notes/:filename/", "de/": "/de/x/:slug/" }],
  ])("is the same, whatever the configuration has: %s, %j", (permalink, permalinks) => {
    const configured = theSite({ permalink, permalinks, timeZone: "UTC" });
    expect(adviceFor(mixed, mixedPages, configured)?.choice).toEqual({
      permalink: "/:year/:slug/",
      permalinks: { "notes/": "/:path/" },
      permalinkCase: "keep",
    });
  });

  it("is the same in whatever order the documents and the pages are read", () => {
    const turned = Object.fromEntries(Object.entries(mixed).toReversed());
    expect(adviceFor(turned, mixedPages.toReversed())).toEqual(adviceFor(mixed, mixedPages));
  });

  it("begins below the path of the site", () => {
    const below = theSite({ permalink: "/:slug/", url: "https://blog.example.org/notes/" });
    expect(adviceFor(flat, ["/notes/2026/One/", "/notes/2026/two/"], below)).toMatchObject({
      choice: { permalink: "/:year/:slug/" },
      agreeing: 2,
    });
  });

  it("does not touch documents with an address of their own", () => {
    const lines = { "a.md": march(1, "permalink: /x/a/"), "b.md": march(2) };
    expect(adviceFor(lines, ["/x/a/", "/2026/b/"])).toMatchObject({
      choice: { permalink: "/:year/:slug/" },
      agreeing: 2,
    });
  });

  it("is absent where nothing is better than what is configured", () => {
    expect(adviceFor({ "a.md": march(1), "b.md": march(2) }, ["/a/", "/"])).toBeUndefined();
    expect(adviceFor({ "a.md": march(1) }, ["/x/another/"])).toBeUndefined();
  });
});
