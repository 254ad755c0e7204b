import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { aServer } from "../outside/loopback.ts";
import { crier, whoAnswers } from "../support/terminal.ts";

/** An empty folder `my-feeds` in it becomes the owner's. */
let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "crier-init-"));
  onTestFinished(() => rm(home, { recursive: true }));
  await mkdir(join(home, "my-feeds"));
});

const write = async (path: string, text = ""): Promise<void> => {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), text);
};
const post = (title: string, date = "2026-03-01") => `---\ntitle: ${title}\ndate: ${date}\n---\nText.\n`;
const sitemap = (...urls: readonly string[]) =>
  `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls
    .map((url) => `<url><loc>${url}</loc></url>`)
    .join("")}</urlset>`;

const site = ["--title", "Ada's Blog", "--url", "https://blog.example.com/", "--time-zone", "Europe/Berlin"] as const;
const init = (...args: readonly string[]) => crier(["init", "my-feeds", "--yes", ...site, ...args], { folder: home });
const written = () => readFile(join(home, "my-feeds/crier.config.ts"), "utf8");
const files = () => readdir(join(home, "my-feeds"), { recursive: true });

describe("crier init", () => {
  test("writes a configuration whose accounts post to the sandbox, and a first post", async () => {
    expect(await init()).toMatchObject({
      code: 0,
      out: "  written: posts/first-post.md\n  written: crier.config.ts\n",
    });
    expect(await written()).toBe(`import { defineConfig } from "crier";

/** Secrets stay out of this file. */
export default defineConfig({
  sites: [
    { id: "blog", title: "Ada's Blog", url: "https://blog.example.com/", timeZone: "Europe/Berlin", sources: [{ folder: "posts" }] },
  ],
  accounts: [
    { name: "bluesky", network: "bluesky" },
    { name: "mastodon", network: "mastodon" },
  ],
});
`);
    expect(await readFile(join(home, "my-feeds/posts/first-post.md"), "utf8")).toMatch(
      /^---\ntitle: First post\ndate: \d{4}-\d\d-\d\d\n---\n\nAda's Blog has feeds\.\n$/,
    );
  });

  test("keeps the posts that are there", async () => {
    await write("my-feeds/posts/mine.md", post("Mine"));
    expect(await init()).toMatchObject({ code: 0, out: "  written: crier.config.ts\n" });
    expect(await files()).not.toContain(join("posts", "first-post.md"));
  });

  test.each([
    ["Hugo", "hugo.toml", "content", '"/:path/", permalinkCase: "lower"'],
    ["Hugo", "config.toml", "content", '"/:path/", permalinkCase: "lower"'],
    ["Jekyll", "_config.yml", "_posts", '"/:categories/:year/:month/:day/:title.html"'],
    ["Hexo", "_config.yml", "source/_posts", '"/:year/:month/:day/:path/"'],
    ["Eleventy", "eleventy.config.mjs", "content", '"/content/:path/"'],
    ["Astro", "astro.config.ts", "src/content/blog", '"/blog/:path/", permalinkCase: "lower"'],
    ["Docusaurus", "docusaurus.config.js", "blog", '"/blog/:slug"'],
  ])("recognises %s by %s, and reads %s", async (name, sign, folder, permalink) => {
    await write(`site/${sign}`);
    await write(`site/${folder}/a.md`, post("A"));
    for (const named of ["site", `site/${folder}`]) {
      const { code, out } = await init("--posts", named);
      expect([code, out]).toEqual([0, expect.stringContaining(`  ${name}: posts in ${join(home, "site", folder)}`)]);
      expect(await written()).toContain(`sources: [{ folder: "../site/${folder}" }], permalink: ${permalink} }`);
      await rm(join(home, "my-feeds/crier.config.ts"));
    }
  });

  test("tells Zola from Hugo by what its file holds", async () => {
    await write("site/config.toml", 'base_url = "https://blog.example.com"\n');
    await write("site/content/a.md", post("A"));
    expect((await init("--posts", "site")).out).toContain("  Zola: posts in");
  });

  test("of a folder within the documents, the addresses begin with its path", async () => {
    await write("site/hugo.toml");
    await write("site/content/notes/a.md", post("A"));
    await init("--posts", "site/content/notes");
    expect(await written()).toContain('sources: [{ folder: "../site/content/notes" }], permalink: "/notes/:path/"');
  });

  test("finds the permalink with which the documents have the addresses of the site's own sitemap", async () => {
    await write("site/hugo.toml");
    await write("site/content/posts/a.md", post("A"));
    await write("site/content/posts/b.md", post("B", "2026-04-02"));
    const urls = ["https://blog.example.com/2026/03/a/", "https://blog.example.com/2026/04/b/"];
    await write("sitemap.xml", sitemap(...urls));
    const { code, out } = await init("--posts", "site", "--site", "sitemap.xml");
    expect(code).toBe(0);
    expect(out).toContain("  2 of 2 documents have an address that sitemap.xml has, too\n");
    expect(await written()).toContain('permalink: "/:year/:month/:slug/", permalinkCase: "keep" }');
  });

  test("finds the documents of an unknown generator by the pages that the site has of them", async () => {
    await write("site/texts/a.md", post("A"));
    await write("site/texts/b.md", post("B"));
    await write("site/README.md", "# How this is built\n");
    await write("sitemap.xml", sitemap("https://blog.example.com/t/a/", "https://blog.example.com/t/b/"));
    const { out } = await init("--posts", "site", "--site", "sitemap.xml");
    expect(out).toContain(`  no generator that Crier knows: posts in ${join(home, "site/texts")}\n`);
    expect(await written()).toContain('sources: [{ folder: "../site/texts" }], permalink: "/t/:slug/"');
  });

  test("looks for the sitemap where generators put it", async () => {
    const requests: string[] = [];
    const server = await aServer((request, response) => {
      requests.push(request.url ?? "");
      if (request.url !== "/index.xml") return response.writeHead(404).end();
      response.writeHead(200, { "content-type": "application/xml" });
      return response.end(sitemap(new URL("2026/a/", server.url).href, new URL("2026/b/", server.url).href));
    });
    await write("site/hugo.toml");
    await write("site/content/a.md", post("A"));
    await write("site/content/b.md", post("B"));
    const { out } = await init("--posts", "site", "--url", `${new URL(server.url).origin}/`);
    expect(out).toMatch(/2 of 2 documents have an address that \S+\/index\.xml has, too/);
    expect(await written()).toContain('permalink: "/:year/:slug/"');
    expect(requests.slice(0, 2)).toEqual(["/sitemap.xml", "/sitemap-index.xml"]);
  });

  test("says how to compare the addresses where the site has no list of its pages", async () => {
    await write("site/hugo.toml");
    await write("site/content/a.md", post("A"));
    expect((await init("--posts", "site")).out).toContain(
      `  Hugo: posts in ${join(home, "site/content")}, pages as it writes them if nothing else is configured, at /:path/\n` +
        "  compare it with your site before anybody reads the feeds: npx crier doctor --site PLACE, the URL of its sitemap or feed, or the folder of the built site",
    );
  });

  test("finds the permalink by the pages that were built on this machine, where the site lists none", async () => {
    await write("site/eleventy.config.js", "export default () => {};\n");
    await write("site/posts/posts.json", '{ "permalink": "/blog/{{ page.fileSlug }}/" }\n');
    await write("site/posts/2026-03-01-a.md", post("A"));
    await write("site/posts/2026-04-02-b.md", post("B", "2026-04-02"));
    for (const page of ["blog/a/index", "blog/b/index", "index", "404"]) await write(`site/_site/${page}.html`);
    const { code, out } = await init("--posts", "site");
    expect(code).toBe(0);
    expect(out).toContain(`  2 of 2 documents have an address that ${join("site", "_site")} has, too\n`);
    expect(await written()).toContain('sources: [{ folder: "../site/posts" }], permalink: "/blog/:slug/"');
  });

  test.each([
    ["export default { dir: { input: 'content' } };", "content", "/:path/"],
    ['module.exports = { dir: { input: "src", output: "x" } };', "src/posts", "/posts/:path/"],
    ["", "posts", "/posts/:path/"],
  ])("Eleventy's addresses begin below its input: %s has those of %s at %s", async (config, folder, permalink) => {
    await write("site/eleventy.config.js", config);
    await write(`site/${folder}/a.md`, post("A"));
    await init("--posts", "site");
    expect(await written()).toContain(`permalink: ${JSON.stringify(permalink)} }`);
  });

  test("polls the feed of a site", async () => {
    const server = await aServer((_, response) =>
      response
        .writeHead(200, { "content-type": "application/rss+xml" })
        .end(
          '<rss version="2.0"><channel><title>B</title><link>https://b.example/</link><item><title>A</title><link>https://b.example/a/</link></item></channel></rss>',
        ),
    );
    const { code, out } = await init("--posts", server.url);
    expect([code, out]).toEqual([0, expect.stringContaining(`  1 entry in ${server.url}\n`)]);
    expect(await written()).toContain(`sources: [{ feed: ${JSON.stringify(server.url)} }]`);
  });

  test("asks in a terminal, and once more where an answer is not valid", async () => {
    await write("site/hugo.toml");
    await write("site/content/a.md", post("A"));
    const person = whoAnswers({
      "Title of the site": "Ada's Blog",
      "Its address": ["blog.ada.example", "https://blog.example.com/"],
      "The folder of the posts": ["nowhere", "site"],
      "Networks to post to": ["mastdon", "mastodon"],
      "Server of mastodon": "https://social.example",
    });
    const done = await crier(["init", "my-feeds"], { folder: home, input: person.keyboard, onErr: person.read });
    expect(done.code).toBe(0);
    for (const line of ["use an absolute URL", "there is no folder", "there is no network"])
      expect(done.out).toContain(line);
    expect(await written()).toContain('server: "https://social.example"');
  });
});

