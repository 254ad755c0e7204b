import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { aServer } from "../outside/loopback.ts";
import { aSummaryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { crier } from "../support/terminal.ts";

/** The command runs in this folder. */
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-site-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await configure({});
});

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
};

const configure = (more: object): Promise<void> => {
  const site = { id: "blog", title: "A Blog", url: "https://blog.example.com/", ...more };
  return write("crier.config.ts", `export default ${JSON.stringify({ sites: [site] })};`);
};

const document = (title: string, date: string, more = "") =>
  `---\ntitle: ${title}\ndate: ${date}\n${more}\n---\nText.\n`;

const sitemap = (...urls: readonly string[]) =>
  `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls
    .map((url) => `<url><loc>${url}</loc></url>`)
    .join("")}</urlset>`;

const rss = (...links: readonly string[]) =>
  `<rss version="2.0"><channel><title>A Blog</title><link>https://blog.example.com/</link>${links
    .map((link) => `<item><title>A &amp;amp; B</title><link>${link}</link></item>`)
    .join("")}</channel></rss>`;

const twoDocuments = async () => {
  await write("posts/a.md", document("A", "2026-03-01"));
  await write("posts/2026-03-02-b.md", document("B", "2026-03-02"));
  await write("posts/draft.md", document("C", "2026-03-02", "draft: true"));
};

const dated = ["https://blog.example.com/2026/03/01/a/", "https://blog.example.com/2026/03/02/b/"];

const doctor = (...args: readonly string[]) => crier(["doctor", ...args], { folder });

