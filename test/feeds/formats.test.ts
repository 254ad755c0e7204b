import { describe, expect, it } from "vitest";
import type { Archive, Feed } from "../../src/domain/feed.ts";
import { formats, registry } from "../../src/feeds/index.ts";
import { child, type Element, elements, parseXml, textIn } from "../../src/feeds/tree.ts";
import { aFeed, anArchivePage, anEntry, aSite, makeEntries } from "./builders.ts";

const rendered = (feed: Feed, file: string): string =>
  formats.render(feed).find((one) => one.file === file)?.text ?? "";
const items = (feed: Feed): readonly Element[] =>
  elements(child(parseXml(rendered(feed, "feed.xml")), "channel"), "item");
const entries = (feed: Feed): readonly Element[] => elements(parseXml(rendered(feed, "atom.xml")), "entry");
const json = (feed: Feed) => JSON.parse(rendered(feed, "feed.json"));
const text = (parent: Element | undefined, name: string) => textIn(child(parent, name));
const of = (post: Parameters<typeof anEntry>[0]) => aFeed({ entries: [anEntry(post)] });

describe("every format", () => {
  it("has its own media type", () => {
    expect(formats.render(aFeed()).map(({ file, contentType }) => [file, contentType])).toEqual([
      ["feed.xml", "application/rss+xml; charset=utf-8"],
      ["atom.xml", "application/atom+xml; charset=utf-8"],
      ["feed.json", "application/feed+json; charset=utf-8"],
      ["feeds.opml", "text/x-opml; charset=utf-8"],
      ["favicon.ico", "image/svg+xml; charset=utf-8"],
      ["index.html", "text/html; charset=utf-8"],
      ["404.html", "text/html; charset=utf-8"],
    ]);
  });

  it("has a file name of its own", () => {
    expect(new Set(registry.map(({ file }) => file)).size).toBe(registry.length);
  });

  it.each(["main", "featured", "categories/日本"] as const)("is valid for the feed %s", (key) => {
    const feed = aFeed({
      key,
      baseUrl: key === "main" ? "https://feeds.ada.example/" : `https://feeds.ada.example/${key}/`,
    });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
  });

  it("is valid without entries, and the page says what to do", () => {
    const feed = aFeed({ entries: [] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(rendered(feed, "index.html")).toContain(
      "Nothing has been published here yet. Follow one of the feeds above",
    );
  });

  it("is valid where the site has only the required fields", () => {
    const site = aSite({ title: "", language: "", description: "", author: { name: "" } });
    const feed = aFeed({ site, title: "", author: site.author, language: "" });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
  });

  it("contains no character that a reader cannot parse", () => {
    const feed = of({ title: "a\u0000b\u0085c\ud800d\uffffe\u202ef", html: "<p>\u0007x</p>", summary: "\u001fy" });
    for (const { text } of formats.render(feed)) expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\uffff]/);
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
  });

  it("shows the address instead of an invisible title", () => {
    expect(text(items(of({ title: "\u200b " }))[0], "title")).toBe("https://ada.example/the-engine/");
  });

  it("has no entry that is forged by a text", () => {
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

  it("keeps an escaped ampersand in a text", () => {
    const feed = of({ title: "Write &amp; for &", categories: [{ name: "&amp;lt;" }] });
    expect(text(items(feed)[0], "title")).toBe("Write &amp; for &");
    expect(text(items(feed)[0], "category")).toBe("&amp;lt;");
  });

  it("writes the id of an old blog exactly, and marks no id as the address of the post", () => {
    const feed = of({ oldId: "https://Old.ada.example?p=7&x" });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(text(items(feed)[0], "guid")).toBe("https://Old.ada.example?p=7&x");
    expect(child(items(feed)[0], "guid")?.attributes).toEqual({ isPermaLink: "false" });
    expect(text(entries(feed)[0], "id")).toBe("https://Old.ada.example?p=7&x");
    expect(json(feed).items[0].id).toBe("https://Old.ada.example?p=7&x");
  });

  it("writes an old id that is not an IRI exactly in RSS and JSON Feed, and as a part of a tag URI in Atom", () => {
    const feed = of({ oldId: "5f3c 2a1b" });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(text(items(feed)[0], "guid")).toBe("5f3c 2a1b");
    expect(json(feed).items[0].id).toBe("5f3c 2a1b");
    expect(text(entries(feed)[0], "id")).toBe("tag:ada.example,2026:blog/old/5f3c%202a1b");
  });

  it("links to the copies of a post", () => {
    const copy = "https://mastodon.example/@ada/1";
    const feed = of({ syndication: [copy, "nowhere", copy] });
    const rel = "http://microformats.org/wiki/rel-syndication";
    const links = [{ rel, href: copy }];
    const copies = (parent: Element | undefined, name: string) =>
      elements(parent, name)
        .map(({ attributes }) => attributes)
        .filter((link) => link.rel === rel);
    expect(copies(items(feed)[0], "atom:link")).toEqual(links);
    expect(copies(entries(feed)[0], "link")).toEqual(links);
    expect(json(feed).items[0]._crier.syndication).toEqual([copy]);
  });

  it("keeps the link of a picture's credit, where it is an http(s) URL", () => {
    const withCredit = (creditHtml: string) => {
      const image = { url: "https://ada.example/a.png", credit: "By Jona", creditHtml };
      return aFeed({ entries: [anEntry({ image })] });
    };
    const feed = withCredit('By <a href="https://jona.example/?a=1&amp;b=2" rel="nofollow">Jona</a>');
    expect(rendered(feed, "feed.xml")).toContain(
      '<media:copyright url="https://jona.example/?a=1&amp;b=2">By Jona</media:copyright>',
    );
    expect(json(feed).items[0]._crier.image_credit_url).toBe("https://jona.example/?a=1&b=2");
    for (const without of ["By Jona", '<a href="mailto:jona@ada.example">Jona</a>'])
      expect(rendered(withCredit(without), "feed.xml")).not.toContain("media:copyright");
  });

  it("links to the translations of a post, and first and last to its own page", () => {
    const own = "https://ada.example/the-engine/";
    const german = { post: "p2", language: "de", url: "https://ada.example/de/engine/" };
    const feed = of({ translations: [german, { post: "p3", language: "fr", url: "nowhere" }] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    const pages = elements(entries(feed)[0], "link").filter(({ attributes }) => attributes.rel === "alternate");
    expect(pages.map(({ attributes }) => [attributes.hreflang, attributes.href])).toEqual([
      [undefined, own],
      ["de", german.url],
      ["en", own],
    ]);
    expect(json(feed).items[0]._crier.translations).toEqual([{ language: "de", url: german.url }]);
    expect(rendered(feed, "index.html")).toContain(
      `Other languages: <bdi><a hreflang="de" lang="de" href="${german.url}">Deutsch</a>`,
    );
    expect(rendered(feed, "feed.xml")).not.toContain(german.url);
  });

  it("has the language of an entry where it differs from the feed", () => {
    const feed = aFeed({ entries: makeEntries([{ language: "ja" }, { language: "en" }]) });
    expect(items(feed).map((item) => text(item, "dc:language"))).toEqual(["ja", undefined]);
    expect(entries(feed).map(({ attributes }) => attributes["xml:lang"])).toEqual(["ja", undefined]);
    expect(json(feed).items.map(({ language }: { language?: string }) => language)).toEqual(["ja", undefined]);
  });

  it("has the language of its feed", () => {
    const feed = aFeed({ key: "languages/ja", language: "ja" });
    expect(text(child(parseXml(rendered(feed, "feed.xml")), "channel"), "language")).toBe("ja");
    expect(parseXml(rendered(feed, "atom.xml")).attributes["xml:lang"]).toBe("ja");
    expect(json(feed).language).toBe("ja");
  });

  it("leaves out a hub and a licence without an http(s) URL", () => {
    const feed = aFeed({ hubs: ["hub"], licence: { name: "Mine", url: "mine" } });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(json(feed).hubs).toBeUndefined();
    expect(rendered(feed, "feed.xml")).not.toContain("<copyright>");
  });

  it("shows a licence without a name by its address", () => {
    const feed = aFeed({ licence: { name: " ", url: "https://licence.example/" } });
    expect(text(parseXml(rendered(feed, "atom.xml")), "rights")).toBe("https://licence.example/");
  });

  it("shows only summaries where the site is configured so", () => {
    const site = aSite({ feeds: { ...aSite().feeds, content: { default: "summary" } } });
    const feed = aFeed({
      site,
      entries: [anEntry({ summary: "Short" }), anEntry({ id: "p2", summary: "", title: "Only a title" })],
    });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(child(items(feed)[0], "content:encoded")).toBeUndefined();
    expect(child(entries(feed)[0], "content")).toBeUndefined();
    expect(json(feed).items.map((item: { content_text: string }) => item.content_text)).toEqual([
      "Short",
      "Only a title",
    ]);
  });
});

describe("a configured path", () => {
  const paths = { rss: "/index.xml", atom: "/blog/atom", json: "/feed/json" };
  const site = aSite({ feedsUrl: "https://feeds.ada.example/blog/", feeds: { ...aSite().feeds, paths } });
  const siblings: Feed["siblings"] = [
    { key: "main", title: "Notebook" },
    { key: "categories/looms", title: "Looms" },
  ];
  const feed = aFeed({ site, siblings });
  const self = (file: string, of: Feed) =>
    elements(
      file === "feed.xml" ? child(parseXml(rendered(of, file)), "channel") : parseXml(rendered(of, file)),
      file === "feed.xml" ? "atom:link" : "link",
    ).find(({ attributes }) => attributes.rel === "self")?.attributes.href;

  it("is the address of the main feed in each format", () => {
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(self("feed.xml", feed)).toBe("https://feeds.ada.example/index.xml");
    expect(self("atom.xml", feed)).toBe("https://feeds.ada.example/blog/atom");
    expect(json(feed).feed_url).toBe("https://feeds.ada.example/feed/json");
  });

  it("is the topic for hubs", () => {
    expect(formats.topics(feed)).toEqual([
      "https://feeds.ada.example/index.xml",
      "https://feeds.ada.example/blog/atom",
      "https://feeds.ada.example/feed/json",
    ]);
  });

  it("is linked to by the page and the OPML", () => {
    const page = rendered(feed, "index.html");
    expect(page).toContain('title="Ada&#39;s Notebook (RSS)" href="https://feeds.ada.example/index.xml"');
    expect(page).toContain('<code class="address" dir="ltr">https://feeds.ada.example/<wbr/>index.xml</code>');
    expect(page).toContain('href="https://feeds.ada.example/index.xml" type="application/rss+xml">Open');
    expect(page).not.toContain("feed.xml");
    expect(rendered(feed, "feeds.opml")).toContain('xmlUrl="https://feeds.ada.example/index.xml"');
    expect(rendered(feed, "feeds.opml")).toContain('xmlUrl="https://feeds.ada.example/blog/categories/looms/feed.xml"');
  });

  it("is only for the main feed", () => {
    const category = aFeed({
      site,
      key: "categories/looms",
      baseUrl: "https://feeds.ada.example/blog/categories/looms/",
    });
    expect(self("feed.xml", category)).toBe("https://feeds.ada.example/blog/categories/looms/feed.xml");
  });

  it("is the current feed for the pages of the archive", () => {
    const page = anArchivePage({ site, baseUrl: "https://feeds.ada.example/blog/archive/" });
    expect(formats.gate(formats.render(page), page)).toEqual([]);
    expect(rendered(page, "2.xml")).toContain(
      '<atom:link rel="current" type="application/rss+xml" href="https://feeds.ada.example/index.xml"/>',
    );
    expect(rendered(page, "2.xml")).toContain('href="https://feeds.ada.example/blog/archive/2.xml"');
  });
});

describe("a page of the archive", () => {
  const chain = (archive: Feed["archive"]) => {
    const feed = anArchivePage({ archive });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    return elements(parseXml(rendered(feed, "2.atom.xml")), "link").flatMap(({ attributes: { rel = "", href } }) =>
      ["prev-archive", "next-archive", "current"].includes(rel) ? [[rel, href]] : [],
    );
  };

  it("is written in every format for readers, and for people", () => {
    const files = ["2.xml", "2.atom.xml", "2.json", "2.html"];
    expect(formats.render(anArchivePage()).map(({ file }) => file)).toEqual(files);
  });

  it.each<[string, Omit<Archive, "isPage">, (string | undefined)[]]>([
    ["in the middle", { previous: "archive/1", next: "archive/3" }, ["1", "3"]],
    ["at the first page", { previous: undefined, next: "archive/3" }, [undefined, "3"]],
    ["at the last page", { previous: "archive/1", next: undefined }, ["1", undefined]],
  ])("links %s to its neighbours and to the current feed", (_, ends, [previous, next]) => {
    const at = (page: string) => `https://feeds.ada.example/archive/${page}.atom.xml`;
    expect(chain({ isPage: true, ...ends })).toEqual([
      ...(previous === undefined ? [] : [["prev-archive", at(previous)]]),
      ...(next === undefined ? [] : [["next-archive", at(next)]]),
      ["current", "https://feeds.ada.example/atom.xml"],
    ]);
  });

  it("is marked as complete where it is the only page, and names no other feed then", () => {
    const feed = anArchivePage({ archive: { isPage: true, previous: undefined, next: undefined } });
    expect(chain(feed.archive)).toEqual([]);
    const mark = '<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>';
    for (const file of ["2.xml", "2.atom.xml"]) {
      expect(rendered(feed, file)).toContain(mark);
      expect(rendered(anArchivePage(), file)).not.toContain(mark);
    }
  });

  it("names no hub, because a finished page never changes", () => {
    for (const { text } of formats.render(anArchivePage())) expect(text).not.toContain("hub");
  });

  it("has an id of its own", () => {
    expect(text(parseXml(rendered(anArchivePage(), "2.atom.xml")), "id")).toBe(
      "tag:ada.example,2026:blog/feeds/archive/2",
    );
  });

  it("links in JSON to the page with older posts, except on the first page", () => {
    const next = (more: Partial<Feed>) => JSON.parse(rendered(anArchivePage(more), "2.json")).next_url;
    expect(next({})).toBe("https://feeds.ada.example/archive/1.json");
    expect(next({ archive: { isPage: true, previous: undefined, next: "archive/3" } })).toBeUndefined();
  });
});

describe("the OPML", () => {
  const siblings: Feed["siblings"] = [
    { key: "main", title: "Notebook" },
    { key: "categories/日本", title: 'Japan & "more"' },
    { key: "languages/pt-br", title: "Português (Brasil)" },
  ];
  const outlines = (feed: Feed) =>
    elements(child(parseXml(rendered(feed, "feeds.opml")), "body"), "outline").map(({ attributes }) => attributes);

  it("lists every feed of the site, the main one first", () => {
    expect(outlines(aFeed({ siblings })).map(({ text, xmlUrl }) => [text, xmlUrl])).toEqual([
      ["Ada's Notebook", "https://feeds.ada.example/feed.xml"],
      ['Japan & "more"', "https://feeds.ada.example/categories/%E6%97%A5%E6%9C%AC/feed.xml"],
      ["Português (Brasil)", "https://feeds.ada.example/languages/pt-br/feed.xml"],
    ]);
  });

  it("has the date of the newest change, not of its rendering", () => {
    expect(rendered(aFeed(), "feeds.opml")).toContain("<dateModified>Sun, 01 Mar 2026 08:00:00 GMT</dateModified>");
  });

  it("exists only for the main feed", () => {
    const category = aFeed({ key: "categories/looms", baseUrl: "https://feeds.ada.example/categories/looms/" });
    expect(formats.render(category).map(({ file }) => file)).toEqual([
      "feed.xml",
      "atom.xml",
      "feed.json",
      "index.html",
    ]);
  });
});

describe("an image", () => {
  const url = "https://ada.example/loom.jpg?a=1&b=2";

  it("that the body does not show is an enclosure with its type", () => {
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

  it("that was measured is an enclosure with that type and length", () => {
    const feed = of({ image: { url }, enclosure: { url, mediaType: "image/webp", length: 4711 } });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(child(items(feed)[0], "enclosure")?.attributes).toEqual({ url, length: "4711", type: "image/webp" });
    expect(
      elements(entries(feed)[0], "link").find(({ attributes }) => attributes.rel === "enclosure")?.attributes,
    ).toEqual({ rel: "enclosure", type: "image/webp", length: "4711", href: url });
    expect(json(feed).items[0].attachments).toEqual([{ url, mime_type: "image/webp", size_in_bytes: 4711 }]);
    expect(child(items(feed)[0], "media:content")?.attributes.fileSize).toBe("4711");
  });

  it.each([
    ["of another picture", { url: "https://ada.example/old.webp", mediaType: "image/webp", length: 1 }],
    ["of an error page", { url, mediaType: "text/html; charset=utf-8", length: 1 }],
    ["that failed", { url, mediaType: undefined, length: undefined }],
  ])("is not described by a measurement %s", (_, enclosure) => {
    const feed = of({ image: { url }, enclosure });
    expect(child(items(feed)[0], "enclosure")?.attributes).toEqual({ url, length: "0", type: "image/jpeg" });
    expect(json(feed).items[0].attachments).toEqual([{ url, mime_type: "image/jpeg" }]);
  });

  it("without a file extension is an enclosure after it was measured", () => {
    const picture = "https://ada.example/picture";
    const feed = of({ image: { url: picture }, enclosure: { url: picture, mediaType: "image/avif", length: 0 } });
    expect(child(items(feed)[0], "enclosure")?.attributes).toEqual({ url: picture, length: "0", type: "image/avif" });
  });

  it("that is in the body is not repeated as an enclosure", () => {
    const feed = of({ image: { url }, html: '<img src="https://ada.example/loom.jpg?a=1&amp;b=2" />' });
    expect(child(items(feed)[0], "enclosure")).toBeUndefined();
    expect(elements(entries(feed)[0], "link").map(({ attributes }) => attributes.rel)).toEqual(["alternate"]);
    expect(child(items(feed)[0], "media:content")?.attributes.url).toBe(url);
  });

  it("of an unknown type is not an enclosure, but a picture", () => {
    const feed = of({ image: { url: "https://ada.example/picture" } });
    expect(child(items(feed)[0], "enclosure")).toBeUndefined();
    expect(child(items(feed)[0], "media:content")?.attributes).toEqual({
      url: "https://ada.example/picture",
      medium: "image",
    });
    expect(json(feed).items[0].image).toBe("https://ada.example/picture");
  });

  it("without an http(s) URL is left out", () => {
    const feed = of({ image: { url: "loom.jpg" } });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(child(items(feed)[0], "media:content")).toBeUndefined();
  });
});

describe("the page", () => {
  const page = (feed: Feed) => rendered(feed, "index.html");

  it("links to every feed, in its head and in its text", () => {
    for (const [file, type] of [
      ["feed.xml", "application/rss+xml"],
      ["atom.xml", "application/atom+xml"],
      ["feed.json", "application/feed+json"],
    ]) {
      expect(page(aFeed())).toContain(`<link rel="alternate" type="${type}" title="Ada&#39;s Notebook`);
      expect(page(aFeed())).toContain(`href="https://feeds.ada.example/${file}" type="${type}">Open`);
    }
  });

  it("names its icon, which is a file of the main feed", () => {
    const link = '<link rel="icon" type="image/svg+xml" href="https://feeds.ada.example/favicon.ico"/>';
    expect(page(aFeed())).toContain(link);
    const featured = aFeed({ key: "featured", baseUrl: "https://feeds.ada.example/featured/" });
    expect(page(featured)).toContain(link);
    expect(rendered(featured, "favicon.ico")).toBe("");
    expect(parseXml(rendered(aFeed(), "favicon.ico")).name).toBe("svg");
  });

  it("has beside it a page for what is not there, in the site's language, which search engines leave out", () => {
    const notFound = rendered(aFeed({ site: aSite({ language: "de" }) }), "404.html");
    expect(notFound).toContain('<html lang="de">');
    expect(notFound).toContain("<h1>Hier ist keine Seite</h1>");
    expect(notFound).toContain('<a href="https://feeds.ada.example/">');
    expect(notFound).toContain('<meta name="robots" content="noindex"/>');
    expect(notFound).not.toMatch(/<script|<img|src=|url\(/);
  });

  it("has that page only for the first site, whose files are at the root of the host", () => {
    expect(rendered(aFeed({ site: aSite({ folder: "sites/notes/" }) }), "404.html")).toBe("");
    const featured = aFeed({ key: "featured", baseUrl: "https://feeds.ada.example/featured/" });
    expect(rendered(featured, "404.html")).toBe("");
  });

  it("has the comment for the local runtime's strip directly after <body>", () => {
    expect(page(aFeed())).toContain("<body>\n<!-- crier:strip -->");
  });

  const propertiesIn = (feed: Feed) =>
    Object.fromEntries(
      [...page(feed).matchAll(/<meta property="og:(.*?)" content="(.*?)"\/>/g)].map(([, name = "", value]) => [
        name,
        value,
      ]),
    );
  const dataIn = (feed: Feed, file = "index.html") =>
    JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(rendered(feed, file))?.[1] ?? "");

  it("says what messengers show of a link to it, with the first picture that it shows", () => {
    const image = { url: "https://ada.example/a.png", alt: "A loom" };
    const entries = makeEntries([{ image: { url: "http://ada.example/b.png" } }, { image }]);
    expect(propertiesIn(aFeed({ entries }))).toEqual({
      type: "website",
      title: "Ada&#39;s Notebook",
      description: "On engines, numbers &amp; what they might weave.",
      url: "https://feeds.ada.example/",
      locale: "en_US",
      image: image.url,
      "image:alt": "A loom",
    });
    const locales = ["de-AT", "pt-BR", "he", "ja", "zh-Hant", "not a language"].map(
      (language) => propertiesIn(aFeed({ language })).locale,
    );
    expect(locales).toEqual(["de_AT", "pt_BR", "he_IL", "ja_JP", "zh_TW", undefined]);
    expect(propertiesIn(aFeed())).not.toHaveProperty("image");
  });

  it("describes itself and its posts to search engines", () => {
    const licence = { name: "CC BY 4.0", url: "https://creativecommons.org/licenses/by/4.0/" };
    const posts = [
      { title: "Numbers </script><script>&amp;", authors: [{ name: "עדה" }], language: "he" },
      { image: { url: "https://ada.example/a.png" } },
    ];
    const ada = { "@type": "Person", name: "Ada Lovelace", url: "https://ada.example/about" };
    expect(dataIn(aFeed({ licence, entries: makeEntries(posts) }))).toEqual({
      "@context": "https://schema.org",
      "@type": "Blog",
      name: "Ada's Notebook",
      description: "On engines, numbers & what they might weave.",
      url: "https://feeds.ada.example/",
      inLanguage: "en",
      license: licence.url,
      author: ada,
      blogPost: [
        {
          "@type": "BlogPosting",
          headline: "Numbers </script><script>&amp;",
          url: "https://ada.example/p1/",
          datePublished: "2026-03-01T08:00:00.000Z",
          inLanguage: "he",
          author: [{ "@type": "Person", name: "עדה" }],
        },
        {
          "@type": "BlogPosting",
          headline: "The Engine",
          url: "https://ada.example/p2/",
          datePublished: "2026-03-01T07:59:00.000Z",
          author: [ada],
          image: "https://ada.example/a.png",
        },
      ],
    });
    expect(dataIn(anArchivePage(), "2.html")).toMatchObject({
      "@type": "CollectionPage",
      url: "https://feeds.ada.example/archive/2.html",
      hasPart: [{ headline: "Numbers" }, { headline: "Looms" }],
    });
  });

  describe("with many posts", () => {
    const sized = (count: number, more: (at: number) => Parameters<typeof anEntry>[0]) =>
      aFeed({
        entries: makeEntries(
          Array.from({ length: count }, (_, at) => ({
            title: `Post ${at}: what the engine weaves, and why it does`,
            url: `https://ada.example/2026/03/what-the-engine-weaves-${at}/`,
            image: { url: `https://ada.example/images/2026/what-the-engine-weaves-${at}.jpg`, alt: "A loom, close up" },
            ...more(at),
          })),
        ),
      });
    const fifty = sized(50, (at) => ({
      summary: "What the engine does, said in two sentences of the usual length. ".repeat(4),
      categories: ["Looms", "Numbers", "Engines"].map((name) => ({ name })),
      syndication: [`https://social.example/@ada/${at}`],
    }));
    const bytes = (feed: Feed) => Buffer.byteLength(page(feed));
    const entryTexts = (feed: Feed) => page(feed).split("<article").slice(1);
    const isShort = (text: string) => !/p-summary|<img|p-category|u-syndication/.test(text);

    it("has at most 100 KB and all of fifty usual posts", () => {
      expect(formats.gate(formats.render(fifty), fifty)).toEqual([]);
      expect(bytes(fifty)).toBeLessThanOrEqual(100_000);
      expect(entryTexts(fifty).filter(isShort)).toEqual([]);
    });

    it("has at most 100 KB and the names of the oldest ones, where they are longer", () => {
      const feed = sized(100, (at) => ({
        summary: "解析機関は何をするのか。".repeat(20),
        isNote: at % 2 === 0,
        external: "https://looms.example/history",
        disclosure: "Gemini",
      }));
      expect(formats.gate(formats.render(feed), feed)).toEqual([]);
      expect(bytes(feed)).toBeLessThanOrEqual(100_000);
      // The next one would not have had room.
      expect(bytes(feed)).toBeGreaterThan(97_000);
      const texts = entryTexts(feed);
      expect(texts).toHaveLength(100);
      const first = texts.findIndex(isShort);
      expect(first).toBeGreaterThan(10);
      expect(texts.slice(first).every(isShort)).toBe(true);
      expect(texts.at(-1)).toContain(">Post 99: what the engine weaves, and why it does</a></h3>");
      expect(texts.at(-2)).toContain('<p class="e-content">Post 98: what the engine weaves, and why it does</p>');
    });
  });

  const pagesIn = (feed: Feed, file: string) =>
    [
      ...(/<nav class="pages">([\s\S]*?)<\/nav>/.exec(rendered(feed, file))?.[1] ?? "").matchAll(
        /href="(.*?)">(.*?)</g,
      ),
    ].map(([, href, name]) => [name, href]);

  it("links to the page of the archive with the next older posts, if there are some", () => {
    const archive = { isPage: false, previous: "archive/3", next: undefined } as const;
    expect(pagesIn(aFeed({ archive: { ...archive, older: "archive/2" } }), "index.html")).toEqual([
      ["Older posts", "https://feeds.ada.example/archive/2.html"],
    ]);
    expect(pagesIn(aFeed({ archive }), "index.html")).toEqual([]);
  });

  it("of the archive links to the older and the newer page, and from the last one to the newest posts", () => {
    const archive = { isPage: true, previous: "archive/1", next: "archive/3" } as const;
    const [older, newer] = [1, 3].map((number) => `https://feeds.ada.example/archive/${number}.html`);
    expect(pagesIn(anArchivePage({ archive }), "2.html")).toEqual([
      ["Older posts", older],
      ["Newer posts", newer],
    ]);
    expect(pagesIn(anArchivePage({ archive: { ...archive, previous: undefined } }), "2.html")).toEqual([
      ["Newer posts", newer],
    ]);
    expect(pagesIn(anArchivePage({ archive: { ...archive, next: undefined } }), "2.html")).toEqual([
      ["Older posts", older],
      ["Newer posts", "https://feeds.ada.example/"],
    ]);
  });

  it("of the archive leads to the feeds that the archive belongs to, and not to its own", () => {
    const html = rendered(anArchivePage(), "2.html");
    expect(html.match(/<link rel="alternate".*?\/>/g)).toEqual([
      `<link rel="alternate" type="application/rss+xml" title="Ada&#39;s Notebook (RSS)" href="https://feeds.ada.example/feed.xml"/>`,
      `<link rel="alternate" type="application/atom+xml" title="Ada&#39;s Notebook (Atom)" href="https://feeds.ada.example/atom.xml"/>`,
      `<link rel="alternate" type="application/feed+json" title="Ada&#39;s Notebook (JSON Feed)" href="https://feeds.ada.example/feed.json"/>`,
    ]);
    expect(html).toContain('<link rel="canonical" href="https://feeds.ada.example/archive/2.html"/>');
    expect(html).toContain('<h2 id="newest">Archive, page 2</h2>');
    expect(html).not.toContain('id="follow"');
    const german = anArchivePage({
      key: "languages/de/archive/2",
      language: "de",
      baseUrl: "https://feeds.ada.example/languages/de/archive/",
      archive: { isPage: true, previous: "languages/de/archive/1", next: undefined },
      siblings: [{ key: "languages/de", title: "Deutsch" }],
    });
    expect(formats.gate(formats.render(german), german)).toEqual([]);
    expect(rendered(german, "2.html")).toContain(
      'title="Deutsch (RSS)" href="https://feeds.ada.example/languages/de/feed.xml"/>',
    );
    expect(pagesIn(german, "2.html")).toEqual([
      ["Ältere Beiträge", "https://feeds.ada.example/languages/de/archive/1.html"],
      ["Neuere Beiträge", "https://feeds.ada.example/languages/de/"],
    ]);
  });

  it("of the archive without posts is empty", () => {
    const feed = anArchivePage({ entries: [] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(rendered(feed, "2.html")).not.toContain("Nothing has been published");
  });

  it("shows a feed's siblings, but not the feed itself", () => {
    const siblings: Feed["siblings"] = [
      { key: "main", title: "Notebook" },
      { key: "categories/looms", title: "Looms" },
    ];
    expect(page(aFeed({ siblings }))).toContain('<a href="https://feeds.ada.example/categories/looms/">Looms</a>');
    expect(page(aFeed({ siblings }))).toContain("Follow only what you like");
    const category = page(aFeed({ siblings, key: "categories/looms" }));
    expect(category).toContain('<a href="https://feeds.ada.example/">Notebook</a>');
    expect(category).not.toContain(">Looms</a></li>");
    expect(category).toContain("More from <bdi>Ada&#39;s Notebook</bdi>");
  });

  it("writes dates in the language and time zone of the site", () => {
    const published = Date.UTC(2026, 0, 1, 23, 30);
    const feed = aFeed({
      site: aSite({ timeZone: "Europe/Berlin" }),
      language: "de",
      entries: [anEntry({ published })],
    });
    expect(page(feed)).toContain(">2. Januar 2026</time>");
  });

  it("writes dates in English where the language or time zone is unknown", () => {
    expect(page(aFeed({ site: aSite({ timeZone: "Mars/Olympus" }), language: "not a language" }))).toContain(
      ">March 1, 2026</time>",
    );
  });

  it("marks the language of a post where it differs from the feed", () => {
    const feed = aFeed({ entries: makeEntries([{ language: "ja" }, { language: "en" }, { language: "" }]) });
    expect(page(feed).match(/<h3 lang="[^"]*">/g)).toEqual(['<h3 lang="ja">']);
  });

  it("links to the same page in the other languages, which links back", () => {
    const english = { key: "main", title: "Ada" } as const;
    const german = { key: "languages/de", title: "Deutsch" } as const;
    const looms = { key: "categories/looms", title: "Looms" } as const;
    const linksOf = (more: Partial<Feed>) =>
      [
        ...page(aFeed(more)).matchAll(
          /<link rel="alternate" hreflang="(.*?)" href="https:\/\/feeds\.ada\.example\/(.*?)"/g,
        ),
      ]
        .map(([, language, path]) => [language, path])
        .toSorted();
    const links = [
      ["de", "languages/de/"],
      ["en", ""],
      ["x-default", ""],
    ];
    const baseUrl = "https://feeds.ada.example/languages/de/";
    expect(linksOf({ siblings: [german, looms] })).toEqual(links);
    expect(linksOf({ key: "languages/de", language: "de", baseUrl, siblings: [english, looms] })).toEqual(links);
    expect(linksOf({ siblings: [looms] })).toEqual([]);
    expect(linksOf({ key: "categories/looms", siblings: [english] })).toEqual([]);
  });

  it("groups the other feeds by kind", () => {
    const siblings: Feed["siblings"] = [
      { key: "languages/ar", title: "العربية" },
      { key: "categories/looms", title: "Looms" },
      { key: "featured", title: "Featured" },
    ];
    const kinds: Feed["siblings"] = [
      { key: "articles", title: "Articles" },
      { key: "notes", title: "Notes" },
    ];
    const names = (some: Feed["siblings"]) =>
      [...page(aFeed({ siblings: some })).matchAll(/<h3 class="group">(.*?)<\/h3>/g)].map(([, name]) => name);
    expect(names(siblings)).toEqual(["Picks", "Topics", "Languages"]);
    expect(names([...kinds, ...siblings])).toEqual(["Picks", "By kind", "Topics", "Languages"]);
    expect(names(siblings.slice(1, 2))).toEqual([]);
    expect(page(aFeed({ siblings }))).toContain(
      '<a href="https://feeds.ada.example/languages/ar/" lang="ar" dir="rtl">العربية</a>',
    );
  });

  it("shows the lines for the head of other pages, on the page of the main feed only", () => {
    const line =
      "&lt;link rel=&quot;alternate&quot; type=&quot;application/rss+xml&quot; title=&quot;Ada&amp;#39;s Notebook (RSS)&quot; href=&quot;https://feeds.ada.example/feed.xml&quot;/&gt;";
    expect(page(aFeed())).toContain(line);
    expect(page(aFeed({ key: "featured", baseUrl: "https://feeds.ada.example/featured/" }))).not.toContain("<details>");
  });

  it("links to all feeds as OPML", () => {
    expect(page(aFeed())).toContain('<a href="https://feeds.ada.example/feeds.opml" type="text/x-opml">');
  });

  it("names the licence", () => {
    const licence = { name: "CC BY 4.0", url: "https://creativecommons.org/licenses/by/4.0/" };
    expect(page(aFeed({ licence }))).toContain(`<bdi><a rel="license" href="${licence.url}">CC BY 4.0</a></bdi>`);
  });

  it("has no description where it is the same as the title", () => {
    expect(page(aFeed({ site: aSite({ description: "Ada's Notebook" }) }))).not.toContain('class="about');
  });

  it("is rendered where the address of the site is not valid", () => {
    const html = page(aFeed({ site: aSite({ url: "ada" }), homeUrl: "https://ada.example/" }));
    expect(html).toContain('<a href="https://ada.example/">ada</a>');
  });

  it("shows another feed without a title by its key", () => {
    expect(page(aFeed({ siblings: [{ key: "categories/x", title: "" }] }))).toContain(">categories/x</a>");
  });

  it("shows a category without letters, but does not link it", () => {
    expect(page(of({ categories: [{ name: "!!!" }] }))).toContain('<span class="p-category">!!!</span>');
  });

  it("shows no reading time where it is unknown", () => {
    expect(page(of({ readingTime: 0 }))).not.toContain("min read");
  });

  it("escapes the text of documents", () => {
    const html = page(of({ title: "<script>alert(1)</script>", summary: '"><img src=x onerror=y>' }));
    expect(html).not.toContain("<script>");
    expect(html).not.toContain("<img");
  });

  it("has no scripts and loads nothing from other servers but pictures of posts", () => {
    expect(page(aFeed())).not.toMatch(
      /<script(?! type="application\/ld\+json">)|<img|@import|url\(|<link rel="stylesheet"/,
    );
  });

  const picture = (name: string, url: string, alt: string) =>
    `<img class="${name}" src="${url}" alt="${alt}" width="300" height="200" loading="lazy" decoding="async" referrerpolicy="no-referrer"/>`;

  it("shows the picture of an article, or else the first one of its body", () => {
    const image = { url: "https://ada.example/a.png?a=1&b=2", alt: 'A "loom"' };
    const html = '<p><img src="https://ada.example/b.png" alt="B" /><img src="https://ada.example/c.png" alt="" /></p>';
    expect(page(of({ image, html })).match(/<img .*?>/g)).toEqual([
      picture("u-featured", "https://ada.example/a.png?a=1&amp;b=2", "A &quot;loom&quot;"),
    ]);
    expect(page(of({ html })).match(/<img .*?>/g)).toEqual([picture("u-featured", "https://ada.example/b.png", "B")]);
    expect(page(of({ image: { url: "a.png" }, html }))).not.toContain("<img");
  });

  it("does not show a picture that was not there when its server was asked for it", () => {
    const image = { url: "https://ada.example/a.png" };
    const withAnswer = (mediaType: string | undefined) =>
      page(of({ image, enclosure: { url: image.url, mediaType, length: undefined } }));
    expect(withAnswer(undefined)).not.toContain("<img");
    expect(withAnswer("text/html")).not.toContain("<img");
    expect(withAnswer("image/png")).toContain("<img");
  });

  it("shows the pictures of a note below its text", () => {
    const images = [{ url: "https://ada.example/a.png", alt: "A" }, { url: "https://ada.example/b.png" }];
    const html = page(of({ isNote: true, summary: "At sea.", images }));
    expect(html).toContain(
      `<p class="e-content">At sea.</p>\n<div class="pictures">${picture("u-photo", "https://ada.example/a.png", "A")}${picture("u-photo", "https://ada.example/b.png", "")}</div>`,
    );
  });

  it("only names a picture that is not encrypted, which browsers would refuse", () => {
    const html = page(of({ image: { url: "http://ada.example/a.png" } }));
    expect(html).not.toContain("<img");
    expect(html).toContain('<data class="u-featured" value="http://ada.example/a.png"></data>');
  });

  it("names who made the picture that it shows", () => {
    const image = { url: "https://ada.example/a.png", credit: "By Jona" };
    expect(page(of({ image }))).toContain('<p class="note"><bdi>By Jona</bdi></p>');
    const creditHtml = 'By <a href="https://jona.example/">Jona</a>';
    expect(page(of({ image: { ...image, creditHtml } }))).toContain(
      '<p class="note"><a href="https://jona.example/"><bdi>By Jona</bdi></a></p>',
    );
  });
});

describe("a note", () => {
  const note = {
    isNote: true,
    title: "At the harbour",
    summary: "At the <harbour>.\n\nSecond.",
    html: "<p>At the &lt;harbour&gt;.</p><p>Second.</p>",
  };

  it("has no title, and its text once in each format", () => {
    const feed = of(note);
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    const [item] = items(feed);
    expect(child(item, "title")).toBeUndefined();
    expect(text(item, "description")).toBe("At the &lt;harbour&gt;.\n\nSecond.");
    expect(text(item, "content:encoded")).toBe(note.html);
    const [entry] = entries(feed);
    expect(child(entry, "title")).toMatchObject({ attributes: { type: "text" }, children: [] });
    expect(child(entry, "summary")).toBeUndefined();
    expect(text(entry, "content")).toBe(note.html);
    expect(json(feed).items[0]).toMatchObject({ content_html: note.html });
    expect(Object.keys(json(feed).items[0])).not.toContain("title");
    expect(Object.keys(json(feed).items[0])).not.toContain("summary");
  });

  it("is shown with its text on the page, where its date leads to its own page", () => {
    const page = rendered(of(note), "index.html");
    expect(page).toContain('<p class="e-content">At the &lt;harbour&gt;.<br/>\n<br/>\nSecond.</p>');
    expect(page).toMatch(/<a class="u-url" href="https:\/\/ada\.example\/[^"]*"><time class="dt-published"/);
    expect(page).not.toMatch(/<article[\s\S]*p-name/);
  });

  it("has links on the page, also where their text is their address, a tag or a name", () => {
    const html =
      '<p>By the <a href="https://harbour.example/?a=1&amp;b=2">har<br />bour &lt;</a>: ' +
      '<a href="https://a.example/x">a.example/x</a>, <a href="https://tags.example/sea">#sea</a>. ' +
      '<a href="mailto:ada@ada.example">Write</a>!</p>';
    const text =
      "By the har\nbour < (https://harbour.example/?a=1&b=2): https://a.example/x, #sea. Write (mailto:ada@ada.example)!";
    const page = (more: object) => {
      const feed = of({ ...note, html, summary: text, ...more });
      expect(formats.gate(formats.render(feed), feed)).toEqual([]);
      return /<p class="e-content">([\s\S]*?)<\/p>/.exec(rendered(feed, "index.html"))?.[1];
    };
    expect(page({})).toBe(
      'By the <a href="https://harbour.example/?a=1&amp;b=2">har<br/>\nbour &lt;</a>: ' +
        '<a href="https://a.example/x">https://a.example/x</a>, <a href="https://tags.example/sea">#sea</a>. ' +
        '<a href="mailto:ada@ada.example">Write</a>!',
    );
    expect(page({ summary: "Another text (https://a.example/)" })).toBe("Another text (https://a.example/)");
    expect(page({ html: "" })).toContain("bour &lt; (https://harbour");
  });

  it("names the page that it answers, and its pictures, for programs that read the page", () => {
    const image = { url: "https://ada.example/a.png" };
    const images = [image, { url: "https://ada.example/b.png?a=1&b=2" }];
    const html = '<p>I agree.</p><p><img src="https://ada.example/b.png?a=1&amp;b=2" alt="" /></p>';
    const social = { off: true, answers: "https://other.example/page/", useSummary: false, texts: {} };
    const page = rendered(of({ ...note, html, image, images, social }), "index.html");
    expect(page).toContain('<data class="u-in-reply-to" value="https://other.example/page/"></data>');
    expect(page).toContain('<img class="u-photo" src="https://ada.example/a.png"');
    expect(page).toContain('<img class="u-photo" src="https://ada.example/b.png?a=1&amp;b=2"');
    expect(rendered(of({ html, image }), "index.html")).not.toContain("u-photo");
  });

  it("has its text where the feed has no bodies", () => {
    const feed = aFeed({ content: "summary", entries: [anEntry(note)] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(text(entries(feed)[0], "summary")).toBe(note.summary);
    expect(json(feed).items[0].content_text).toBe(note.summary);
  });

  it("has its label where the feed has no bodies and it has no text", () => {
    const html = '<p><img src="https://ada.example/a.png" alt="At the harbour" /></p>';
    const feed = aFeed({ content: "summary", entries: [anEntry({ ...note, summary: "", html })] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(json(feed).items[0].content_text).toBe(note.title);
  });
});
