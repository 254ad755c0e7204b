import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Parsed } from "../../src/ports/content.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import { theSite } from "../documents/sample-documents.ts";
import { faultsOf } from "../properties/faults.ts";
import { activeContentOf } from "./attacks.ts";
import { blogs, contentRoot } from "./blogs.ts";
import { splitIntoFeeds } from "./feeds.ts";
import { leftoversIn, leftoversInTexts } from "./leftovers.ts";
import { lostTextIn } from "./lost-text.ts";

/** The documents that are pages of their sites: an index, and one that has only the name of a template. */
const pages: Readonly<Record<string, readonly string[]>> = {
  "react-dev": ["index.md"],
  "rust-blog": ["releases/latest.md"],
};

const readBlog = async (blog: string): Promise<ReadonlyMap<string, Parsed>> => {
  const source = folderSource(await contentRoot(blog));
  const parsed = new Map<string, Parsed>();
  for (const path of await source.list())
    parsed.set(path, parseDocument((await source.read(path)) ?? new Uint8Array(), path, theSite()));
  return parsed;
};

const hasXmllint = spawnSync("xmllint", ["--version"]).error === undefined;

const xmllint = (xml: string): string =>
  spawnSync("xmllint", ["--noout", "--nonet", "-"], { input: xml, encoding: "utf8" }).stderr;

describe("real blogs", () => {
  it("and xmllint are available: without them this suite checks nothing", () => {
    expect(blogs, "set CORPUS to a folder with one folder per blog").not.toEqual([]);
    expect(hasXmllint, "install xmllint (Debian: libxml2-utils)").toBe(true);
  });

  it.each(blogs)("%s: every document is read, and is a post or a page", async (blog) => {
    const parsed = await readBlog(blog);
    expect(parsed.size).toBeGreaterThan(0);
    for (const [path, result] of parsed) {
      if (result.kind === "refused") expect.soft(result.reasons, path).toEqual([]);
      if (result.kind === "post") expect.soft(result.content.hold, path).toBeUndefined();
    }
    const found = [...parsed].filter(([, { kind }]) => kind === "page").map(([path]) => path);
    expect(found).toEqual(pages[blog] ?? []);
    const slugs = [...parsed.values()].flatMap((result) => (result.kind === "post" ? [result.content.slug] : []));
    expect(new Set(slugs).size).toBe(slugs.length);
  });

  it.each(blogs)(
    "%s: no body, title, summary or text for a network shows syntax, and each tree is valid",
    async (blog) => {
      const posts = [...(await readBlog(blog))].flatMap(([path, result]) =>
        result.kind === "post" ? [{ path, content: result.content }] : [],
      );
      const found = posts.flatMap(({ path, content }) =>
        [...leftoversIn(content), ...leftoversInTexts(content)].map((fault) => `${path}: ${fault}`),
      );
      console.log(`${blog}: ${posts.length} posts, ${found.length} with syntax or another tree`);
      expect(found).toEqual([]);
    },
  );

  it.each(blogs)("%s: all words of a document are in its HTML", async (blog) => {
    const source = folderSource(await contentRoot(blog));
    const found: string[] = [];
    for (const [path, result] of await readBlog(blog)) {
      const text = new TextDecoder().decode((await source.read(path)) ?? new Uint8Array());
      if (result.kind === "post")
        found.push(...lostTextIn(text, result.content.html).map((fault) => `${path}: ${fault}`));
    }
    expect(found).toEqual([]);
  });

  it.each(blogs)("%s: no summary ends in a colon", async (blog) => {
    const summaries = [...(await readBlog(blog))].flatMap(([path, result]) =>
      result.kind === "post" ? [{ path, text: result.content.summary }] : [],
    );
    const stubs = summaries.filter(({ text }) => /[:,：，]$/.test(text));
    console.log(`${blog}: ${summaries.length} summaries, ${stubs.length} end in a colon or a comma`);
    expect(stubs).toEqual([]);
  });

  it.each(blogs)("%s: feeds of 50 posts each are well-formed and valid, and have the same texts", async (blog) => {
    const posts = [...(await readBlog(blog))].flatMap(([path, result]) =>
      result.kind === "post" ? [{ path, content: result.content }] : [],
    );
    for (const feed of splitIntoFeeds(posts)) {
      const rendered = formats.render(feed);
      expect.soft(faultsOf(feed, rendered)).toEqual([]);
      expect.soft(activeContentOf(rendered)).toEqual([]);
      const feeds = rendered.filter(({ file }) => /^(?:feed|atom)\.xml$/.test(file));
      expect(feeds).toHaveLength(2);
      for (const one of feeds) expect.soft(xmllint(one.text), one.file).toBe("");
    }
  });
});
