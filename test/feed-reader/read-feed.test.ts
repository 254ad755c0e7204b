import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyCharacter } from "../support/any-character.ts";
import { runs } from "../support/runs.ts";
import { atom, atomEntry, entryOf, feedOf, jsonFeed, readingOf, rss, rssItem, written } from "./reading.ts";

const item = "<item><title>One</title><link>https://blog.example.com/one/</link></item>";

describe("what is not a feed", () => {
  test.each([
    ["", "it is empty"],
    ["  \n", "it is empty"],
    ["Too many connections", "it is not RSS, Atom or JSON Feed"],
    ["<?xml version='1.0'?><error/>", "it is not RSS, Atom or JSON Feed"],
    ['{"message":"Not found"}', "it is not a JSON Feed"],
    ["{ broken", "it is not a JSON Feed"],
    ["<!doctype html><title>Log in</title><form></form>", "it is a page, not a feed"],
  ])("is named: %j", (content, problem) => {
    expect(readingOf(content, "application/rss+xml")).toEqual({ kind: "no-feed", problem });
  });

  test("is named with the feeds of the page", () => {
    const page = `<html><head><link rel="alternate" type="application/rss+xml" href="/index.xml">
      <link rel="alternate" type="application/feed+json" href="/feed.json"><link rel="alternate" hreflang="de" href="/de/"></head>`;
    expect(readingOf(page)).toEqual({
      kind: "no-feed",
      problem:
        "it is a page, not a feed: its feeds are https://blog.example.com/index.xml, https://blog.example.com/feed.json",
    });
  });
});

describe("a feed that is not well-formed", () => {
  test.each([
    ["a warning of PHP before it", `<br />\n<b>Warning</b>: x<br />\n${rss(item)}`],
    [
      "a bare ampersand",
      rss(`<item><title>One</title><link>https://blog.example.com/one/</link><category>a & b</category></item>`),
    ],
    [
      "an open tag in a description",
      rss(`<item><title>One</title><link>https://blog.example.com/one/</link><description>a<br>b</description></item>`),
    ],
    ["a DTD", rss(item).replace("?>", '?><!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>')],
    ["names in capitals", rss(item).replaceAll("item>", "ITEM>").replaceAll("link>", "Link>")],
  ])("is read: %s", (_, content) => {
    expect(feedOf(content)).toMatchObject({
      isComplete: true,
      entries: [{ url: "https://blog.example.com/one/", title: { text: "One" } }],
    });
  });

  test("is read as far as it goes where its end is missing, and says so", () => {
    const whole = rss(item + item.replaceAll("one", "two"));
    const feed = feedOf(whole.slice(0, whole.lastIndexOf("<link>")));
    expect(feed.isComplete).toBe(false);
    expect(feed.entries.map(({ url }) => url)).toEqual(["https://blog.example.com/one/", undefined]);
  });

  test("is not read deeper than 1,000 elements", () => {
    expect(feedOf(rss(item + "<a>".repeat(100_000))).isComplete).toBe(false);
  });

  test("expands no entity of its DTD", () => {
    const bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>';
    expect(written(entryOf(bomb + rssItem("<title>&b;&c;</title>")).title)).toBe("&b;&c;");
  });
});

