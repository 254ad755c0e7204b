import { afterEach, describe, expect, it, vi } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { formats } from "../../src/feeds/index.ts";
import { faultsOf } from "../properties/faults.ts";
import { aFeed, anEntry, aSite, makeEntries } from "./builders.ts";

const rendered = (feed: Feed, file: string): string =>
  formats.render(feed).find((one) => one.file === file)?.text ?? "";
const rss = (feed: Feed) => rendered(feed, "feed.xml");
const atom = (feed: Feed) => rendered(feed, "atom.xml");
const json = (feed: Feed) => JSON.parse(rendered(feed, "feed.json"));
const of = (post: Parameters<typeof anEntry>[0]) => aFeed({ entries: [anEntry(post)] });

afterEach(() => vi.useRealTimers());

// Twelve faults of `feed` 6 that would break a feed.
describe("the faults of the library", () => {
  it.each(["title", "summary", "html"])("1: a second `]]>` in a %s does not forge an entry", (field) => {
    const evil = "a]]>b]]></title></content:encoded></item><item><guid>forged</guid><title><![CDATA[x";
    expect(faultsOf(of({ [field]: evil }))).toEqual([]);
  });

  it("2: a character that XML does not allow is removed, and `<` in an attribute is escaped", () => {
    const evil = 'x\u0000\u000b\ufffe\ud800<&"';
    const image = { url: "https://ada.example/a.png?b=1&c=<", alt: evil, credit: evil };
    const feed = of({ title: evil, html: evil, summary: evil, categories: [{ name: evil }], image });
    expect(faultsOf(feed)).toEqual([]);
    expect(rss(feed)).toContain('<enclosure url="https://ada.example/a.png?b=1&amp;c=%3C"');
  });

  it.each([
    ["a relative URL", { url: "/the-engine/" }],
    ["no URL at all", { url: "https://[::1" }],
    ["no date", { published: Number.NaN }],
    ["an infinite date", { published: Number.POSITIVE_INFINITY }],
  ])("3: only a post with %s is named, and every other entry stays", (_, post) => {
    const feed = aFeed({ entries: makeEntries([{}, post, {}]) });
    expect(faultsOf(feed)).toEqual([]);
    const entriesAtFault = new Set(formats.gate(formats.render(feed), feed).map(({ entry }) => entry));
    expect([...entriesAtFault]).toEqual([feed.entries[1]?.id]);
    for (const file of formats.render(feed)) expect(file.text).not.toContain("Invalid Date");
  });

  it.each([-1, -1500.5])("3: a post of %s milliseconds from 1970 has its date in every format", (published) => {
    expect(faultsOf(of({ published }))).toEqual([]);
  });

  it.each(["tag:ada.example,2026:blog/p1", "https://ada.example/?p=123", "https://ADA.example"])(
    "4: the id %s is exactly the same in every format",
    (id) => {
      expect(faultsOf(aFeed({ entries: [anEntry({}, { id })] }))).toEqual([]);
    },
  );

  it("5: no guid is marked as the address of the post", () => {
    expect(rss(aFeed()).match(/<guid [^>]*>/g)).toEqual(Array.from({ length: 3 }, () => '<guid isPermaLink="false">'));
  });

  it("6: an image whose URL has no file extension is not an enclosure with a guessed type", () => {
    const feed = of({ image: { url: "https://ada.example/photos/42", alt: "A loom", credit: "Ann" } });
    expect(rss(feed)).not.toContain("<enclosure");
    expect(atom(feed)).not.toContain('rel="enclosure"');
  });

  it("7: RSS names an author without an e-mail address, and Atom has an author where none is given", () => {
    const feed = aFeed({ author: { name: "" }, entries: makeEntries([{ authors: [{ name: "Grace" }] }, {}]) });
    expect(rss(feed)).toContain("<dc:creator>Grace</dc:creator>");
    expect(rss(feed)).not.toMatch(/<(?:author|managingEditor)>/);
    expect(atom(feed)).toMatch(/<author>\s*<name>Ada&apos;s Notebook|<author>\s*<name>Ada's Notebook/);
  });

  it("8: `<` and `&` in a title are escaped once in each format", () => {
    const feed = of({ title: "a < b & c &amp; d" });
    for (const one of [rss, atom, (feed: Feed) => rendered(feed, "index.html")])
      expect(one(feed)).toMatch(/a &lt; b &amp; c &amp;amp; d/);
    expect(json(feed).items[0].title).toBe("a < b & c &amp; d");
  });

  it("9: the same posts give the same bytes at any time, with the date of the newest change", () => {
    const now = vi.useFakeTimers({ now: Date.UTC(2026, 3, 1) });
    const before = formats.render(aFeed());
    now.setSystemTime(Date.UTC(2031, 0, 1));
    expect(formats.render(aFeed())).toEqual(before);
    expect(rss(aFeed())).toContain("<lastBuildDate>Sun, 01 Mar 2026 08:00:00 GMT</lastBuildDate>");
    expect(atom(aFeed())).toContain("<updated>2026-03-01T08:00:00.000Z</updated>");
  });

  it("10: elements of other namespaces are declared in RSS and in Atom, and rendering does not change a post", () => {
    const image = { url: "https://ada.example/a.png", alt: "A loom" };
    const feed = of({ image, disclosure: "Gemini" });
    const copy = structuredClone(feed);
    for (const text of [rss(feed), atom(feed)]) {
      expect(text).toContain('xmlns:media="http://search.yahoo.com/mrss/"');
      expect(text).toContain('<media:description type="html">A loom</media:description>');
    }
    expect(feed).toEqual(copy);
  });

  it("11: JSON Feed is 1.1, with `authors`", () => {
    const { version, authors, author } = json(of({ authors: [{ name: "Grace" }] }));
    expect([version, authors[0].name, author]).toEqual(["https://jsonfeed.org/version/1.1", "Ada Lovelace", undefined]);
  });

  it("12: Atom has its language, and that of a post in another language", () => {
    const feed = aFeed({ site: aSite(), entries: makeEntries([{ language: "ja" }, {}]) });
    expect(atom(feed)).toMatch(/<feed [^>]*xml:lang="en"/);
    expect(atom(feed).match(/<entry[^>]*>/g)).toEqual(['<entry xml:lang="ja">', "<entry>"]);
  });
});
