import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { getuid } from "node:process";
import { describe, expect, onTestFinished, test } from "vitest";
import { folderSource } from "../../src/sources/folder-source.ts";
import { siteFiles, siteRoot } from "../../src/sources/site-pictures.ts";
import { aSite } from "../support/builders.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A folder with these files, each of which contains its own path. */
const aTree = async (...files: readonly string[]): Promise<string> => {
  const top = await mkdtemp(join(temporaryFolder, "crier-site-"));
  onTestFinished(() => rm(top, { recursive: true, force: true }));
  for (const file of files) {
    await mkdir(dirname(join(top, file)), { recursive: true });
    await writeFile(join(top, file), file);
  }
  return top;
};

const site = aSite({ id: "blog", url: "https://blog.example.com/" });
const post = { site: "blog", source: "folder:posts", path: "2026/a.md", url: "https://blog.example.com/2026/a/" };

/** Reads what a post of the documents below `folder` names by these addresses. */
const reader = (top: string, folder: string, one = site) => {
  const source = { ...folderSource(join(top, folder)), name: post.source, folder: join(top, folder) };
  const { fetchPicture } = siteFiles({
    sites: [one],
    sources: [{ ...source, site: one.id }],
    home: "/nowhere",
    probe: async () => undefined,
    fetchPicture: async () => ({ kind: "failed", reason: requested }),
  });
  return async (address: string, owner = post) => {
    const file = await fetchPicture(new URL(address, one.url).href, owner);
    return file.kind === "fetched" ? Buffer.from(file.bytes).toString() : file.reason;
  };
};
const requested = "its address was requested";

describe("a picture of a post is the file", () => {
  test("beside its document, where the page names it beside itself", async () => {
    const read = reader(await aTree("posts/2026/press.png", "posts/2026/pictures/a b.png"), "posts");
    expect(await read("/2026/a/press.png")).toBe("posts/2026/press.png");
    expect(await read("/2026/a/pictures/a%20b.png")).toBe("posts/2026/pictures/a b.png");
    // A page without a final slash is beside its pictures.
    expect(await read("/2026/press.png", { ...post, url: "https://blog.example.com/2026/a.html" })).toBe(
      "posts/2026/press.png",
    );
    // A document of another source may have the same path.
    expect(await read("/2026/a/press.png", { ...post, source: "api" })).toBe(requested);
  });

  test.each([
    ["hugo.toml", "content/posts", "static/img/a.png", "/img/a.png"],
    ["config.toml", "content", "static/a.png", "/a.png"],
    ["astro.config.mjs", "src/content/blog", "public/a.png", "/a.png"],
    ["astro.config.mjs", "src/content/blog", "src/assets/a.png", "/src/assets/a.png"],
    ["astro.config.mjs", "src/content/blog", "src/assets/a.png", "/assets/a.png"],
    ["astro.config.mjs", "src/content/blog", "src/content/blog/deep/a.png", "/src/content/blog/deep/a.png"],
    ["astro.config.mjs", "src/content/blog", "src/images/a.png", "/src/images/a.png"],
    ["_config.yml", "_posts", "assets/a.png", "/assets/a.png"],
    ["_config.yml", "source/_posts", "source/images/a.png", "/images/a.png"],
    ["eleventy.config.js", "posts", "public/a.png", "/a.png?width=3"],
  ])("of a site with %s and documents in %s: %s for %s", async (configuration, folder, file, address) => {
    const top = await aTree(configuration, file, `${folder}/2026/a.md`);
    expect(await reader(top, folder)(address)).toBe(file);
  });

  test("below the path of a site that is in a folder of its host", async () => {
    const top = await aTree("hugo.toml", "static/a.png", "content/a.md");
    const read = reader(top, "content", { ...site, url: "https://example.com/blog/" });
    expect(await read("https://example.com/blog/a.png")).toBe("static/a.png");
    expect(await read("https://example.com/a.png")).toBe(requested);
    expect(await read("https://example.com/data/a.png")).toBe(requested);
  });
});

