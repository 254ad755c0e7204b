import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseWithReferences } from "../../src/app/ingest/parse-references.ts";
import { inferPermalink } from "../../src/documents/infer-permalink.ts";
import { readPath, urlByPermalink } from "../../src/documents/page-path.ts";
import { locateDocument } from "../../src/documents/parse-document.ts";
import type { PostContent } from "../../src/domain/post.ts";
import { documentsInProcess } from "../../src/parsing/parsers-in-process.ts";
import { readConfig } from "../../src/runtimes/local/read-config.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import { blogs, contentRoot } from "./blogs.ts";

const examples = join(import.meta.dirname, "../../examples/sites");

/** No post is known by its name alone. */
const ports = {
  aliases: { read: async () => undefined, sharing: async () => [] },
  posts: { read: async () => undefined },
  ...documentsInProcess,
};

/** The posts of a blog with the configuration that it would have. */
const readBlog = async (blog: string): Promise<ReadonlyMap<string, PostContent>> => {
  const { sites } = await readConfig(`${blog}.config.ts`, examples);
  const source = folderSource(await contentRoot(blog));
  const posts = new Map<string, PostContent>();
  for (const path of await source.list()) {
    const [site] = sites;
    const bytes = await source.read(path);
    if (site === undefined || bytes === undefined) continue;
    const { parsed } = await parseWithReferences(bytes, { site, source, path }, {}, ports);
    if (parsed.kind === "post") posts.set(path, parsed.content);
  }
  return posts;
};

/** The URLs to which the blog itself redirects a link to another address. Each was checked by hand. */
const redirected: Readonly<Record<string, (href: string) => string>> = {
  // The former host, a slash at the end, and the date of the former addresses.
  electron: (href) =>
    href
      .replace(/^https?:\/\/(?:www\.)?electronjs\.org\//, "https://www.electronjs.org/")
      .replace(/\/$/, "")
      .replace(/\/blog\/\d{4}\/\d\d\/\d\d\//, "/blog/"),
  // The addresses of the former generator (`aliases`), and a slash that is missing.
  "rust-blog": (href) => href.replace(/(?:\.html)?\/?$/, "/"),
};

/** Links that lead elsewhere, by a mistake of their posts or to a page that has the name of a post. Each was looked at. */
const elsewhere = new Set([
  "https://electronjs.org/apps/dat",
  "https://electronjs.org/governance",
  "https://electronjs.org/userland",
  // The date of another post.
  "https://react.dev/blog/2024/04/25/react-19",
]);

const withoutWww = (url: URL): string => url.host.replace(/^www\./, "");

/** The last segment of an address, as the name of a file: `/2018/03/12/roadmap.html` → `roadmap`. */
const nameIn = (url: URL): string =>
  (decodeURIComponent(url.pathname).split("/").findLast(Boolean) ?? "").replace(/\.(?:html|md)$/, "").toLowerCase();

const linksIn = (html: string): readonly URL[] =>
  [...html.matchAll(/<a\b[^>]*\shref="(https?:[^"#]*)/g)].flatMap(([, href = ""]) => URL.parse(href) ?? []);

/** The documents of a blog whose addresses follow from its permalink. */
const locateBlog = async (blog: string) => {
  const { sites } = await readConfig(`${blog}.config.ts`, examples);
  const [site] = sites;
  const source = folderSource(await contentRoot(blog));
  const located = [];
  for (const path of await source.list()) {
    const bytes = await source.read(path);
    const one = bytes && site && locateDocument(bytes, path, site, false);
    if (one !== undefined) located.push(one);
  }
  return { site, located };
};

describe("the addresses of real blogs", () => {
  it("have a configuration for each blog", () => {
    expect(blogs, "set CORPUS to a folder with one folder per blog").not.toEqual([]);
  });

  it.each(blogs)("%s: the posts are where its other posts link to them", async (blog) => {
    const posts = await readBlog(blog);
    const named = Map.groupBy(posts, ([path]) => readPath(path).name.toLowerCase());
    const counts = { same: 0, known: 0, other: 0 };
    const linked = new Set<string>();
    for (const [path, { html, url }] of posts)
      for (const link of linksIn(html)) {
        const targets = named.get(nameIn(link)) ?? [];
        if (targets.length === 0 || withoutWww(link) !== withoutWww(new URL(url))) continue;
        const leadsTo = (href: string | undefined) => targets.find(([, post]) => post.url === href);
        const target = leadsTo(link.href);
        const isKnown = elsewhere.has(link.href) || leadsTo(redirected[blog]?.(link.href)) !== undefined;
        const kind = target !== undefined ? "same" : isKnown ? "known" : "other";
        counts[kind] += 1;
        if (target !== undefined) linked.add(target[0]);
        if (kind === "other") expect.soft(link.href, path).toBe(targets.map(([, post]) => post.url).join(" or "));
      }
    console.log(
      `${blog}: ${posts.size} posts, ${linked.size} linked by others; links to the address that Crier gives ${counts.same}, redirected or mistaken ${counts.known}, to another address ${counts.other}`,
    );
  });

  it.each(blogs)("%s: the permalink that the older half gives is that of the newer half", async (blog) => {
    const { site, located } = await locateBlog(blog);
    if (site === undefined) throw new Error(`${blog} has no site`);
    const following = located
      .filter(({ facts }) => facts !== undefined)
      .toSorted((one, other) => (one.facts?.published ?? 0) - (other.facts?.published ?? 0));
    const [older, newer] = [following.slice(0, following.length / 2), following.slice(following.length / 2)];
    const pages = older.map(({ url, title }) => ({ url, title }));
    const choice = inferPermalink(
      older.flatMap(({ facts }) => facts ?? []),
      pages,
      site,
    )?.choice;
    console.log(`${blog}: ${older.length} and ${newer.length} posts, ${JSON.stringify(choice)}`);
    for (const { facts, url, path } of newer)
      if (facts !== undefined) expect.soft(choice && urlByPermalink(facts, { ...site, ...choice }), path).toBe(url);
  });
});
