import { describe, expect, it } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { formats, registry } from "../../src/feeds/index.ts";
import { child, type Element, elements, parseXml, textOf } from "../../src/feeds/tree.ts";
import { aFeed, anEntry, aSite, entriesOf } from "./builders.ts";

const rendered = (feed: Feed, file: string): string =>
  formats.render(feed).find((one) => one.file === file)?.text ?? "";
const items = (feed: Feed): readonly Element[] =>
  elements(child(parseXml(rendered(feed, "feed.xml")), "channel"), "item");
const entries = (feed: Feed): readonly Element[] => elements(parseXml(rendered(feed, "atom.xml")), "entry");
const json = (feed: Feed) => JSON.parse(rendered(feed, "feed.json"));
const text = (parent: Element | undefined, name: string) => textOf(child(parent, name));
const of = (post: Parameters<typeof anEntry>[0]) => aFeed({ entries: [anEntry(post)] });

describe("every format", () => {
  it("is served under its own media type", () => {
    expect(formats.render(aFeed()).map(({ file, contentType }) => [file, contentType])).toEqual([
      ["feed.xml", "application/rss+xml; charset=utf-8"],
      ["atom.xml", "application/atom+xml; charset=utf-8"],
      ["feed.json", "application/feed+json; charset=utf-8"],
      ["index.html", "text/html; charset=utf-8"],
    ]);
  });

  it("has a file name of its own", () => {
    expect(new Set(registry.map(({ file }) => file)).size).toBe(registry.length);
  });

  it.each(["main", "featured", "categories/日本"])("is valid for the feed %s", (key) => {
    const feed = aFeed({
      key,
      baseUrl: key === "main" ? "https://feeds.ada.example/" : `https://feeds.ada.example/${key}/`,
    });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
  });

  it("is valid without a single entry, and the page says what to do", () => {
    const feed = aFeed({ entries: [] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(rendered(feed, "index.html")).toContain(
      "Nothing has been published here yet. Follow one of the feeds above",
    );
  });

  it("is valid where the site says next to nothing", () => {
    const site = aSite({ title: "", language: "", description: "", author: { name: "" } });
    const feed = aFeed({ site, title: "", description: "", author: site.author, language: "" });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
  });

  it("carries no character that a reader chokes on", () => {
    const feed = of({ title: "a\u0000b\u0085c\ud800d\uffffe\u202ef", html: "<p>\u0007x</p>", summary: "\u001fy" });
    for (const { text } of formats.render(feed)) expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\uffff]/);
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
  });

  it("shows the address where a title has nothing to see", () => {
    expect(text(items(of({ title: "\u200b " }))[0], "title")).toBe("https://ada.example/the-engine/");
  });

  it("lets no text forge an entry", () => {
    const evil = "x]]></content:encoded></item><item><title>forged ]]> & <b>";
    const feed = of({
      title: evil,
      summary: evil,
      html: evil,
      categories: [{ name: evil }],
      authors: [{ name: evil }],
    });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(items(feed)).toHaveLength(1);
    expect(text(items(feed)[0], "content:encoded")).toBe(evil);
    expect(text(entries(feed)[0], "content")).toBe(evil);
    expect(text(items(feed)[0], "category")).toBe(evil);
    expect(child(entries(feed)[0], "category")?.attributes.term).toBe(evil);
  });

  it("keeps an ampersand that stands written out in a text", () => {
    const feed = of({ title: "Write &amp; for &", categories: [{ name: "&amp;lt;" }] });
    expect(text(items(feed)[0], "title")).toBe("Write &amp; for &");
    expect(text(items(feed)[0], "category")).toBe("&amp;lt;");
  });

  it("shows summaries alone where the site wants it so", () => {
    const site = aSite({ feeds: { entries: 50, content: "summary" } });
    const feed = aFeed({
      site,
      entries: [anEntry({ summary: "Short" }), anEntry({ id: "p2", summary: "", title: "Bare" })],
    });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(child(items(feed)[0], "content:encoded")).toBeUndefined();
    expect(child(entries(feed)[0], "content")).toBeUndefined();
    expect(json(feed).items.map((item: { content_text: string }) => item.content_text)).toEqual(["Short", "Bare"]);
  });
});