describe("no file is read", () => {
  const aHugoSite = (...more: readonly string[]) =>
    aTree("secret.png", "site/hugo.toml", "site/content/a.md", "site/static/a.png", ...more);

  test.each([
    "https://elsewhere.example/a.png",
    "http://blog.example.com/a.png",
    "/%2e%2e/secret.png",
    "/..%2fsecret.png",
    "/..%2f..%2fsecret.png",
    "/..%5csecret.png",
    "/x%5ca.png",
    "/..%2fhugo.toml",
    "/x%2fa.png",
    "/a%3ab.png",
    "/a%00.png",
    "/.git/config",
    "/hugo.toml",
    "/content/a.md",
    "/",
    "/a.png/",
    "/missing.png",
    `/${"a".repeat(3000)}.png`,
  ])("for the address %s", async (address) => {
    const hidden = ["site/static/.git/config", "site/static/a:b.png", "site/static/x\\a.png", "site/static/x/a.png"];
    const top = await aHugoSite(...hidden);
    expect(await reader(top, "site/content")(address)).toBe(requested);
  });

  test("that a link outside of the site's folder leads to, and the reason names it", async () => {
    const top = await aHugoSite();
    await symlink(join(top, "secret.png"), join(top, "site/static/link.png"));
    await symlink(top, join(top, "site/static/all"));
    await symlink("a.png", join(top, "site/static/inside.png"));
    const read = reader(top, "site/content");
    expect(await read("/link.png")).toBe("its file static/link.png is a link out of the site's folder");
    expect(await read("/all/secret.png")).toBe("its file static/all/secret.png is a link out of the site's folder");
    expect(await read("/inside.png")).toBe("site/static/a.png");
  });

  test("that is hidden, where a link leads to it", async () => {
    const top = await aTree("site/hugo.toml", "site/content/a.md", "site/.private/a.png", "site/static/a.png");
    await symlink("../.private/a.png", join(top, "site/static/link.png"));
    await symlink("../.private", join(top, "site/static/all"));
    const read = reader(top, "site/content");
    expect(await read("/link.png")).toBe(requested);
    expect(await read("/all/a.png")).toBe(requested);
  });

  test.each(["/a.png", "/assets/b.png", "/src/assets/c.png", "/src/content/blog/draft/d.png"])(
    "for the entry of a polled feed, whose author may be anybody: %s",
    async (address) => {
      const files = ["public/a.png", "assets/b.png", "src/assets/c.png", "src/content/blog/draft/d.png"];
      const read = reader(await aTree("astro.config.mjs", ...files), "src/content/blog");
      const page = "https://blog.example.com/a/";
      expect(await read(address, { ...post, source: "feed:https://blog.example.com/feed.xml", path: page })).toBe(
        requested,
      );
    },
  );

  test("of the sources of Astro, except its assets, for a post that is not a document of this folder", async () => {
    const top = await aTree("astro.config.mjs", "src/content/blog/draft/a.png");
    const read = reader(top, "src/content/blog");
    expect(await read("/src/content/blog/draft/a.png")).toBe("src/content/blog/draft/a.png");
    expect(await read("/src/content/blog/draft/a.png", { ...post, source: "api" })).toBe(
      "its file src/content/blog/draft/a.png is not in the site's folder",
    );
  });

  test("of more than 20 MB, and no pipe, device or folder", async () => {
    const top = await aHugoSite();
    const files = join(top, "site/static");
    await writeFile(join(files, "large.png"), "");
    await truncate(join(files, "large.png"), 20_000_001);
    execFileSync("mkfifo", [join(files, "pipe.png")]);
    await mkdir(join(files, "folder.png"));
    const read = reader(top, "site/content");
    expect(await read("/large.png")).toBe("its file static/large.png is larger than 20 MB");
    expect(await read("/pipe.png")).toBe("static/pipe.png is a device or a pipe, and no file");
    expect(await read("/folder.png")).toBe(requested);
  });

  // root may read every file.
  test.skipIf(getuid?.() === 0)("that the user may not read", async () => {
    const top = await aHugoSite();
    await chmod(join(top, "site/static/a.png"), 0);
    expect(await reader(top, "site/content")("/a.png")).toBe("its file static/a.png cannot be read (EACCES)");
  });

  test("that the site builds and that is not there, and no address is requested", async () => {
    const read = reader(await aHugoSite(), "site/content");
    expect(await read("/src/assets/a.png")).toBe("its file src/assets/a.png is not in the site's folder");
  });

  test("for a post of another site than that of the source", async () => {
    const top = await aHugoSite();
    const other = { ...site, id: "other" };
    expect(await reader(top, "site/content", other)("/a.png", { ...post, site: "other" })).toBe("site/static/a.png");
    const files = siteFiles({
      sites: [other],
      sources: [{ name: post.source, site: "blog", folder: join(top, "site/content") }],
      home: "/nowhere",
      probe: async () => undefined,
      fetchPicture: async () => ({ kind: "failed", reason: requested }),
    });
    const owner = { ...post, site: "other" };
    expect(await files.fetchPicture(`${site.url}a.png`, owner)).toEqual({ kind: "failed", reason: requested });
  });

  test("of a site that is not configured, or whose documents are not there", async () => {
    const top = await aHugoSite();
    expect(await reader(top, "site/content")("/a.png", { ...post, site: "other" })).toBe(requested);
    expect(await reader(top, "site/gone")("/a.png")).toBe(requested);
  });
});

describe("the folder of a site", () => {
  const rootOf = async (top: string, folder: string, home = "/nowhere") =>
    (await siteRoot(join(top, folder), home)).slice(top.length);

  test("is the nearest one above its documents with the configuration of a generator", async () => {
    const top = await aTree("hugo.toml", "site/hugo.yaml", "site/content/posts/a.md");
    expect(await rootOf(top, "site/content/posts")).toBe("/site");
  });

  test("is at most eight folders above its documents", async () => {
    const folders = (count: number) => Array.from({ length: count }, (_, at) => `${at}`).join("/");
    const top = await aTree("hugo.toml", `${folders(9)}/a.md`);
    expect(await rootOf(top, folders(8))).toBe("");
    expect(await rootOf(top, folders(9))).toBe(`/${folders(9)}`);
  });

  test("is that of the documents without such a configuration", async () => {
    const top = await aTree("package.json", "posts/a.md");
    expect(await rootOf(top, "posts")).toBe("/posts");
  });

  test("is in the repository of the documents, and never the home folder", async () => {
    const top = await aTree("_config.yml", "blog/.git/HEAD", "blog/posts/a.md");
    expect(await rootOf(top, "blog/posts")).toBe("/blog/posts");
    const home = await aTree("_config.yml", "posts/a.md");
    expect(await rootOf(home, "posts", home)).toBe("/posts");
  });

  test("has a `config.toml` only above `content`", async () => {
    const top = await aTree("config.toml", "posts/a.md", "content/a.md");
    expect(await rootOf(top, "posts")).toBe("/posts");
    expect(await rootOf(top, "content")).toBe("");
  });
});