describe("the names of elements", () => {
  test("follow the namespaces, not the prefixes", () => {
    const entry = entryOf(
      `<x:feed xmlns:x="http://www.w3.org/2005/Atom" xmlns:d="http://purl.org/atompub/tombstones/1.0">
        <x:entry><x:id>a</x:id><x:title>One</x:title></x:entry></x:feed>`,
    );
    expect(entry).toMatchObject({ guid: "a", title: { text: "One" } });
  });

  test.each(["urn:x", "http://backend.userland.com/rss2"])(
    "are those of RSS where its root has a prefix (%s)",
    (uri) => {
      const feed = (a: string, b: string) =>
        `<x:rss version="2.0" xmlns:x="${uri}"><${a}channel><${a}title>A Blog</${a}title><${a}item><${a}title>One</${a}title><${b}creator>Ada</${b}creator></${a}item></${a}channel></x:rss>`;
      for (const prefix of ["x:", ""])
        expect(feedOf(feed(prefix, "dc:"))).toMatchObject({
          title: "A Blog",
          entries: [{ title: { text: "One" }, authors: [{ name: "Ada" }] }],
          isComplete: true,
        });
    },
  );

  test("are usual where no namespace is declared", () => {
    expect(entryOf("<feed><entry><id>a</id></entry></feed>").guid).toBe("a");
    expect(
      entryOf('<rss version="2.0"><channel><item><dc:creator>Ada</dc:creator></item></channel></rss>').authors,
    ).toEqual([{ name: "Ada" }]);
  });

  test("are those of RSS 1.0 (RDF), whose items are beside the channel", () => {
    const feed =
      feedOf(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="https://blog.example.com/"><title>A Blog</title><link>https://blog.example.com/</link></channel>
      <item rdf:about="https://blog.example.com/one/"><title>One</title><link>https://blog.example.com/one/</link><dc:date>2026-03-01T08:00+01:00</dc:date><dc:subject>Feeds</dc:subject></item></rdf:RDF>`);
    expect(feed.entries).toMatchObject([
      {
        guid: "https://blog.example.com/one/",
        url: "https://blog.example.com/one/",
        published: "2026-03-01T08:00+01:00",
        categories: ["Feeds"],
      },
    ]);
  });
});

describe("the address of an entry", () => {
  test.each([
    ["its link", "<link>https://blog.example.com/one/</link><guid>https://blog.example.com/?p=1</guid>"],
    ["its link, relative to the site", "<link>/one/</link>"],
    ["its guid", "<guid>https://blog.example.com/one/</guid>"],
    ["its link in Atom's form", '<atom:link href="https://blog.example.com/one/"/>'],
    [
      "its original link",
      "<link>https://feeds.example/~r/1</link><feedburner:origLink>https://blog.example.com/one/</feedburner:origLink>",
    ],
    ["its recording", '<enclosure url="https://blog.example.com/one/" type="audio/mpeg" length="1"/>'],
  ])("in RSS is %s", (_, inside) => {
    expect(entryOf(rssItem(inside)).url).toBe("https://blog.example.com/one/");
  });

  test("in RSS is relative to xml:base", () => {
    expect(entryOf(rss('<item xml:base="https://blog.example.com/a/b/"><link>../one/</link></item>')).url).toBe(
      "https://blog.example.com/a/one/",
    );
  });

  test("in RSS is not a guid that is not a link", () => {
    expect(entryOf(rssItem('<guid isPermaLink="false">https://blog.example.com/?p=1</guid>')).url).toBeUndefined();
    expect(entryOf(rssItem("<guid>one</guid>")).url).toBeUndefined();
  });

  test.each([
    ["its link", '<link href="https://blog.example.com/one/"/><id>tag:1</id>'],
    [
      "the HTML of several",
      '<link href="/a.json" type="application/json"/><link rel="alternate" type="text/html" href="/one/"/>',
    ],
    ["relative to the bases around it", '<link xml:base="/one/" href="."/>'],
    ["its id without a link", "<id>https://blog.example.com/one/</id>"],
    ["not its comments", '<link rel="replies" href="/comments/"/><link rel="self" href="/self/"/><link href="/one/"/>'],
  ])("in Atom is %s", (_, inside) => {
    expect(entryOf(atomEntry(inside)).url).toBe("https://blog.example.com/one/");
  });

  test("in JSON Feed is its url, and not the external page that it is about", () => {
    const external_url = "https://elsewhere.example/";
    expect(entryOf(jsonFeed({ id: 1, url: "/one/", external_url })).url).toBe("https://blog.example.com/one/");
    expect(entryOf(jsonFeed({ id: "https://blog.example.com/one/", external_url })).url).toBe(
      "https://blog.example.com/one/",
    );
  });

  test.each([
    ["https://blog.example.com/one/?utm_source=rss&utm_medium=feed", "https://blog.example.com/one/"],
    ["https://blog.example.com/?p=1&fbclid=x", "https://blog.example.com/?p=1"],
    ["https://blog.example.com/?q=a%20b&source=news", "https://blog.example.com/?q=a%20b&source=news"],
  ])("has nothing that tells where a reader came from: %s", (link, expected) => {
    expect(entryOf(rssItem(`<link>${link.replaceAll("&", "&amp;")}</link>`)).url).toBe(expected);
  });

  test("is never of another scheme", () => {
    expect(entryOf(rssItem("<link>javascript:alert(1)</link>")).url).toBeUndefined();
  });
});

describe("the texts of an entry", () => {
  test.each([
    ["AT&amp;T", { text: "AT&T" }],
    ["The &lt;b&gt; element", { text: "The <b> element" }],
    ["AT&amp;amp;T", { html: "AT&amp;T" }],
    ["<![CDATA[It&#8217;s <em>here</em>]]>", { html: "It&#8217;s <em>here</em>" }],
    ["Caf&eacute;", { html: "Caf&eacute;" }],
    ["Plain <em>markup</em>", { html: "Plain <em>markup</em>" }],
  ])("has the title of RSS %s", (title, expected) => {
    expect(entryOf(rssItem(`<title>${title}</title>`)).title).toEqual(expected);
  });

  test.each([
    ["<title>a &lt;b&gt; &amp;amp;</title>", { text: "a <b> &amp;" }],
    ['<title type="html">a &lt;b&gt;c&lt;/b&gt;</title>', { html: "a <b>c</b>" }],
    [
      '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div></title>',
      { html: '<div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div>' },
    ],
    ['<title type="text/html" mode="escaped">a &amp;amp; b</title>', { html: "a &amp; b" }],
  ])("has the title of Atom %s", (title, expected) => {
    expect(entryOf(atomEntry(title)).title).toEqual(expected);
  });

  test("are content, and a summary beside it", () => {
    const both = entryOf(
      rssItem("<description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>"),
    );
    expect(both).toMatchObject({ content: { html: "<p>Long</p>" }, summary: { html: "Short" } });
    expect(entryOf(rssItem("<description>Only</description>"))).toMatchObject({
      content: { html: "Only" },
      summary: undefined,
    });
    expect(entryOf(atomEntry("<summary>Only</summary>"))).toMatchObject({
      content: { text: "Only" },
      summary: undefined,
    });
    expect(entryOf(jsonFeed({ id: "1", content_text: "Long", summary: "Short" }))).toMatchObject({
      content: { text: "Long" },
      summary: { text: "Short" },
    });
  });

  test("are XHTML as it is, with its references", () => {
    const content =
      '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; &lt;b&gt; <![CDATA[<c>]]><br/><img src="x.png" alt="&quot;"/></p></div></content>';
    expect(written(entryOf(atomEntry(content)).content)).toBe(
      '<div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; &lt;b&gt; &lt;c><br><img src="x.png" alt="&quot;"></p></div>',
    );
  });

  test("keep their base and their language", () => {
    const entry = entryOf(
      atomEntry(
        '<content type="html" xml:base="a/" xml:lang="de">x</content>',
        'xml:base="https://blog.example.com/b/" xml:lang="en"',
      ),
    );
    expect(entry).toMatchObject({ base: "https://blog.example.com/b/a/", language: "de" });
    expect(entryOf(rss("<language>pt-br</language><item><title>One</title></item>"))).toMatchObject({
      base: undefined,
      language: "pt-br",
    });
    expect(entryOf(jsonFeed({ id: "1" }, { language: "ja" })).language).toBe("ja");
  });
});

describe("the content of Atom in base64", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  test("is read where it is a text", () => {
    const content = base64("<p>ZurÃ¼ck – 🔑</p>").replace(/.{8}/g, "$&\n");
    const entry = entryOf(atomEntry(`<content type="text/html" mode="base64">${content}</content>`));
    expect(entry.content).toEqual({ html: "<p>Zurück – 🔑</p>" });
  });

  test.each([
    ["of a file", `<content type="application/pdf">${base64("%PDF")}</content>`],
    ["that is not valid", '<content type="text/html" mode="base64">a &amp; b</content>'],
  ])("is left out where it is that %s: the summary stands for it", (_, content) => {
    expect(entryOf(atomEntry(`<summary>A press.</summary>${content}`))).toMatchObject({
      content: { text: "A press." },
      summary: undefined,
    });
  });
});