describe("crier doctor DIR --site", () => {
  test("compares only the documents that the source of the folder includes, by their paths in it", async () => {
    await twoDocuments();
    await write("sitemap.xml", sitemap("https://blog.example.com/posts/a/"));
    await configure({ sources: [{ folder: ".", exclude: ["**/2026-*"] }], permalink: "/:path/" });
    expect(await doctor("posts", "--site", "sitemap.xml")).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 of 1 documents have an address that sitemap.xml has, too"),
    });
  });

  test("says how many addresses agree with a sitemap, which differ, and the permalink to write", async () => {
    await twoDocuments();
    await write("sitemap.xml", sitemap("https://blog.example.com/", ...dated));
    const { code, out } = await doctor("posts", "--site", "sitemap.xml");
    expect(code).toBe(1);
    expect(out).toBe(
      [
        "0 of 2 documents have an address that sitemap.xml has, too; 2 differ, 0 are not in it.",
        "DOCUMENT         CRIER                        SITE",
        "2026-03-02-b.md  https://blog.example.com/b/  https://blog.example.com/2026/03/02/b/",
        "a.md             https://blog.example.com/a/  https://blog.example.com/2026/03/01/a/",
        "2 of 2 agree with this in the site's configuration:",
        '  sources: [{ folder: "posts" }],',
        '  permalink: "/:year/:month/:day/:slug/", // from 2 documents',
        "",
      ].join("\n"),
    );
  });

  test("says it as JSON", async () => {
    await twoDocuments();
    await write("sitemap.xml", sitemap(...dated));
    expect((await doctor("posts", "--site", "sitemap.xml", "--json")).json()).toEqual({
      site: "blog",
      place: "sitemap.xml",
      kind: "sitemap",
      documents: 2,
      agreeing: 0,
      different: [
        { path: "2026-03-02-b.md", url: "https://blog.example.com/b/", page: dated[1] },
        { path: "a.md", url: "https://blog.example.com/a/", page: dated[0] },
      ],
      absent: [],
      unused: [],
      advice: {
        sources: [{ folder: "posts" }],
        permalink: "/:year/:month/:day/:slug/",
        permalinkCase: "keep",
        agreeing: 2,
        rules: [{ folder: "", permalink: "/:year/:month/:day/:slug/", agreeing: 2, contradicting: [] }],
      },
    });
  });

  test("prints the permalinks of folders, and says what contradicts them", async () => {
    await twoDocuments();
    await write("posts/e.md", document("E", "2026-03-03"));
    await write("posts/f.md", document("F", "2026-03-03"));
    await write("posts/notes/d.md", document("D", "2026-03-02"));
    const others = ["notes/d/", "moved/e/", "moved/f/x/f/"].map((path) => `https://blog.example.com/${path}`);
    await write("sitemap.xml", sitemap(...dated, ...others));
    const { out } = await doctor("posts", "--site", "sitemap.xml");
    expect(out).toContain(
      [
        "3 of 5 agree with this in the site's configuration:",
        '  sources: [{ folder: "posts" }],',
        '  permalink: "/:year/:month/:day/:slug/", // from 2 documents; 2 have another address: e.md, …',
        "  permalinks: {",
        '    "notes/": "/:path/", // from 1 document',
        "  },",
        "",
      ].join("\n"),
    );
  });

  test("is content where the permalink is right", async () => {
    await twoDocuments();
    await configure({ permalink: "/:year/:month/:day/:slug/" });
    await write("sitemap.xml", sitemap(...dated));
    expect(await doctor("posts", "--site", "./sitemap.xml")).toMatchObject({
      code: 0,
      out: "2 of 2 documents have an address that ./sitemap.xml has, too; 0 differ, 0 are not in it.\n",
    });
  });

  test("reads a feed, with relative links, from a server of the owner", async () => {
    await twoDocuments();
    const { url } = await aServer((_, response) => response.end(rss("/2026/a/", "/2026/b/")));
    const { out } = await doctor("posts", "--site", `${url}/feed.xml`);
    expect(out).toContain(`0 of 2 documents have an address that ${url}/feed.xml has, too; 2 differ`);
    expect(out).toContain('  permalink: "/:year/:slug/",');
  });

  test("reads the sitemaps of an index, compressed, too", async () => {
    await twoDocuments();
    const server = await aServer((request, response) => {
      const index = `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://${request.headers.host}/1.xml.gz</loc></sitemap></sitemapindex>`;
      response.end(request.url === "/1.xml.gz" ? gzipSync(sitemap(...dated)) : index);
    });
    expect((await doctor("posts", "--site", `${server.url}/sitemap.xml`)).out).toContain("2 differ, 0 are not in it");
  });

  test("does not follow an index to a private address that nobody typed", async () => {
    await twoDocuments();
    const other = await aServer((_, response) => response.end(sitemap(...dated)));
    const index = `<sitemapindex><sitemap><loc>${other.url}/</loc></sitemap></sitemapindex>`;
    const { url } = await aServer((_, response) => response.end(index));
    expect(await doctor("posts", "--site", `${url}/`)).toMatchObject({
      code: 1,
      err: expect.stringContaining("an address that is not public"),
    });
    expect(other.requests).toEqual([]);
  });

  test("names another origin of the site, and a permalink without documents", async () => {
    await twoDocuments();
    await configure({ permalinks: { "notes/": "/notes/:slug/" } });
    await write("sitemap.xml", sitemap("https://www.blog.example.com/a/", "https://www.blog.example.com/b/"));
    expect(await doctor("posts", "--site", "sitemap.xml")).toMatchObject({
      code: 1,
      out: [
        "2 of 2 documents have an address that sitemap.xml has, too; 0 differ, 0 are not in it.",
        "The pages are at https://www.blog.example.com, and the configured site at https://blog.example.com/: set `url`.",
        'permalinks: there is no document in "notes/": correct or remove it.',
        "",
      ].join("\n"),
    });
  });

  test("shows ten of more", async () => {
    for (let day = 10; day < 22; day += 1) await write(`posts/p${day}.md`, document(`P${day}`, `2026-03-${day}`));
    await write("sitemap.xml", sitemap("https://blog.example.com/"));
    const { code, out } = await doctor("posts", "--site", "sitemap.xml");
    expect(code).toBe(0);
    expect(out.match(/^not in it: /gm)).toHaveLength(10);
    expect(out).toContain("  … and 2 more\n");
  });

  test("compares with the pages in the folder of the built site", async () => {
    await write("posts/2026-03-01-one.md", document("One", "2026-03-01"));
    await write("posts/2026-03-02-two.md", document("Two", "2026-03-02"));
    for (const page of ["journal/one/index.html", "journal/two/index.html", "index.html", "404.html"])
      await write(`_site/${page}`, "<!doctype html>");
    const { out, code } = await doctor("posts", "--site", "./_site");
    expect([code, out]).toEqual([1, expect.stringContaining('permalink: "/journal/:slug/"')]);
  });

  test.each([
    ["a file that is not there", "none.xml", /none\.xml cannot be read \(ENOENT.*name the URL or the file/],
    [
      "a page",
      "page.html",
      /page\.html is neither a feed nor a sitemap: it is a page, not a feed\. Name one of them, or the folder of the built site/,
    ],
  ])("names %s", async (_, place, message) => {
    await write("page.html", "<!doctype html><title>A</title>");
    expect(await doctor("posts", "--site", place)).toMatchObject({ err: expect.stringMatching(message) });
  });

  test("names a server that has nothing", async () => {
    const { url } = await aServer((_, response) => response.writeHead(404).end());
    expect(await doctor("posts", "--site", `${url}/feed.xml`)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/feed\.xml cannot be read: .* answered 404/),
    });
  });
});