describe("an image", () => {
  const url = "https://ada.example/loom.jpg?a=1&b=2";

  it("that the body does not show is an enclosure of its true type", () => {
    const feed = of({ image: { url } });
    expect(child(items(feed)[0], "enclosure")?.attributes).toEqual({ url, length: "0", type: "image/jpeg" });
    expect(
      elements(entries(feed)[0], "link").find(({ attributes }) => attributes.rel === "enclosure")?.attributes,
    ).toEqual({
      rel: "enclosure",
      type: "image/jpeg",
      href: url,
    });
  });

  it("that stands in the body is not repeated as an enclosure", () => {
    const feed = of({ image: { url }, html: '<img src="https://ada.example/loom.jpg?a=1&amp;b=2" />' });
    expect(child(items(feed)[0], "enclosure")).toBeUndefined();
    expect(elements(entries(feed)[0], "link").map(({ attributes }) => attributes.rel)).toEqual(["alternate"]);
    expect(child(items(feed)[0], "media:content")?.attributes.url).toBe(url);
  });

  it("of an unknown type is no enclosure, but still a picture", () => {
    const feed = of({ image: { url: "https://ada.example/picture" } });
    expect(child(items(feed)[0], "enclosure")).toBeUndefined();
    expect(child(items(feed)[0], "media:content")?.attributes).toEqual({
      url: "https://ada.example/picture",
      medium: "image",
    });
    expect(json(feed).items[0].image).toBe("https://ada.example/picture");
  });

  it("with an address that leads nowhere is left out", () => {
    const feed = of({ image: { url: "loom.jpg" } });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(child(items(feed)[0], "media:content")).toBeUndefined();
  });
});

describe("the page", () => {
  const page = (feed: Feed) => rendered(feed, "index.html");

  it("leads to every feed, in its head and in words", () => {
    for (const [file, type] of [
      ["feed.xml", "application/rss+xml"],
      ["atom.xml", "application/atom+xml"],
      ["feed.json", "application/feed+json"],
    ]) {
      expect(page(aFeed())).toContain(`<link rel="alternate" type="${type}" title="Ada&#39;s Notebook`);
      expect(page(aFeed())).toContain(`href="https://feeds.ada.example/${file}" type="${type}">Open`);
    }
  });

  it("leaves the place for the local runtime's strip right behind <body>", () => {
    expect(page(aFeed())).toContain("<body>\n<!-- crier:strip -->");
  });

  it("shows a feed's siblings, but not the feed itself", () => {
    const siblings = [
      { key: "main", title: "Notebook" },
      { key: "categories/looms", title: "Looms" },
    ];
    expect(page(aFeed({ siblings }))).toContain('<a href="https://feeds.ada.example/categories/looms/">Looms</a>');
    expect(page(aFeed({ siblings }))).toContain("Follow only what you like");
    const category = page(aFeed({ siblings, key: "categories/looms" }));
    expect(category).toContain('<a href="https://feeds.ada.example/">Notebook</a>');
    expect(category).not.toContain(">Looms</a></li>");
    expect(category).toContain("More from Ada&#39;s Notebook");
  });

  it("writes dates as the site's language and time zone have them", () => {
    const published = Date.UTC(2026, 0, 1, 23, 30);
    const feed = aFeed({
      site: aSite({ timeZone: "Europe/Berlin" }),
      language: "de",
      entries: [anEntry({ published })],
    });
    expect(page(feed)).toContain(">2. Januar 2026</time>");
  });

  it("writes dates all the same where language or time zone are unknown", () => {
    expect(page(aFeed({ site: aSite({ timeZone: "Mars/Olympus" }), language: "not a language" }))).toContain(
      ">March 1, 2026</time>",
    );
  });

  it("marks the language of a post in another one than its feed", () => {
    const feed = aFeed({ entries: entriesOf([{ language: "ja" }, { language: "en" }, { language: "" }]) });
    expect(page(feed).match(/<h3 lang="[^"]*">/g)).toEqual(['<h3 lang="ja">']);
  });

  it("says it once where a site describes itself by its title", () => {
    expect(page(aFeed({ description: "Ada's Notebook" }))).not.toContain('class="about');
  });

  it("stands where the site's own address leads nowhere", () => {
    const html = page(aFeed({ site: aSite({ url: "ada" }), homeUrl: "https://ada.example/" }));
    expect(html).toContain('<a href="https://ada.example/">ada</a>');
  });

  it("calls a sibling without a title by its key", () => {
    expect(page(aFeed({ siblings: [{ key: "categories/x", title: "" }] }))).toContain(">categories/x</a>");
  });

  it("names a topic without letters, but has no address for it", () => {
    expect(page(of({ categories: [{ name: "!!!" }] }))).toContain('<span class="p-category">!!!</span>');
  });

  it("shows no time to read where none is known", () => {
    expect(page(of({ readingTime: 0 }))).not.toContain("min read");
  });

  it("escapes what documents say", () => {
    const html = page(of({ title: "<script>alert(1)</script>", summary: '"><img src=x onerror=y>' }));
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<img");
  });

  it("needs neither scripts nor anything from elsewhere", () => {
    expect(page(aFeed({ entries: entriesOf([{ image: { url: "https://ada.example/a.png" } }]) }))).not.toMatch(
      /<script|<img|@import|url\(|<link rel="stylesheet"/,
    );
  });
});
