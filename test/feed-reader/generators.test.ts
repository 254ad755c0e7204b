import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Feed } from "feed";
import { generateAtomFeed, generateJsonFeed, generateRssFeed, parseFeed } from "feedsmith";
import RSS from "rss";
import { describe, expect, test } from "vitest";
import { feedOf, written } from "./reading.ts";

/** Written by Hugo 0.131, Jekyll 4.3 with jekyll-feed 0.17, Eleventy 3.1 with its RSS plugin 3, Hexo 8.1 with hexo-generator-feed 3, @astrojs/rss 4, Ghost 6.65 and WordPress 6.8 of the same three posts. */
const generators = [
  "hugo.xml",
  "jekyll.xml",
  "eleventy.xml",
  "eleventy.atom.xml",
  "eleventy.json",
  "hexo.xml",
  "hexo.atom.xml",
  "astro.xml",
  "ghost.xml",
  "wordpress.xml",
  "wordpress.atom.xml",
] as const;

const goldenFeed = (name: string) => readFile(join(import.meta.dirname, "../golden/source-feeds", name));

const posts = [
  {
    url: "https://blog.example.com/posts/third/",
    title: "The <b> element",
    published: new Date("2026-03-02T23:10:00Z"),
    html: "<p>Short.</p>",
  },
  {
    url: "https://blog.example.com/posts/second/",
    title: "Grüße aus Łódź – 日本語",
    published: new Date("2026-03-02T19:00:00Z"),
    html: "<p>Umlauts: ÄÖÜ, dashes – and “quotes”.</p>",
  },
  {
    url: "https://blog.example.com/posts/first/",
    title: 'Ampersands & "quotes" in a title',
    published: new Date("2026-03-01T07:30:00Z"),
    html: '<p>The first post links to <a href="../second/">the second</a>. Code: <code>a &lt; b &amp;&amp; c ]]&gt; d</code>.</p>',
  },
] as const;

const resolved = (title: string | undefined): string | undefined =>
  title
    ?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** The values that are read from three posts, whichever program wrote the feed. */
const readingOfPosts = (content: string | Uint8Array) =>
  feedOf(content).entries.map(({ url, title, published, updated, content: body }) => ({
    url,
    title: resolved(written(title)),
    published: new Date(published ?? updated ?? ""),
    hasBody: (written(body) ?? "").length > 5,
  }));

const expectedReading = posts.map(({ url, title, published }) => ({ url, title, published, hasBody: true }));

/**
 * Two of them set typographic quotes, and jekyll-feed takes tags out of titles. The values in their feeds are the
 * expected ones.
 */
const typographic = "Ampersands & “quotes” in a title";
const titlesOf: Readonly<Record<string, readonly string[]>> = {
  jekyll: ["The element", "Grüße aus Łódź – 日本語", typographic],
  wordpress: ["The <b> element", "Grüße aus Łódź – 日本語", typographic],
};

describe("a feed as a site generator wrote it", () => {
  test.each(generators)("is read: %s", async (name) => {
    const titles = titlesOf[name.replace(/\..*/, "")];
    const expected = expectedReading.map((one, index) => ({ ...one, title: titles?.[index] ?? one.title }));
    expect(readingOfPosts(await goldenFeed(name))).toEqual(expected);
  });

  test.each([
    ["jekyll.xml", "https://blog.example.com/posts/first/", ["Publishing", "feeds", "open & web"]],
    ["astro.xml", undefined, ["Publishing", "feeds", "open & web"]],
    ["hexo.xml", undefined, ["Publishing", "feeds", "open & web"]],
  ])("keeps categories, author and the base of links: %s", async (name, base, categories) => {
    const entry = feedOf(await goldenFeed(name)).entries.at(-1);
    expect(entry).toMatchObject({ base, categories });
    expect(written(entry?.content)).toContain('<a href="../second/">the second</a>');
    expect(written(entry?.summary)).toMatch(/^The first post.s own summary\.$|^The first post&#39;s own summary\.$/);
  });
});

describe("a feed as a library wrote it", () => {
  const site = { title: "A Blog", id: "https://blog.example.com/", link: "https://blog.example.com/", copyright: "" };

  const byFeed = (): Feed => {
    const feed = new Feed(site);
    for (const { url, title, published, html } of posts)
      feed.addItem({ title, id: url, link: url, date: published, published, content: html });
    return feed;
  };

  const byRss = (): string => {
    const feed = new RSS({ title: "A Blog", site_url: site.link, feed_url: `${site.link}rss.xml` });
    for (const { url, title, published, html } of posts) feed.item({ title, url, description: html, date: published });
    return feed.xml();
  };

  const rssItems = posts.map(({ url, title, published, html }) => ({
    title,
    link: url,
    guid: { value: url },
    pubDate: published,
    content: { encoded: html },
  }));
  const atomEntries = posts.map(({ url, title, published, html }) => ({
    id: url,
    title: { value: title },
    links: [{ href: url }],
    published,
    updated: published,
    content: { value: html, type: "html" },
  }));
  const jsonItems = posts.map(({ url, title, published, html }) => ({
    id: url,
    url,
    title,
    date_published: published,
    content_html: html,
  }));

  test.each([
    ["feed, RSS", () => byFeed().rss2()],
    ["feed, Atom", () => byFeed().atom1()],
    ["feed, JSON", () => byFeed().json1()],
    ["rss", byRss],
    ["feedsmith, RSS", () => generateRssFeed({ title: "A Blog", description: "About feeds", items: rssItems })],
    [
      "feedsmith, Atom",
      () =>
        generateAtomFeed({
          id: site.id,
          title: { value: "A Blog" },
          updated: posts[0].published,
          entries: atomEntries,
        }),
    ],
    ["feedsmith, JSON", () => JSON.stringify(generateJsonFeed({ title: "A Blog", items: jsonItems }))],
  ])("is read: %s", (_, write) => {
    expect(readingOfPosts(write())).toEqual(expectedReading);
  });
});

/** The address, id and title of each entry, as feedsmith reads them. */
const judged = (text: string) => {
  const parsed = parseFeed(text);
  switch (parsed.format) {
    case "rss":
      return parsed.feed.items?.map(({ link, guid, title }) => [link, guid?.value, title?.trim()]);
    case "atom":
      return parsed.feed.entries?.map(({ links, id, title }) => [links?.[0]?.href, id, title?.value.trim()]);
    case "json":
      return parsed.feed.items?.map(({ url, id, title }) => [url, id, title]);
    default:
      return undefined;
  }
};

test.each(generators)("feedsmith, as a second reader, agrees on the entries of %s", async (name) => {
  const text = (await goldenFeed(name)).toString();
  expect(feedOf(text).entries.map(({ url, guid, title }) => [url, guid, written(title)])).toEqual(judged(text));
});