describe("the categories of an entry", () => {
  const media = `<media:category>music/live</media:category><media:category label="Weaving">urn:1</media:category>
    <media:group><media:category>Looms</media:category></media:group>`;

  test("of RSS are also those of Media RSS and iTunes", () => {
    const itunes = '<itunes:category text="Arts"><itunes:category text="Design"/></itunes:category>';
    expect(entryOf(rssItem(`<category>One</category>${media}${itunes}`)).categories).toEqual([
      "One",
      "music/live",
      "Weaving",
      "Looms",
      "Arts",
      "Design",
    ]);
    expect(entryOf(rss(`${itunes}${item}`)).categories).toEqual([]);
  });

  test("of Atom are also those of Media RSS", () => {
    const inside = `<category term="one" label="One"/>${media}`;
    const namespace = 'xmlns:media="http://search.yahoo.com/mrss/"';
    expect(entryOf(atom(`<entry>${inside}</entry>`, namespace)).categories).toEqual([
      "One",
      "music/live",
      "Weaving",
      "Looms",
    ]);
  });
});

test("a feed in the wrong encoding is repaired as documents are", () => {
  const entry = entryOf(rssItem("<title>ZurÃ¼ck â€“ HÃ”TEL</title>"));
  expect(entry.title).toEqual({ text: "Zurück – HÔTEL" });
});

