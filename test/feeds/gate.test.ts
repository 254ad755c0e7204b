import { describe, expect, it } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Fault } from "../../src/ports.ts";
import { aFeed, anEntry, entriesOf } from "./builders.ts";

const id = (n: number) => `tag:ada.example,2026:blog/p${n}`;

/** The gate's word on a feed in one of whose files something was replaced. */
const seeded = (file: string, from: string | RegExp, to: string, feed: Feed = aFeed()): readonly Fault[] => {
  const rendered = formats.render(feed);
  const broken = rendered.map((one) => (one.file === file ? { ...one, text: one.text.replace(from, to) } : one));
  expect(broken).not.toEqual(rendered);
  return formats.gate(broken, feed);
};

const second = (start: string, end: string) => new RegExp(`(${end}[\\s\\S]*?)${start}[\\s\\S]*?${end}`);

describe("the gate", () => {
  it("lets a good feed pass", () => {
    expect(formats.gate(formats.render(aFeed()), aFeed())).toEqual([]);
  });

  it("misses a file that was not rendered", () => {
    expect(formats.gate(formats.render(aFeed()).slice(1), aFeed())).toEqual([
      { file: "feed.xml", problem: "was not rendered" },
    ]);
  });

  it.each<[string, string, string | RegExp, string, string]>([
    ["no version", "feed.xml", 'version="2.0"', 'version="0.9"', "is no RSS 2.0"],
    ["no title", "feed.xml", /<title>Ada.*?<\/title>/, "", "has no title"],
    ["no link", "feed.xml", /<link>.*?<\/link>/, "", "has no link"],
    ["no description", "feed.xml", /<description>On.*?<\/description>/, "", "has no description"],
    ["another self", "feed.xml", 'ada.example/feed.xml"', 'ada.example/other.xml"', "does not name its own address"],
    [
      "another vocabulary",
      "atom.xml",
      'xmlns="http://www.w3.org/2005/Atom"',
      'xmlns="http://purl.org/atom/ns#"',
      "is no Atom 1.0",
    ],
    ["no id", "atom.xml", /<id>.*?<\/id>/, "", "has no id"],
    ["no title", "atom.xml", /<title>.*?<\/title>/, "", "has no title"],
    ["no change", "atom.xml", /<updated>.*?<\/updated>/, "", "does not say when it was changed"],
    ["no author", "atom.xml", /<author>[\s\S]*?<\/author>/, "", "has no author"],
    ["no self", "atom.xml", /<link rel="self".*?\/>/, "", "does not name its own address"],
    ["no page", "atom.xml", /<link rel="alternate".*?\/>/, "", "does not name its page"],
    ["no version", "feed.json", "version/1.1", "version/1", "is no JSON Feed 1.1"],
    ["no title", "feed.json", '"title": "Ada', '"t": "Ada', "has no title"],
    ["no page", "feed.json", "home_page_url", "page", "does not name its page"],
    ["another address", "feed.json", "/feed.json", "/other.json", "does not name its own address"],
    ["no author", "feed.json", '"authors"', '"author"', "has no author"],
    ["no title", "index.html", /<title>.*?<\/title>/, "", "has no title"],
    ["no way to a feed", "index.html", /<link rel="alternate".*?\/>/, "", "does not lead to every feed"],
  ])("refuses a feed with %s in %s", (_, file, from, to, problem) => {
    expect(seeded(file, from, to)).toEqual([{ file, problem }]);
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
      "a description behind its content",
      "feed.xml",
      /(<title>Numbers[\s\S]*?)(<description>.*?<\/description>\s*)(<content:encoded>.*?<\/content:encoded>)/,
      "$1$3$2",
      "has its description behind its content",
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
    ["a C1 control", "feed.xml", /(Numbers<\/title>[\s\S]*?<p>)/, "$1\u0085", "holds characters that no feed may hold"],
    [
      "no link",
      "atom.xml",
      /<link rel="alternate" type="text\/html" href="https:\/\/ada.example\/p2\/"\/>/,
      "",
      "has no absolute link",
    ],
    ["another title", "atom.xml", "Numbers</title>", "Lumbers</title>", "has another title than its post"],
    ["no change", "atom.xml", /<updated>2026-03-01T07:59.*?<\/updated>/, "", "does not say when it was changed"],
    ["no date", "atom.xml", /<published>2026-03-01T07:59.*?<\/published>/, "", "has another date than its post"],
    ["a nameless author", "atom.xml", /(Numbers<\/title>)/, "$1<author/>", "has an author without a name"],
    [
      "a C1 control",
      "atom.xml",
      /(Numbers<\/title>[\s\S]*?<p>)/,
      "$1&#x85;]]><![CDATA[\u0085",
      "holds characters that no feed may hold",
    ],
    ["no address", "feed.json", '"url": "https://ada.example/p2/"', '"u": 1', "has no absolute link"],
    ["another title", "feed.json", '"title": "Numbers"', '"title": 5', "has another title than its post"],
    ["no content", "feed.json", /(Numbers",\s*)"content_html"/, '$1"content"', "has no content"],
    [
      "no change",
      "feed.json",
      /"date_modified": "2026-03-01T07:59:00.000Z"/,
      '"m": 0',
      "does not say when it was changed",
    ],
    ["a NUL", "feed.json", /(Numbers",\s*"content_html": ")/, "$1\\u0000", "holds characters that no feed may hold"],
    ["another title", "index.html", ">Numbers<", ">Lumbers<", "has another title than its post"],
    ["no link", "index.html", /href="https:\/\/ada.example\/p2\/"/, 'href=""', "has no absolute link"],
    [
      "another date",
      "index.html",
      'datetime="2026-03-01T07:59',
      'datetime="2026-03-01T06:59',
      "has another date than its post",
    ],
    ["a C1 control", "index.html", "</time> · 4 min read", "</time>\u0085", "holds characters that no feed may hold"],
  ])("names the entry that has %s in %s", (what, file, from, to, problem) => {
    const blamed = what === "a C1 control" && file === "index.html" ? id(1) : id(2);
    expect(seeded(file, from, to)).toContainEqual({ file, problem, entry: blamed });
  });

  it("names the entry whose guid claims to be a URL", () => {
    expect(seeded("feed.xml", 'isPermaLink="false"', 'isPermaLink="true"')).toEqual([
      { file: "feed.xml", problem: "says that its guid is a URL", entry: id(1) },
    ]);
  });

  it.each([
    ["feed.xml", second("<item>", "</item>")],
    ["atom.xml", second("<entry>", "</entry>")],
    ["feed.json", /(\},)\s*\{\s*"id": "tag:ada.example,2026:blog\/p2"[\s\S]*?\},/],
    ["index.html", second("<article", "</article>")],
  ])("misses a lost entry in %s", (file, from) => {
    expect(seeded(file, from, "$1")).toEqual([{ file, problem: "is missing", entry: id(2) }]);
  });

  it.each(["feed.xml", "atom.xml", "feed.json", "index.html"])("refuses an entry that stands twice in %s", (file) => {
    const feed = aFeed({ entries: entriesOf([{}, {}]) });
    const doubled = formats.render({ ...feed, entries: [...feed.entries, ...feed.entries.slice(1)] });
    expect(formats.gate(doubled, feed)).toContainEqual({ file, problem: "holds 3 entries instead of 2" });
  });

  it.each(["feed.xml", "atom.xml", "feed.json", "index.html"])("refuses a stranger in %s", (file) => {
    expect(seeded(file, "blog/p2", "blog/p9")).toEqual([
      { file, problem: `holds an entry that its window does not: ${id(9)}` },
      { file, problem: `stands there as ${id(9)}`, entry: id(2) },
    ]);
  });

  it("refuses another order", () => {
    const feed = aFeed({ entries: entriesOf([{}, {}]) });
    const turned = formats.render({ ...feed, entries: feed.entries.toReversed() });
    expect(formats.gate(turned, feed)).toContainEqual({
      file: "atom.xml",
      problem: `stands there as ${id(2)}`,
      entry: id(1),
    });
  });

  it("names an id that stands in the window twice", () => {
    const feed = aFeed({ entries: [anEntry(), anEntry({ title: "Again" })] });
    expect(formats.gate(formats.render(feed), feed)).toContainEqual({
      file: "feed.xml",
      problem: "stands in the feed more than once",
      entry: id(1),
    });
  });

  it.each([
    ["feed.xml", "<item>", "Numbers</title>", "Numbers&nbsp;</title>"],
    ["atom.xml", "<entry>", "Numbers</title>", "Numbers</titel>"],
    ["index.html", "<article", ">Numbers<", ">Numbers & more<"],
  ])("names the entry at which %s stops being well-formed", (file, _, from, to) => {
    const [fault, ...more] = seeded(file, from, to);
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ file, entry: id(2), problem: expect.stringContaining("cannot be parsed: ") });
  });

  it.each([
    ["an illegal character", "<description>On", "<description>\u0001On"],
    ["an undeclared prefix", "<docs>", "<x:y/><docs>"],
    ["a lost end", "</rss>", ""],
    ["nothing in it", /[\s\S]*/, ""],
  ])("blames no entry for %s", (_, from, to) => {
    expect(seeded("feed.xml", from, to)).toEqual([
      { file: "feed.xml", problem: expect.stringContaining("cannot be parsed: "), entry: undefined },
    ]);
  });

  it.each([
    ["{", "cannot be parsed: "],
    ["[]", "is no JSON Feed 1.1"],
    ["null", "has no items"],
  ])("refuses %s for a JSON feed", (text, problem) => {
    expect(seeded("feed.json", /[\s\S]*/, text)).toContainEqual(
      expect.objectContaining({ file: "feed.json", problem: expect.stringContaining(problem) }),
    );
  });

  it("does not take just anything for an item", () => {
    const faults = seeded("feed.json", /"items": \[/, '"items": [7,');
    expect(faults).toContainEqual({
      file: "feed.json",
      problem: "holds an entry that its window does not: one without id",
    });
  });

  it.each([
    ["a relative URL", { url: "/the-engine/" }, "has no absolute link"],
    ["another scheme", { url: "javascript:alert(1)" }, "has no absolute link"],
    ["no date", { published: Number.NaN }, "has another date than its post"],
    ["a date after the year 9999", { published: 1e15 }, "has another date than its post"],
  ])("names a post with %s in every file, and the others render", (_, post, problem) => {
    const feed = aFeed({ entries: entriesOf([{}, post, {}]) });
    const faults = formats.gate(formats.render(feed), feed);
    expect(faults).toEqual(formats.render(feed).map(({ file }) => ({ file, problem, entry: id(2) })));
  });

  it("names an entry whose id does not come through every format", () => {
    const feed = aFeed({ entries: [anEntry({}, { id: "no uri" })] });
    expect(formats.gate(formats.render(feed), feed)).toContainEqual({
      file: "atom.xml",
      problem: "stands there as about:blank",
      entry: "no uri",
    });
  });
});
