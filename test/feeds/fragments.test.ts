import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import type { FileParts } from "../../src/feeds/format.ts";
import { hasParts, keepFragments, type PartsFormat } from "../../src/feeds/fragments.ts";
import { gateWith } from "../../src/feeds/gate.ts";
import { feeds, makeFormats } from "../../src/feeds/index.ts";
import { rss } from "../../src/feeds/rss.ts";
import { type FeedView, makeView } from "../../src/feeds/view.ts";
import { runs } from "../support/runs.ts";
import { aFeed, makeEntries } from "./builders.ts";

const posts = (...titles: readonly string[]): Feed =>
  aFeed({ entries: makeEntries(titles.map((title) => ({ title }))) });

const rssParts = (view: FeedView): FileParts => {
  if (!hasParts(rss)) throw new Error("RSS has parts");
  return rss.parts(view);
};

/** RSS whose entries are noted as they are written, and may be written otherwise. */
const noted = (change: (parts: FileParts) => FileParts = (parts) => parts) => {
  const written: string[] = [];
  const format: PartsFormat = {
    ...rss,
    parts: (view) => {
      written.push(...view.entries.map(({ label }) => label));
      return change(rssParts(view));
    },
  };
  return { written, format };
};

describe("the text of an entry", () => {
  test("is written once, and used in every feed that the entry is in", () => {
    const { written, format } = noted();
    const { render } = makeFormats([format]);
    render(posts("a", "b"));
    render(posts("a", "b", "c"));
    render({ ...posts("a", "b", "c"), key: "categories/x", title: "Another feed" });
    expect(written).toEqual(["a", "b", "c"]);
  });

  test("is written again when anything about the entry is different", () => {
    const { written, format } = noted();
    const { render } = makeFormats([format]);
    const feed = posts("a");
    const [entry] = feed.entries;
    if (entry === undefined) throw new Error("there is no entry");
    const changes = [
      {},
      { post: { ...entry.post, html: "<p>Other words.</p>" } },
      { post: { ...entry.post, syndication: ["https://mastodon.example/1"] } },
      { updated: entry.updated + 1 },
    ];
    for (const change of changes) render({ ...feed, entries: [{ ...entry, ...change }] });
    for (const change of [{ language: "fr" }, { author: { name: "Somebody else" } }, { content: "summary" as const }])
      render({ ...feed, ...change });
    expect(written).toHaveLength(7);
  });

  test("is forgotten when it was not used for long, and then written again", () => {
    const { written, format } = noted();
    const joined = keepFragments(10_000);
    for (let n = 0; n < 50; n += 1) joined(format, makeView(posts(`title ${n}`)));
    joined(format, makeView(posts("title 49")));
    expect(written).toHaveLength(50);
    const { text } = joined(format, makeView(posts("title 0")));
    expect(written).toHaveLength(51);
    expect(text).toBe(rss.write(makeView(posts("title 0")), posts("title 0")));
  });
});

test("whatever was rendered before, a feed is rendered as if it were the first", () => {
  const used = makeFormats(feeds);
  const post = fc.record({
    title: fc.constantFrom("a", "b", "]]>", "<x>"),
    html: fc.constantFrom("", "<p>1</p>", "<p>]]&gt;</p>"),
    language: fc.constantFrom("en", "fr"),
    summary: fc.constantFrom("", "s"),
  });
  const feed = fc.record({
    entries: fc.array(post, { maxLength: 4 }).map(makeEntries),
    language: fc.constantFrom("en", "fr"),
    author: fc.constantFrom({ name: "A" }, { name: "B", url: "https://b.example/" }),
    content: fc.constantFrom("full" as const, "summary" as const),
    key: fc.constantFrom("main" as const, "categories/c" as const),
  });
  fc.assert(
    fc.property(feed, (some) => {
      const one = aFeed(some);
      const fresh = makeFormats(feeds);
      expect(used.render(one)).toEqual(fresh.render(one));
      expect(used.gate(used.render(one), one)).toEqual(fresh.gate(fresh.render(one), one));
    }),
    { numRuns: runs(300) },
  );
});

describe("the gate", () => {
  const faultsOf = (change: (parts: FileParts) => FileParts, feed = posts("a", "b")) => {
    const { format } = noted(change);
    const view = makeView(feed);
    const joined = keepFragments();
    const { text } = joined(format, view);
    const gate = gateWith(
      [format],
      () => view,
      () => joined(format, view),
    );
    return gate([{ file: "feed.xml", contentType: "", text }], feed);
  };
  const eachEntry = (edit: (text: string, index: number) => string) => (parts: FileParts) => ({
    ...parts,
    entries: parts.entries.map(edit),
  });

  test("finds nothing in what was joined of sound parts", () => {
    expect(faultsOf((parts) => parts)).toEqual([]);
  });

  test("finds two texts that are well-formed only together", () => {
    const half = eachEntry((text, index) => (index === 0 ? `${text}<item>` : `</item>${text}`));
    expect(faultsOf(half)).not.toEqual([]);
  });

  test("finds a text with an entry too many, with none, or with another one", () => {
    expect(faultsOf(eachEntry((text, index) => (index === 0 ? text + text : text)))).not.toEqual([]);
    expect(faultsOf(eachEntry((text, index) => (index === 0 ? "" : text)))).not.toEqual([]);
    expect(faultsOf(eachEntry((text) => text.replace("<![CDATA[a]]>", "b").replace(/>a</, ">b<")))).not.toEqual([]);
  });

  test("finds a frame that hides its entries", () => {
    const hidden = ({ frame, entries }: FileParts): FileParts => ({
      frame: { ...frame, head: `${frame.head}<!--`, tail: `-->${frame.tail}`, empty: `${frame.head}${frame.tail}` },
      entries,
    });
    expect(faultsOf(hidden)).not.toEqual([]);
  });
});