describe("the authors of an entry", () => {
  test.each([
    ["<author>jane@example.org (Jane Doe)</author>", [{ name: "Jane Doe", email: "jane@example.org" }]],
    ["<author>Jane Doe &lt;jane@example.org&gt;</author>", [{ name: "Jane Doe", email: "jane@example.org" }]],
    ["<author>Jane Doe</author>", [{ name: "Jane Doe" }]],
    ["<author>Jane Doe (jane@example.org)</author>", [{ name: "Jane Doe" }]],
    ["<dc:creator>Jane (the elder) (jane@example.org)</dc:creator>", [{ name: "Jane (the elder)" }]],
    ["<author>Jane (in Oslo)</author>", [{ name: "Jane (in Oslo)" }]],
    ["<author>jane@example.org</author>", []],
    [
      "<dc:creator>Jane</dc:creator><dc:creator>Joe</dc:creator><author>x@example.org</author>",
      [{ name: "Jane" }, { name: "Joe" }],
    ],
  ])("in RSS: %s", (inside, authors) => {
    expect(entryOf(rssItem(inside)).authors).toEqual(authors);
  });

  test("are the feed's where the entry has none", () => {
    expect(entryOf(rss(`<managingEditor>jane@example.org (Jane)</managingEditor>${item}`)).authors).toMatchObject([
      { name: "Jane" },
    ]);
    expect(entryOf(atom("<author><name>Jane</name><uri>/jane</uri></author><entry/>")).authors).toEqual([
      { name: "Jane", url: "https://blog.example.com/jane" },
    ]);
    expect(entryOf(jsonFeed({ id: "1" }, { author: { name: "Jane" } })).authors).toEqual([{ name: "Jane" }]);
  });

  test("in Atom are the source's before the feed's", () => {
    const entry = "<entry><source><author><name>Joe</name></author></source></entry>";
    expect(entryOf(atom(`<author><name>Jane</name></author>${entry}`)).authors).toEqual([{ name: "Joe" }]);
  });
});

describe("the files of an entry", () => {
  test("are pictures, the best first, and others", () => {
    const entry = entryOf(
      rssItem(`<media:thumbnail url="/thumb.jpg"/><itunes:image href="/itunes.jpg"/>
        <media:group><media:content url="/full.jpg" medium="image" type="image/jpeg" fileSize="99"><media:description>A press</media:description></media:content></media:group>
        <enclosure url="/talk.mp3" type="audio/mpeg" length="1234"/><enclosure url="/cover.png" type="" length="0"/>`),
    );
    expect(entry.images.map(({ url }) => new URL(url).pathname)).toEqual([
      "/cover.png",
      "/full.jpg",
      "/thumb.jpg",
      "/itunes.jpg",
    ]);
    expect(entry.images[1]).toMatchObject({ mediaType: "image/jpeg", length: 99, alt: "A press" });
    expect(entry.attachments).toEqual([
      { url: "https://blog.example.com/talk.mp3", mediaType: "audio/mpeg", length: 1234, alt: undefined },
    ]);
  });

  test("in Atom and JSON Feed are enclosures, attachments and images", () => {
    const inAtom = entryOf(atomEntry('<link rel="enclosure" href="/a.jpg" type="image/jpeg" length="9"/>'));
    expect(inAtom.images).toMatchObject([{ mediaType: "image/jpeg", length: 9 }]);
    const inJson = entryOf(
      jsonFeed({
        id: "1",
        image: "/i.jpg",
        banner_image: "/b.jpg",
        attachments: [{ url: "/t.mp3", mime_type: "audio/mpeg", size_in_bytes: 5 }],
      }),
    );
    expect(inJson.images.map(({ url }) => new URL(url).pathname)).toEqual(["/i.jpg", "/b.jpg"]);
    expect(inJson.attachments).toMatchObject([{ length: 5 }]);
  });
});

