import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { type Entry, entryId, type Feed } from "../../src/domain/feed.ts";
import type { Post, PostContent } from "../../src/domain/post.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Parsed, Rendered } from "../../src/ports.ts";
import { parseDocument } from "../../src/sources/document.ts";
import { folderSource } from "../../src/sources/folder.ts";
import { theSite } from "../sources/documents.ts";

/** A folder with one folder per blog, as `CORPUS=… npm run test:corpus` names it. Real posts are not ours to ship. */
const corpus = process.env.CORPUS ?? "";

/** Documents that no feed should have, and why. */
const refused: Readonly<Record<string, string>> = {
  // A page that only names a template.
  "releases/latest.md": "title-missing",
};

const blogs =
  corpus === ""
    ? []
    : (await readdir(corpus, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** Where the blog's posts are: the deepest folder that holds them all. */
const contentRoot = async (blog: string): Promise<string> => {
  let root = join(corpus, blog);
  for (;;) {
    const entries = (await readdir(root, { withFileTypes: true })).filter(({ name }) => !name.endsWith(".txt"));
    const [only] = entries;
    if (entries.length !== 1 || !only?.isDirectory()) return root;
    root = join(root, only.name);
  }
};

const readBlog = async (blog: string): Promise<ReadonlyMap<string, Parsed>> => {
  const source = folderSource(blog, await contentRoot(blog));
  const parsed = new Map<string, Parsed>();
  for (const path of await source.list())
    parsed.set(path, parseDocument((await source.read(path)) ?? new Uint8Array(), path, theSite()));
  return parsed;
};

const postOf = (content: PostContent, path: string): Post => {
  const published = content.published ?? Date.UTC(2026, 0, 1);
  return {
    ...content,
    published,
    updated: content.updated ?? published,
    site: "blog",
    id: path.replaceAll(/[^a-zA-Z0-9]+/g, "-"),
    version: 1,
    revision: "r1",
    firstSeen: published,
    source: "corpus",
    path,
    hash: "h",
    recipe: "r",
    slugs: [content.slug],
    byHand: false,
    generation: 1,
    listed: [],
  };
};

const feedOf = (posts: readonly Post[]): Feed => {
  const site = theSite();
  const newest = posts.toSorted((a, b) => b.published - a.published);
  const entries = newest.map(
    (post, index): Entry => ({ id: entryId(site, post.id), post, updated: post.updated - index, syndication: [] }),
  );
  return {
    site,
    key: "main",
    title: site.title,
    description: site.description,
    homeUrl: site.feedsUrl,
    baseUrl: site.feedsUrl,
    updated: Math.max(...entries.map(({ updated }) => updated)),
    author: site.author,
    language: site.language,
    entries,
    siblings: [],
  };
};

const illFormed = (xml: string): string | undefined => {
  try {
    new SaxesParser({ xmlns: true }).write(xml).close();
    return undefined;
  } catch (error) {
    return String(error);
  }
};

const hasXmllint = spawnSync("xmllint", ["--version"]).error === undefined;

const xmllint = (xml: string): string =>
  spawnSync("xmllint", ["--noout", "--nonet", "-"], { input: xml, encoding: "utf8" }).stderr;

const decode = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

interface Listed {
  readonly id: string;
  readonly title: string;
}

/** The ids and titles of a feed as a reader sees them. */
const listedIn = ({ file, text }: Rendered): readonly Listed[] => {
  if (file.endsWith(".json")) {
    const { items }: { items: readonly Listed[] } = JSON.parse(text);
    return items.map(({ id, title }) => ({ id, title }));
  }
  const isAtom = file.startsWith("atom");
  const listed: Listed[] = [];
  const open: string[] = [];
  let current = { id: "", title: "" };
  const parser = new SaxesParser();
  parser.on("opentag", ({ name }) => {
    open.push(name);
    if (name === "item" || name === "entry") current = { id: "", title: "" };
  });
  const add = (text: string) => {
    if (!/^(item|entry)$/.test(open.at(-2) ?? "")) return;
    const name = open.at(-1);
    if (name === "title") current.title += text;
    if (name === "id" || name === "guid") current.id += text;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", ({ name }) => {
    open.pop();
    if (name === "item" || name === "entry")
      listed.push({ id: current.id, title: isAtom ? decode(current.title) : current.title });
  });
  parser.write(text).close();
  return listed;
};

describe("real blogs", () => {
  it("are there, and so is xmllint: a suite that read nothing has shown nothing", () => {
    expect(blogs, "set CORPUS to a folder with one folder per blog").not.toEqual([]);
    expect(hasXmllint, "install xmllint (Debian: libxml2-utils)").toBe(true);
  });

  it.each(blogs)("%s: every document is read, and published or refused for a known reason", async (blog) => {
    const parsed = await readBlog(blog);
    expect(parsed.size).toBeGreaterThan(0);
    for (const [path, result] of parsed) {
      if (result.kind === "refused")
        expect
          .soft(
            result.reasons.map(({ code }) => code),
            path,
          )
          .toEqual([refused[path]]);
      else {
        expect.soft(result.content.hold, path).toBeUndefined();
        expect
          .soft(result.content.html.replaceAll(/<(pre|code)\b[\s\S]*?<\/\1>/g, ""), path)
          .not.toMatch(/\{%|\{\{|^:::|\{\/\*/m);
      }
    }
    const slugs = [...parsed.values()].flatMap((result) => (result.kind === "post" ? [result.content.slug] : []));
    expect(new Set(slugs).size).toBe(slugs.length);
  });

  it.each(blogs)("%s: each fifty make feeds that are well-formed, valid, and say the same", async (blog) => {
    const posts = [...(await readBlog(blog))].flatMap(([path, result]) =>
      result.kind === "post" ? [postOf(result.content, path)] : [],
    );
    for (let start = 0; start < posts.length; start += 50) {
      const feed = feedOf(posts.slice(start, start + 50));
      const rendered = formats.render(feed);
      expect.soft(formats.gate(rendered, feed)).toEqual([]);
      const feeds = rendered.filter(({ file }) => /^(feed\.xml|atom\.xml|feed\.json)$/.test(file));
      expect(feeds).toHaveLength(3);
      for (const one of feeds.filter(({ file }) => file.endsWith(".xml"))) {
        expect.soft(illFormed(one.text), one.file).toBeUndefined();
        expect.soft(xmllint(one.text), one.file).toBe("");
      }
      const wanted = feed.entries.map(({ id, post }) => ({ id, title: post.title }));
      for (const one of feeds) expect.soft(listedIn(one), one.file).toEqual(wanted);
    }
  });
});
