import * as z from "zod";
import type { Entry, Feed } from "../src/domain/feed.ts";
import type { Post } from "../src/domain/post.ts";
import { cleanLine } from "../src/domain/text.ts";
import { isClean } from "../src/feeds/clean-values.ts";
import { child, elements, parseXml, textIn } from "../src/feeds/tree.ts";
import { aFeed, anEntry, makeEntries } from "../test/feeds/builders.ts";
import type { Writer } from "./feed-writers.ts";

const feedWithSecond = (post: Partial<Post>): Feed => aFeed({ entries: makeEntries([{}, post, {}]) });

/** Feeds with input from real blogs that breaks the output of some library, in the second of three posts. */
export const hostile: Readonly<Record<string, Feed>> = {
  "a body with two ]]> that forges an entry": feedWithSecond({
    html: "x ]]> y ]]></content:encoded></item><item><title>forged</title></item><item><content:encoded><![CDATA[",
  }),
  "a title with two ]]>": feedWithSecond({ title: "a ]]> b ]]> c" }),
  "a NUL in a title": feedWithSecond({ title: "a\u0000b" }),
  "an escape in a body": feedWithSecond({ html: "<p>\u001b[0m</p>" }),
  "half of a surrogate pair": feedWithSecond({ summary: "\ud83d" }),
  "the noncharacter U+FFFE": feedWithSecond({ html: "<p>\ufffe</p>" }),
  "`<` and `&` in a category": feedWithSecond({ categories: [{ name: 'R&D <lab> "1"' }] }),
  "a title with `<` and `&amp;`": feedWithSecond({ title: "Write &amp; for & in <b>" }),
  "a relative URL": feedWithSecond({ url: "/numbers/" }),
  "an invalid URL": feedWithSecond({ url: "https://" }),
  "an invalid date": feedWithSecond({ published: Number.NaN, updated: Number.NaN }),
  "an old id that is not a normalised URL": aFeed({
    entries: [anEntry({ id: "p1", oldId: "https://ADA.example?p=1" }), ...makeEntries([{}, {}]).slice(1)],
  }),
};

interface ReadEntry {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly date: string | undefined;
  readonly link: string | undefined;
}

const text = z.string().refine(isClean).optional();
const jsonFeed = z.object({
  items: z.array(
    z.object({ id: text, title: text, date_published: text, url: text, summary: text, content_html: text }),
  ),
});

const readJson = (written: string): readonly ReadEntry[] =>
  jsonFeed
    .parse(JSON.parse(written))
    .items.map(({ id, title, date_published, url }) => ({ id, title, date: date_published, link: url }));

// An Atom title of the type `html` is HTML.
const plainTitle = (title: string | undefined, type: string | undefined) =>
  type === "html"
    ? title
        ?.replaceAll(/<[^>]*>/g, "")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&")
    : title;

const readXml = (written: string): readonly ReadEntry[] => {
  const root = parseXml(written);
  const isRss = root.name === "rss";
  return elements(isRss ? child(root, "channel") : root, isRss ? "item" : "entry").map((entry) => ({
    id: textIn(child(entry, isRss ? "guid" : "id")),
    title: plainTitle(textIn(child(entry, "title")), child(entry, "title")?.attributes.type),
    date: textIn(child(entry, isRss ? "pubDate" : "published")),
    link: isRss ? textIn(child(entry, "link")) : child(entry, "link")?.attributes.href,
  }));
};

const isCorrect = ({ id, title, date, link }: ReadEntry, expected: Entry | undefined): boolean =>
  id === expected?.id &&
  title === cleanLine(expected?.post.title ?? "") &&
  !Number.isNaN(Date.parse(date ?? "")) &&
  /^https?:\/\/[^/]/.test(link ?? "");

/**
 * True where the output is well-formed, with exactly the posts of the feed, their ids, titles, dates and absolute links,
 * except for the entries that the writer reports as left out.
 */
export const survives = ({ write, leftOut }: Writer, feed: Feed): boolean => {
  try {
    const excluded = leftOut?.(feed) ?? [];
    const expected = feed.entries.filter(({ id }) => !excluded.includes(id));
    return write(feed).every(({ file, text }) => {
      // In UTF-8 a lone surrogate is stored as U+FFFD.
      const stored = text.toWellFormed();
      const read = file.endsWith(".json") ? readJson(stored) : readXml(stored);
      return read.length === expected.length && read.every((entry, index) => isCorrect(entry, expected[index]));
    });
  } catch {
    return false;
  }
};