describe("the page elsewhere that an entry is about", () => {
  const own = "https://blog.example.com/one/";
  const other = "https://other.example/a";
  const link = (rel: string, href: string) => `<link rel="${rel}" href="${href}"/>`;
  const inAtom = (links: string) => {
    const { url, external } = feedOf(atom(`${link("alternate", "/")}<entry>${links}</entry>`)).entries[0] ?? {};
    return { url, external };
  };

  test("is external_url in JSON Feed, unless it is the only address", () => {
    expect(entryOf(jsonFeed({ id: "1", url: own, external_url: other }))).toMatchObject({ url: own, external: other });
    const only = entryOf(jsonFeed({ id: "1", external_url: other }));
    expect(only.url).toBe(other);
    expect(only.external).toBeUndefined();
  });

  test("is the related page in Atom, or the alternate where the related one is on the feed's host", () => {
    const expected = { url: own, external: other };
    expect(inAtom(link("alternate", own) + link("related", other))).toEqual(expected);
    expect(inAtom(link("alternate", other) + link("related", own))).toEqual(expected);
  });

  test("is none where the related pages are further reading", () => {
    const expected = { url: own, external: undefined };
    expect(inAtom(link("alternate", own) + link("related", "/two/"))).toEqual(expected);
    expect(inAtom(link("alternate", own) + link("related", other) + link("related", `${other}b`))).toEqual(expected);
  });
});

describe("what a podcast says of an episode", () => {
  test("is read from RSS, and the duration from JSON Feed", () => {
    const elements = "<itunes:duration>63:04</itunes:duration><itunes:episode>7</itunes:episode>";
    const more = "<itunes:season>2</itunes:season><itunes:episodeType>full</itunes:episodeType>";
    expect(entryOf(rssItem(`${elements}${more}<itunes:explicit>no</itunes:explicit>`)).episode).toEqual({
      duration: "63:04",
      episode: "7",
      season: "2",
      episodeType: "full",
      explicit: "no",
    });
    const attachments = [{ url: "/t.mp3", mime_type: "audio/mpeg", duration_in_seconds: 66 }];
    expect(entryOf(jsonFeed({ id: "1", attachments })).episode).toEqual({ duration: "66" });
    expect("episode" in entryOf(rss(item))).toBe(false);
  });
});

describe("the feed itself", () => {
  test("names its own address", () => {
    const self = "https://blog.example.com/index.xml";
    expect(feedOf(rss(`<atom:link rel="self" href="${self}"/>`)).self).toBe(self);
    expect(feedOf(atom(`<link rel="self" href="/index.xml"/>`)).self).toBe(self);
    expect(feedOf(JSON.stringify({ items: [], feed_url: self })).self).toBe(self);
  });

  test("names deleted entries (RFC 6721)", () => {
    const namespace = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"';
    const tombstone = '<at:deleted-entry ref="tag:example.org,2026:1" when="2026-03-01T08:00:00Z"/>';
    expect(feedOf(atom(tombstone, namespace)).deleted).toEqual(["tag:example.org,2026:1"]);
    expect(feedOf(rss(tombstone)).deleted).toEqual(["tag:example.org,2026:1"]);
  });

  test.each([
    ["<ttl>60</ttl>", 3_600_000],
    ["<ttl>0</ttl>", undefined],
    ["<ttl>often</ttl>", undefined],
    ["<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1_800_000],
    ["<sy:updatePeriod>daily</sy:updatePeriod>", 86_400_000],
  ])("asks for the time between two polls: %s", (inside, expected) => {
    expect(feedOf(rss(inside)).pollAfter).toBe(expected);
  });

  test("may have no entries", () => {
    expect([rss(""), atom(""), '{"items":[]}'].map((content) => feedOf(content).entries)).toEqual([[], [], []]);
  });
});

test("nothing that is sent in place of a feed throws", () => {
  const piece = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 20 }),
    fc.constantFrom(
      "<rss>",
      "<feed>",
      "<item>",
      "<entry>",
      "<![CDATA[",
      "]]>",
      "<!--",
      "&#x0;",
      "&#9999999;",
      '<link href="',
      "{",
      '"items":[',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.uint8Array({ maxLength: 30 }), (pieces, bytes) => {
      readingOf(pieces.join(""));
      readingOf(Buffer.concat([new TextEncoder().encode(pieces.join("")), bytes]));
    }),
    { numRuns: runs(500) },
  );
});