describe("nothing is written", () => {
  const refused = async (...args: readonly string[]) => {
    const { code, err } = await init(...args);
    expect(await files()).toEqual([]);
    return [code, err];
  };

  test("where the address is no address", async () => {
    expect(await refused("--url", "blog.example.com")).toEqual([2, expect.stringMatching(/^crier: --url: .+\n$/)]);
  });

  test("where a network is none", async () => {
    expect(await refused("--networks", "mastdon")).toEqual([
      2,
      expect.stringMatching(/^crier: --networks: there is no network "mastdon": use x, bluesky, .+\n$/),
    ]);
  });

  test("where there is no such folder of posts", async () => {
    expect(await refused("--posts", "nowhere")).toEqual([
      2,
      `crier: --posts: there is no folder ${join(home, "nowhere")}: name a folder that is there, or the address of a feed (https://…)\n`,
    ]);
  });

  test("where the feed cannot be read, or is a sitemap", async () => {
    const server = await aServer((request, response) =>
      request.url === "/sitemap.xml"
        ? response.end(sitemap("https://blog.example.com/a/"))
        : response.writeHead(404).end(),
    );
    const { origin } = new URL(server.url);
    expect(await refused("--posts", `${origin}/feed.xml`)).toEqual([1, expect.stringMatching(/cannot be read: .*404/)]);
    expect(await refused("--posts", `${origin}/sitemap.xml`)).toEqual([
      1,
      `crier: ${origin}/sitemap.xml is a sitemap, which has no texts: name the site's feed\n`,
    ]);
  });

  test("where the given list of pages cannot be read", async () => {
    await write("site/a.md", post("A"));
    expect(await refused("--posts", "site", "--site", "sitemap.xml")).toEqual([
      2,
      expect.stringMatching(/sitemap.xml cannot be read/),
    ]);
  });

  test("where somebody stops at a question", async () => {
    const person = whoAnswers({ "Title of the site": "Ada's Blog", "Its address": undefined });
    const done = await crier(["init", "my-feeds"], { folder: home, input: person.keyboard, onErr: person.read });
    expect(done).toMatchObject({ code: 1, err: expect.stringContaining("stopped") });
    expect(await files()).toEqual([]);
  });

  test("where the folder has a configuration, or is none", async () => {
    await write("my-feeds/crier.config.ts", "export default {};\n");
    expect(await init()).toMatchObject({ code: 1, err: expect.stringContaining("is there already: edit it") });
    expect(await written()).toBe("export default {};\n");
    const elsewhere = await crier(["init", "nowhere", "--yes", ...site], { folder: home });
    expect(elsewhere).toMatchObject({
      code: 2,
      err: `crier: there is no folder ${join(home, "nowhere")}: make it first\n`,
    });
  });
});
