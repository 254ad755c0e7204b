import * as z from "zod";
import type { Entry, Feed } from "../src/domain/feed.ts";
import type { Post } from "../src/domain/post.ts";
import { cleanLine } from "../src/domain/text.ts";
import { isClean } from "../src/feeds/characters.ts";
import { child, elements, parseXml, textOf } from "../src/feeds/tree.ts";
import { aFeed, anEntry, entriesOf } from "../test/feeds/builders.ts";
import type { Writer } from "./feed-writers.ts";

const second = (post: Partial<Post>): Feed => aFeed({ entries: entriesOf([{}, post, {}]) });

/** Inputs that real blogs hold, each of which breaks what some library writes: the title of the second of three posts names it. */
export const hostile: Readonly<Record<string, Feed>> = {
  "a body with two ]]> that forges an entry": second({
    html: "x ]]> y ]]></content:encoded></item><item><title>forged</title></item><item><content:encoded><![CDATA[",
  }),
  "a title with two ]]>": second({ title: "a ]]> b ]]> c" }),
  "a NUL in a title": second({ title: "a\u0000b" }),
  "an escape in a body": second({ html: "<p>\u001b[0m</p>" }),
  "half of a surrogate pair": second({ summary: "\ud83d" }),
  "the noncharacter U+FFFE": second({ html: "<p>\ufffe</p>" }),
  "`<` and `&` in a category": second({ categories: [{ name: 'R&D <lab> "1"' }] }),
  "a title with `<` and `&amp;`": second({ title: "Write &amp; for & in <b>" }),
  "a relative URL": second({ url: "/numbers/" }),
  "a broken URL": second({ url: "https://" }),
  "an impossible date": second({ published: Number.NaN, updated: Number.NaN }),
  "an old id that is no normal URL": aFeed({
    entries: [anEntry({ id: "p1", oldId: "https://ADA.example?p=1" }), ...entriesOf([{}, {}]).slice(1)],
  }),
};

interface Read {
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

const json = (written: string): readonly Read[] =>
  jsonFeed
    .parse(JSON.parse(written))
    .items.map(({ id, title, date_published, url }) => ({ id, title, date: date_published, link: url }));

// An Atom title of the type `html` is HTML: one step more to plain text.
const plain = (title: string | undefined, type: string | undefined) =>
  type === "html"
    ? title
        ?.replaceAll(/<[^>]*>/g, "")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&")
    : title;

const xml = (written: string): readonly Read[] => {
  const root = parseXml(written);
  const isRss = root.name === "rss";
  return elements(isRss ? child(root, "channel") : root, isRss ? "item" : "entry").map((entry) => ({
    id: textOf(child(entry, isRss ? "guid" : "id")),
    title: plain(textOf(child(entry, "title")), child(entry, "title")?.attributes.type),
    date: textOf(child(entry, isRss ? "pubDate" : "published")),
    link: isRss ? textOf(child(entry, "link")) : child(entry, "link")?.attributes.href,
  }));
};

const isGood = ({ id, title, date, link }: Read, wanted: Entry | undefined): boolean =>
  id === wanted?.id &&
  title === cleanLine(wanted?.post.title ?? "") &&
  !Number.isNaN(Date.parse(date ?? "")) &&
  /^https?:\/\/[^/]/.test(link ?? "");

/**
 * Whether what it writes can be read: well-formed, with exactly the posts of the window, their ids, titles, dates and
 * absolute links; or without those that it says it left out.
 */
export const survives = ({ write, leftOut }: Writer, feed: Feed): boolean => {
  try {
    const out = leftOut?.(feed) ?? [];
    const wanted = feed.entries.filter(({ id }) => !out.includes(id));
    return write(feed).every(({ file, text }) => {
      // As it is once it has been stored as UTF-8: half of a surrogate pair is U+FFFD then.
      const stored = text.toWellFormed();
      const read = file.endsWith(".json") ? json(stored) : xml(stored);
      return read.length === wanted.length && read.every((entry, index) => isGood(entry, wanted[index]));
    });
  } catch {
    return false;
  }
};