describe("crier doctor --site, wherever it starts", () => {
  const aSite = async () => {
    await write("site/README.md", document("Read me", "2026-03-01"));
    await write("site/node_modules/a/a.md", document("A", "2026-03-01"));
    await write("site/content/posts/a.md", document("A", "2026-03-01"));
    await write("site/content/posts/bundle/index.md", document("Bundle", "2026-03-02"));
    await write("site/content/notes/b.md", document("B", "2026-03-02"));
    const paths = ["2026/a/", "2026/bundle/", "notes/b/"];
    await write("sitemap.xml", sitemap(...paths.map((path) => `https://blog.example.com/${path}`)));
  };
  const lines = [
    '  permalink: "/:year/:slug/", // from 2 documents',
    "  permalinks: {",
    '    "notes/": "/:path/", // from 1 document',
    "  },",
    "",
  ].join("\n");

  test.each(["site", "site/", "./site/content", "site/content/", "site/content/posts", "site/content/notes/"])(
    "%s: a folder in or around a source of the site stands for the site's folders",
    async (place) => {
      await aSite();
      await configure({ sources: [{ folder: "site/content" }] });
      expect((await doctor(place, "--site", "sitemap.xml")).out).toContain(
        `3 of 3 agree with this in the site's configuration:\n${lines}`,
      );
    },
  );

  test("without a folder, it reads those of the site", async () => {
    await aSite();
    await configure({ sources: [{ folder: "site/content" }, { folder: "not-here" }] });
    expect((await doctor("--site", "sitemap.xml")).out).toContain(lines);
  });

  test("several folders of a site are compared together", async () => {
    await aSite();
    await configure({ sources: [{ folder: "site/content/posts" }, { folder: "site/content/notes" }] });
    const { out } = await doctor("site/content/notes", "--site", "sitemap.xml");
    expect(out).toContain("0 of 3 documents have an address");
  });

  test.each(["site", "site/", "site/content", "site/content/"])(
    "%s: of another folder it is the one that holds what the site has, and the source to write",
    async (place) => {
      await aSite();
      expect((await doctor(place, "--site", "sitemap.xml")).out).toContain(
        `3 of 3 agree with this in the site's configuration:\n  sources: [{ folder: "site/content" }],\n${lines}`,
      );
    },
  );

  test("the folder of a bundle or a language is not the one that holds the documents", async () => {
    await write("site/content/a/index.md", document("A", "2026-03-01"));
    await write("bundle.xml", sitemap("https://blog.example.com/2026/a/"));
    expect((await doctor("site", "--site", "bundle.xml")).out).toContain('sources: [{ folder: "site/content" }]');
    await write("other/content/de/b.md", document("B", "2026-03-01"));
    await write("language.xml", sitemap("https://blog.example.com/de/2026/b/"));
    const { out } = await doctor("other", "--site", "language.xml");
    expect(out).toContain(
      '  sources: [{ folder: "other/content" }],\n  permalink: "/:year/:slug/", // from 1 document\n',
    );
  });
});

describe("crier doctor --site", () => {
  test("compares the posts of the running Crier", async () => {
    const api = await anApi();
    const post = (slug: string, more = {}) =>
      aSummaryAnswer({ slug, document: `${slug}.md`, url: `https://blog.example.com/${slug}/`, ...more });
    api.answer("list", { posts: [post("a"), post("own", { url: "https://blog.example.com/x/" })], next: "more" });
    api.answer("list", { posts: [post("b"), post("draft", { published: null })], next: null }, "/api/posts?from=more");
    await write("feed.xml", rss("/2026/03/a", "/2026/03/b", "/x/"));
    const { out } = await crier(["doctor", "--site", "feed.xml"], { folder, env: api.env });
    expect(out).toContain("1 of 3 documents have an address that feed.xml has, too; 2 differ, 0 are not in it.");
    expect(out).toContain('3 of 3 agree with this in the site\'s configuration:\n  permalink: "/:year/:month/:slug",');
  });
});
