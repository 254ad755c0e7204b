import { describe, expect, it } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Fault } from "../../src/ports/feeds.ts";
import { aFeed, aFullFeed, anArchivePage, anEntry, makeEntries } from "./builders.ts";

const id = (n: number) => `tag:ada.example,2026:blog/p${n}`;

/** The faults that the gate finds after a replacement in one file of a feed. */
const faultsAfter = (file: string, from: string | RegExp, to: string, feed: Feed = aFeed()): readonly Fault[] => {
  const rendered = formats.render(feed);
  const broken = rendered.map((one) => (one.file === file ? { ...one, text: one.text.replace(from, to) } : one));
  expect(broken).not.toEqual(rendered);
  return formats.gate(broken, feed);
};

const second = (start: string, end: string) => new RegExp(`(${end}[\\s\\S]*?)${start}[\\s\\S]*?${end}`);

describe("the gate", () => {
  it("accepts a valid feed", () => {
    expect(formats.gate(formats.render(aFeed()), aFeed())).toEqual([]);
  });

  it("reports a file that was not rendered", () => {
    expect(formats.gate(formats.render(aFeed()).slice(1), aFeed())).toEqual([
      { file: "feed.xml", problem: "was not rendered" },
    ]);
  });

  it.each<[string, string, string | RegExp, string, string]>([
    ["no version", "feed.xml", 'version="2.0"', 'version="0.9"', "is not RSS 2.0"],
    ["no title", "feed.xml", /<title>Ada.*?<\/title>/, "", "has no title"],
    ["no link", "feed.xml", /<link>.*?<\/link>/, "", "has no link"],
    ["no description", "feed.xml", /<description>On.*?<\/description>/, "", "has no description"],
    ["another self", "feed.xml", 'ada.example/feed.xml"', 'ada.example/other.xml"', "does not name its own address"],
    [
      "another namespace",
      "atom.xml",
      'xmlns="http://www.w3.org/2005/Atom"',
      'xmlns="http://purl.org/atom/ns#"',
      "is not Atom 1.0",
    ],
    ["no id", "atom.xml", /<id>.*?<\/id>/, "", "has no id"],
    ["no title", "atom.xml", /<title>.*?<\/title>/, "", "has no title"],
    ["no change", "atom.xml", /<updated>.*?<\/updated>/, "", "has no date of change"],
    ["no author", "atom.xml", /<author>[\s\S]*?<\/author>/, "", "has no author"],
    ["no self", "atom.xml", /<link rel="self".*?\/>/, "", "does not name its own address"],
    ["no page", "atom.xml", /<link rel="alternate".*?\/>/, "", "does not name its page"],
    ["no version", "feed.json", "version/1.1", "version/1", "is not JSON Feed 1.1"],
    ["no title", "feed.json", '"title": "Ada', '"t": "Ada', "has no title"],
    ["no page", "feed.json", "home_page_url", "page", "does not name its page"],
    ["another address", "feed.json", "/feed.json", "/other.json", "does not name its own address"],
    ["no author", "feed.json", '"authors"', '"author"', "has no author"],
    ["no title", "index.html", /<title>.*?<\/title>/, "", "has no title"],
    ["no items", "feed.json", '"items"', '"entries"', "has no items"],
    ["no link to a feed", "index.html", /<link rel="alternate".*?\/>/, "", "does not link to every feed"],
    ["no link to the OPML", "index.html", 'ada.example/feeds.opml"', 'ada.example/"', "does not link to the OPML file"],
    ["no data", "index.html", /<script.*?<\/script>/, "", "does not describe itself to search engines"],
    ["another icon", "favicon.ico", "#fff", "#000", "is not the icon"],
    ["no title", "404.html", /<title>.*?<\/title>/, "", "has no title"],
    ["another address", "404.html", "/feed.xml", "/rss.xml", "does not link to every feed"],
    ["another version", "feeds.opml", 'version="2.0"', 'version="1.0"', "is not OPML 2.0"],
    ["no title", "feeds.opml", /<title>.*?<\/title>/, "", "has no title"],
    ["another address", "feeds.opml", "/feed.xml", "/rss.xml", "does not list exactly the feeds of the site"],
    ["a feed without its type", "feeds.opml", 'type="rss"', "", "has a feed without type, text or page"],
    ["a C1 control", "feeds.opml", "Ada's", "\u0085Ada's", "contains characters that are not allowed in a feed"],
  ])("refuses a feed with %s in %s", (_, file, from, to, problem) => {
    const faults = faultsAfter(file, from, to);
    expect(faults).toContainEqual({ file, problem });
    expect(faults.filter(({ entry }) => entry === undefined)).toEqual([{ file, problem }]);
  });

  it.each<[string, string, string | RegExp, string, string]>([
    ["no hub", "feed.xml", /<atom:link rel="hub".*?\/>/, "", "does not name exactly its hubs"],
    ["an unknown hub", "feed.xml", "https://hub.example/", "https://hub.evil/", "does not name exactly its hubs"],
    ["no hub", "atom.xml", /<link rel="hub".*?\/>/, "", "does not name exactly its hubs"],
    ["no hub", "feed.json", '"WebSub"', '"rssCloud"', "does not name exactly its hubs"],
    ["no name of the licence", "feed.xml", /<copyright>.*?<\/copyright>/, "", "does not name its licence"],
    ["no name of the licence", "atom.xml", /<rights>.*?<\/rights>/, "", "does not name its licence"],
    ["no licence", "feed.xml", /<atom:link rel="license".*?\/>/, "", "does not name its licence"],
    ["no licence", "atom.xml", /<link rel="license".*?\/>/, "", "does not name its licence"],
    ["no licence", "feed.json", '"licence"', '"license"', "does not name its licence"],
    ["another name of the licence", "feed.json", '"CC BY-SA', '"CC BY', "does not name its licence"],
    ["no licence", "index.html", 'rel="license"', "", "does not name its licence"],
    [
      "no link to older posts",
      "feed.xml",
      /<atom:link rel="prev-archive".*?\/>/,
      "",
      "has no link to the previous archive page, or has one on the first page",
    ],
    [
      "the archive of another format",
      "atom.xml",
      "archive/2.atom.xml",
      "archive/2.xml",
      "has no link to the previous archive page, or has one on the first page",
    ],
    [
      "no link to older posts",
      "feed.json",
      "next_url",
      "previous_url",
      "has no link to the previous archive page, or has one on the first page",
    ],
    [
      "the mark of an archive page",
      "feed.xml",
      "<item>",
      '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/><item>',
      "is an archive page and not marked as one, or the other way round",
    ],
    [
      "a link to itself as the current feed",
      "atom.xml",
      "<entry>",
      '<link rel="current" href="https://feeds.ada.example/atom.xml"/><entry>',
      "is an archive page without a link to the current feed, or another feed with one",
    ],
    [
      "no link to the feed of a category",
      "index.html",
      /(<h2 id="others">[\s\S]*?)categories\/llms\//,
      "$1categories/",
      "does not link to the site's other feeds",
    ],
    ["one feed less", "feeds.opml", /<outline.*?\/>/, "", "does not list exactly the feeds of the site"],
  ])("refuses a full feed with %s in %s", (_, file, from, to, problem) => {
    expect(faultsAfter(file, from, to, aFullFeed()).filter(({ entry }) => entry === undefined)).toEqual([
      { file, problem },
    ]);
  });

  it.each<[string, string, string | RegExp, string, string]>([
    [
      "no mark that it is one",
      "2.xml",
      /<fh:archive.*?\/>/,
      "",
      "is an archive page and not marked as one, or the other way round",
    ],
    [
      "no mark that it is one",
      "2.atom.xml",
      /<fh:archive.*?\/>/,
      "",
      "is an archive page and not marked as one, or the other way round",
    ],
    [
      "the mark of a complete feed",
      "2.xml",
      "<item>",
      '<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/><item>',
      "is an archive page and not marked as one, or the other way round",
    ],
    [
      "no page before it",
      "2.xml",
      /<atom:link rel="prev-archive".*?\/>/,
      "",
      "has no link to the previous archive page, or has one on the first page",
    ],
    [
      "itself after it",
      "2.atom.xml",
      "archive/3.atom.xml",
      "archive/2.atom.xml",
      "has no link to the next archive page, or has one on the last page",
    ],
    [
      "no current feed",
      "2.xml",
      /<atom:link rel="current".*?\/>/,
      "",
      "is an archive page without a link to the current feed, or another feed with one",
    ],
    [
      "no older page",
      "2.html",
      "archive/1.html",
      "archive/9.html",
      "does not link to the pages with older and newer posts",
    ],
    [
      "no newer page",
      "2.html",
      "archive/3.html",
      "archive/9.html",
      "does not link to the pages with older and newer posts",
    ],
    [
      "its own feed to follow",
      "2.html",
      'ada.example/feed.xml"',
      'ada.example/archive/2.xml"',
      "does not link to every feed",
    ],
    ["another address", "2.xml", "archive/2.xml", "archive/4.xml", "does not name its own address"],
    ["another address", "2.json", "archive/2.json", "archive/4.json", "does not name its own address"],
    [
      "itself before it",
      "2.json",
      "archive/1.json",
      "archive/2.json",
      "has no link to the previous archive page, or has one on the first page",
    ],
    [
      "a hub",
      "2.xml",
      "<item>",
      '<atom:link rel="hub" href="https://hub.example/"/><item>',
      "does not name exactly its hubs",
    ],
  ])("refuses an archive page with %s in %s", (_, file, from, to, problem) => {
    expect(faultsAfter(file, from, to, anArchivePage())).toEqual([{ file, problem }]);
  });

  it.each([
    ["the first", { previous: undefined }, "prev-archive", "the previous archive page, or has one on the first page"],
    ["the last", { next: undefined }, "next-archive", "the next archive page, or has one on the last page"],
  ])("refuses an archive page that links past %s", (_, end, rel, problem) => {
    const feed = anArchivePage({ archive: { isPage: true, previous: "archive/1", next: "archive/3", ...end } });
    const link = `<link rel="${rel}" href="https://feeds.ada.example/archive/9.atom.xml"/>`;
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(faultsAfter("2.atom.xml", "<entry>", `${link}<entry>`, feed)).toEqual([
      { file: "2.atom.xml", problem: `has no link to ${problem}` },
    ]);
  });

  it.each<[string, string, string | RegExp, string]>([
    ["another length", "feed.xml", 'length="48213"', 'length="0"'],
    ["another type", "feed.xml", /(length="48213" type=)"image\/webp"/, '$1"image/jpeg"'],
    ["another length", "atom.xml", 'length="48213"', 'length="48214"'],
    ["another address", "atom.xml", /(rel="enclosure".*?href=)".*?"/, '$1"https://ada.example/x"'],
    ["no attachment", "feed.json", '"attachments"', '"attached"'],
    ["another length", "feed.json", "48213", '"48213"'],
    ["another type", "feed.json", '"mime_type": "image/webp"', '"mime_type": "image/jpeg"'],
  ])("names an entry whose enclosure has %s in %s", (_, file, from, to) => {
    expect(faultsAfter(file, from, to, aFullFeed())).toEqual([
      { file, problem: "has another enclosure than its post", entry: id(4) },
    ]);
  });

  it.each([
    ["feed.xml", /(Numbers[\s\S]*?<p>)What/],
    ["atom.xml", /(Numbers[\s\S]*?<p>)What/],
    ["feed.json", /(Numbers[\s\S]*?<p>)What/],
  ])("names an entry with another body in %s", (file, from) => {
    expect(faultsAfter(file, from, "$1That")).toEqual([
      { file, problem: "has another body than its post", entry: id(2) },
    ]);
  });

  it("names an entry whose enclosure has a length that is not a number", () => {
    expect(faultsAfter("feed.xml", 'length="0"', 'length="many"', aFullFeed())).toEqual([
      { file: "feed.xml", problem: "has another enclosure than its post", entry: "https://ada.example/?p=7" },
    ]);
  });

  it("names an entry with an enclosure that its post does not have", () => {
    const extra = '<enclosure url="https://ada.example/x.png" length="0" type="image/png"/><title>Numbers';
    expect(faultsAfter("feed.xml", "<title>Numbers", extra)).toEqual([
      { file: "feed.xml", problem: "has another enclosure than its post", entry: id(2) },
    ]);
  });

  it.each<[string, string, string | RegExp, string, string]>([
    ["no link", "feed.xml", "<link>https://ada.example/p2/</link>", "", "has no absolute link"],
    [
      "a relative link",
      "feed.xml",
      "<link>https://ada.example/p2/</link>",
      "<link>/p2/</link>",
      "has no absolute link",
    ],
    ["another title", "feed.xml", "<title>Numbers", "<title>Lumbers", "has another title than its post"],
    [
      "a date with two digits for its year",
      "feed.xml",
      "2026 07:59:00",
      "26 07:59:00",
      "has no date with a four-digit year",
    ],
    ["another date", "feed.xml", "07:59:00 GMT", "07:58:00 GMT", "has another date than its post"],
    [
      "a description after its content",
      "feed.xml",
      /(<title>Numbers[\s\S]*?)(<description>.*?<\/description>\s*)(<content:encoded>.*?<\/content:encoded>)/,
      "$1$3$2",
      "has its description after its content",
    ],
    [
      "two enclosures",
      "feed.xml",
      "<title>Numbers",
      '<enclosure url="u" length="0" type="t"/><enclosure url="u" length="0" type="t"/><title>Numbers',
      "has more than one enclosure",
    ],
    [
      "half an enclosure",
      "feed.xml",
      "<title>Numbers",
      '<enclosure url="u"/><title>Numbers',
      "has an enclosure without url, length or type",
    ],
    [
      "a C1 control",
      "feed.xml",
      /(Numbers<\/title>[\s\S]*?<p>)/,
      "$1\u0085",
      "contains characters that are not allowed in a feed",
    ],
    [
      "no link",
      "atom.xml",
      /<link rel="alternate" type="text\/html" href="https:\/\/ada.example\/p2\/"\/>/,
      "",
      "has no absolute link",
    ],
    [
      "a translation after its own page",
      "atom.xml",
      /(<link rel="alternate" type="text\/html" )(href="https:\/\/ada.example\/p2\/"\/>)/,
      '$1$2$1hreflang="de" href="https://ada.example/de/p2/"/>',
      "has a translation as its page",
    ],
    ["another title", "atom.xml", "Numbers</title>", "Lumbers</title>", "has another title than its post"],
    [
      "an id that is not an IRI",
      "atom.xml",
      /<id>(tag:ada.example,2026:blog\/p2)<\/id>/,
      "<id>$1 b</id>",
      "has an id that is not an absolute IRI",
    ],
    ["no change", "atom.xml", /<updated>2026-03-01T07:59.*?<\/updated>/, "", "has no date of change"],
    ["no date", "atom.xml", /<published>2026-03-01T07:59.*?<\/published>/, "", "has another date than its post"],
    ["an author without a name", "atom.xml", /(Numbers<\/title>)/, "$1<author/>", "has an author without a name"],
    [
      "a C1 control",
      "atom.xml",
      /(Numbers<\/title>[\s\S]*?<p>)/,
      "$1&#x85;]]><![CDATA[\u0085",
      "contains characters that are not allowed in a feed",
    ],
    ["no address", "feed.json", '"url": "https://ada.example/p2/"', '"u": 1', "has no absolute link"],
    ["another title", "feed.json", '"title": "Numbers"', '"title": 5', "has another title than its post"],
    ["no content", "feed.json", /(Numbers",\s*)"content_html"/, '$1"content"', "has no content"],
    ["no change", "feed.json", /"date_modified": "2026-03-01T07:59:00.000Z"/, '"m": 0', "has no date of change"],
    [
      "a NUL",
      "feed.json",
      /(Numbers",\s*"content_html": ")/,
      "$1\\u0000",
      "contains characters that are not allowed in a feed",
    ],
    ["another title", "index.html", ">Numbers<", ">Lumbers<", "has another title than its post"],
    ["no link", "index.html", /href="https:\/\/ada.example\/p2\/"/, 'href=""', "has no absolute link"],
    [
      "another date",
      "index.html",
      'datetime="2026-03-01T07:59',
      'datetime="2026-03-01T06:59',
      "has another date than its post",
    ],
    [
      "a C1 control",
      "index.html",
      "</time> · 4 min read",
      "</time>\u0085",
      "contains characters that are not allowed in a feed",
    ],
  ])("names an entry with %s in %s", (what, file, from, to, problem) => {
    const atFault = what === "a C1 control" && file === "index.html" ? id(1) : id(2);
    expect(faultsAfter(file, from, to)).toContainEqual({ file, problem, entry: atFault });
  });

  it("names an entry whose guid is marked as a URL", () => {
    expect(faultsAfter("feed.xml", 'isPermaLink="false"', 'isPermaLink="true"')).toEqual([
      { file: "feed.xml", problem: "has a guid that is marked as a URL", entry: id(1) },
    ]);
  });

  it.each([
    ["feed.xml", second("<item>", "</item>")],
    ["atom.xml", second("<entry>", "</entry>")],
    ["feed.json", /(\},)\s*\{\s*"id": "tag:ada.example,2026:blog\/p2"[\s\S]*?\},/],
    ["index.html", second("<article", "</article>")],
  ])("reports a lost entry in %s", (file, from) => {
    expect(faultsAfter(file, from, "$1")).toEqual([{ file, problem: "is missing", entry: id(2) }]);
  });

  it.each(["feed.xml", "atom.xml", "feed.json", "index.html"])("refuses an entry that is twice in %s", (file) => {
    const feed = aFeed({ entries: makeEntries([{}, {}]) });
    const doubled = formats.render({ ...feed, entries: [...feed.entries, ...feed.entries.slice(1)] });
    expect(formats.gate(doubled, feed)).toContainEqual({ file, problem: "contains 3 entries instead of 2" });
  });

  it.each(["feed.xml", "atom.xml", "feed.json", "index.html"])("refuses an unknown entry in %s", (file) => {
    expect(faultsAfter(file, "blog/p2", "blog/p9")).toEqual([
      { file, problem: `contains an entry that is not in its window: ${id(9)}` },
      { file, problem: `has the id ${id(9)} in the file`, entry: id(2) },
    ]);
  });

  it("refuses another order", () => {
    const feed = aFeed({ entries: makeEntries([{}, {}]) });
    const reversed = formats.render({ ...feed, entries: feed.entries.toReversed() });
    expect(formats.gate(reversed, feed)).toContainEqual({
      file: "atom.xml",
      problem: `has the id ${id(2)} in the file`,
      entry: id(1),
    });
  });

  it("names an id that is in the window twice", () => {
    const feed = aFeed({ entries: [anEntry(), anEntry({ title: "Again" })] });
    expect(formats.gate(formats.render(feed), feed)).toContainEqual({
      file: "feed.xml",
      problem: "is in the feed more than once",
      entry: id(1),
    });
  });

  it.each([
    ["feed.xml", "<item>", "Numbers</title>", "Numbers&nbsp;</title>"],
    ["atom.xml", "<entry>", "Numbers</title>", "Numbers</titel>"],
    ["index.html", "<article", ">Numbers<", ">Numbers & more<"],
  ])("names the entry in which %s is not well-formed", (file, _, from, to) => {
    const [fault, ...more] = faultsAfter(file, from, to);
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ file, entry: id(2), problem: expect.stringContaining("cannot be parsed: ") });
  });

  it.each([
    ["an illegal character", "<description>On", "<description>\u0001On"],
    ["an undeclared prefix", "<docs>", "<x:y/><docs>"],
    ["a missing end tag", "</rss>", ""],
    ["no content", /[\s\S]*/, ""],
  ])("names no entry for %s", (_, from, to) => {
    expect(faultsAfter("feed.xml", from, to)).toEqual([
      { file: "feed.xml", problem: expect.stringContaining("cannot be parsed: "), entry: undefined },
    ]);
  });

  it.each([
    ["{", "cannot be parsed: "],
    ["[]", "is not JSON Feed 1.1"],
    ["null", "has no items"],
  ])("refuses %s as a JSON feed", (text, problem) => {
    expect(faultsAfter("feed.json", /[\s\S]*/, text)).toContainEqual(
      expect.objectContaining({ file: "feed.json", problem: expect.stringContaining(problem) }),
    );
  });

  it("refuses an item that is not an object", () => {
    const faults = faultsAfter("feed.json", /"items": \[/, '"items": [7,');
    expect(faults).toContainEqual({
      file: "feed.json",
      problem: "contains an entry that is not in its window: one without an id",
    });
  });

  it.each([
    ["a relative URL", { url: "/the-engine/" }, "has no absolute link"],
    ["another scheme", { url: "javascript:alert(1)" }, "has no absolute link"],
    ["no date", { published: Number.NaN }, "has another date than its post"],
    ["a date after the year 9999", { published: 1e15 }, "has another date than its post"],
  ])("names a post with %s in every file", (_, post, problem) => {
    const feed = aFeed({ entries: makeEntries([{}, post, {}]) });
    const faults = formats.gate(formats.render(feed), feed);
    const ofPosts = ["feed.xml", "atom.xml", "feed.json", "index.html"];
    expect(faults).toEqual(ofPosts.map((file) => ({ file, problem, entry: id(2) })));
  });

  it("names an entry whose id is not allowed in Atom", () => {
    const feed = aFeed({ entries: [anEntry({ oldId: "no uri" })] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(faultsAfter("atom.xml", "tag:ada.example,2026:blog/old/no%20uri", "no uri", feed)).toContainEqual({
      file: "atom.xml",
      problem: "has an id that is not an absolute IRI",
      entry: "no uri",
    });
  });

  it("compares ids exactly", () => {
    const feed = aFeed({ entries: [anEntry({ oldId: "https://ada.example?p=7" })] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
    expect(faultsAfter("feed.xml", "https://ada.example?p=7", "https://ada.example/?p=7", feed)).toContainEqual({
      file: "feed.xml",
      problem: "has the id https://ada.example/?p=7 in the file",
      entry: "https://ada.example?p=7",
    });
  });
});
