import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FormatName } from "./readers/reader.ts";

interface OldEntry {
  readonly id: string;
  readonly url: string;
  /** As readers show it. A note has none. */
  readonly title?: string;
  /** The text of a note, as networks show it. */
  readonly note?: string;
  /** RFC 3339. */
  readonly published: string;
  /** A part of the text, in which there is no markup. */
  readonly words: string;
}

/** The feed of a blog as it was before the move. */
export interface OldFeed {
  readonly generator: string;
  /** True if each id is the address of the page. */
  readonly hasAddresses?: true;
  readonly format: FormatName;
  /** The oldest first. */
  readonly entries: readonly OldEntry[];
  readonly xml: string;
}

const blog = "https://blog.example.com";

interface Generator extends Pick<OldFeed, "generator" | "hasAddresses" | "format"> {
  /** As the generator writes it: a permalink, or the address without its end. */
  readonly idOf: (slug: string, day: number) => string;
  readonly urlOf: (slug: string, day: number) => string;
}

const slugs = ["numbers", "looms", "engines"] as const;

const rssItem = ({ id, url, title, published, words }: OldEntry): string =>
  `<item><title>${title}</title><link>${url}</link><guid isPermaLink="${id === url}">${id}</guid><pubDate>${new Date(published).toUTCString()}</pubDate><description>&lt;p&gt;${words}&lt;/p&gt;</description></item>`;

const atomEntry = ({ id, url, title, published, words }: OldEntry): string =>
  `<entry><title type="html">${title}</title><link href="${url}" rel="alternate" type="text/html"/><id>${id}</id><published>${published}</published><updated>${published}</updated><content type="html">&lt;p&gt;${words}&lt;/p&gt;</content></entry>`;

const xmlOf = (format: FormatName, entries: readonly OldEntry[]): string => {
  const newestFirst = entries.toReversed();
  return format === "RSS"
    ? `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>A Blog</title><link>${blog}/</link><description>Words</description>${newestFirst.map(rssItem).join("")}</channel></rss>`
    : `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A Blog</title><link href="${blog}/"/><id>${blog}/</id><updated>2026-03-03T08:00:00+00:00</updated><author><name>Ada</name></author>${newestFirst.map(atomEntry).join("")}</feed>`;
};

/** Returns a feed of three posts with the ids of a generator. */
const asWrittenBy = ({ idOf, urlOf, ...generator }: Generator): OldFeed => {
  const entries = slugs.map((slug, at): OldEntry => {
    const [day, title] = [at + 1, slug.replace(/^./, (first) => first.toUpperCase())];
    const words = `These are the words of ${title}.`;
    return { id: idOf(slug, day), url: urlOf(slug, day), title, published: `2026-03-0${day}T08:00:00+00:00`, words };
  });
  return { ...generator, entries, xml: xmlOf(generator.format, entries) };
};

const recorded = (name: string): string => readFileSync(join(import.meta.dirname, "../golden/old-feeds", name), "utf8");

/** A post of November 2026, as the system itself published it. */
const posted = (
  day: number,
  id: string,
  path: string,
  words: string,
  more: Pick<OldEntry, "title" | "note">,
): OldEntry => ({
  id,
  url: blog + path,
  published: `2026-11-0${day}T08:00:00+00:00`,
  words,
  ...more,
});

/**
 * Posts of WordPress 6.8.12 (Debian's package, with MariaDB and permalinks of year, month and name), published by
 * `wp_insert_post`: as a draft first, like the editor does, except the post 50, whose guid is the permalink. 48 is an
 * aside and 50 a status, both without a title; 55 was edited. `feed/` and `feed/atom/` are in the golden files as
 * WordPress answered with them.
 */
const wordPressPosts: readonly OldEntry[] = [
  posted(2, `${blog}/?p=42`, "/2026/11/numbers-looms-is-3-4/", "The engine weaves", {
    title: "Numbers & “Looms”: is 3 < 4?",
  }),
  posted(3, `${blog}/?p=44`, "/2026/11/a-picture-of-a-loom/", "Seen in Lyon", { title: "A picture of a loom" }),
  posted(4, `${blog}/?p=46`, "/2026/11/episode-1-the-sound-of-wheels/", "Ten wheels, recorded.", {
    title: "Episode 1: The sound of wheels",
  }),
  posted(5, `${blog}/?p=48`, "/2026/11/48/", "All 24,000 of them fit into one room.", {
    note: "The cards came today. 🎉 All 24,000 of them fit into one room. :mrgreen:\n\nMore at the card maker’s (https://example.org/cards).",
  }),
  posted(6, `${blog}/2026/11/50/`, "/2026/11/50/", "Back at work on note G.", {
    note: "Back at work on note G.\nIt is long — very long.",
  }),
  posted(7, `${blog}/?p=51`, "/2026/11/uber-zahlen-und-%e6%95%b0-naive-%cf%89mega/", "数は力なり。", {
    title: "Über Zahlen und 数: naïve Ωmega",
  }),
  posted(8, `${blog}/?p=53`, "/2026/11/how-to-wire-it/", "Turn the handle:", { title: "How to wire it" }),
  posted(9, `${blog}/?p=55`, "/2026/11/a-post-that-was-corrected/", "The Bernoulli numbers are right now.", {
    title: "A post that was corrected",
  }),
];

/**
 * Posts of Ghost 6.65.0 (from npm, with MariaDB), published by its Admin API from HTML. The first is for members: the
 * feed has what everybody may read. Two have no title, and the last one was edited. `rss/` is in the golden files as
 * Ghost answered with it.
 */
const ghostPosts: readonly OldEntry[] = [
  posted(1, "6b0d7d62a98aaa67347b4814", "/for-members/", "Open words.", { title: "For members" }),
  posted(2, "6b0d7d60a98aaa67347b47f2", "/numbers-looms-is-3-4/", "The engine weaves", {
    title: "Numbers & “Looms”: is 3 < 4?",
  }),
  posted(3, "6b0d7d60a98aaa67347b47f9", "/a-picture-of-a-loom/", "This is the loom.", { title: "A picture of a loom" }),
  posted(5, "6b0d7d61a98aaa67347b47fe", "/untitled/", "All 24,000 of them fit into one room.", {
    note: "The cards came today. 🎉 All 24,000 of them fit into one room.\n\nMore at the card maker’s (https://example.org/cards?ref=blog.example.com).",
  }),
  posted(6, "6b0d7d62a98aaa67347b4810", "/untitled-2/", "Back at work on note G.", {
    note: "Back at work on note G.\nIt is long — very long.",
  }),
  posted(7, "6b0d7d61a98aaa67347b4802", "/uber-zahlen-und-shu-naive-omega/", "数は力なり。", {
    title: "Über Zahlen und 数: naïve Ωmega",
  }),
  posted(8, "6b0d7d62a98aaa67347b4806", "/how-to-wire-it/", "Turn the handle:", { title: "How to wire it" }),
  posted(9, "6b0d7d62a98aaa67347b480a", "/a-post-that-was-corrected/", "The Bernoulli numbers are right now.", {
    title: "A post that was corrected",
  }),
];

const dated = (slug: string, day: number): string => `/2026/03/0${day}/${slug}`;

/** The generators whose ids differ: an address, or a part of it. */
const generators: readonly Generator[] = [
  {
    generator: "Hugo",
    hasAddresses: true,
    format: "RSS",
    idOf: (slug) => `${blog}/posts/${slug}/`,
    urlOf: (slug) => `${blog}/posts/${slug}/`,
  },
  {
    generator: "Astro",
    hasAddresses: true,
    format: "RSS",
    idOf: (slug) => `${blog}/blog/${slug}/`,
    urlOf: (slug) => `${blog}/blog/${slug}/`,
  },
  {
    generator: "Jekyll",
    format: "Atom",
    idOf: (slug, day) => `${blog}${dated(slug, day)}`,
    urlOf: (slug, day) => `${blog}${dated(slug, day)}.html`,
  },
  {
    generator: "Eleventy",
    hasAddresses: true,
    format: "Atom",
    idOf: (slug) => `${blog}/blog/${slug}/`,
    urlOf: (slug) => `${blog}/blog/${slug}/`,
  },
  {
    generator: "Hexo",
    format: "Atom",
    idOf: (slug, day) => `http://blog.example.com${dated(slug, day)}/`,
    urlOf: (slug, day) => `${blog}${dated(slug, day)}/`,
  },
];

export const oldFeeds: readonly OldFeed[] = [
  ...generators.map(asWrittenBy),
  { generator: "WordPress", format: "RSS", entries: wordPressPosts, xml: recorded("wordpress.xml") },
  { generator: "WordPress", format: "Atom", entries: wordPressPosts, xml: recorded("wordpress.atom.xml") },
  { generator: "Ghost", format: "RSS", entries: ghostPosts, xml: recorded("ghost.xml") },
];

const frontMatter = ({ id, url, title, published }: OldEntry): string =>
  [
    title === undefined ? "type: note" : `title: ${JSON.stringify(title)}`,
    `date: ${published}`,
    `permalink: ${new URL(url).pathname}`,
    `guid: ${JSON.stringify(id)}`,
  ].join("\n");

/** Returns the documents of the blog, with the ids of its feed as their `guid`. */
export const documentsOf = ({ entries }: OldFeed): Readonly<Record<string, string>> =>
  Object.fromEntries(
    entries.map((entry, at) => [`${at + 1}.md`, `---\n${frontMatter(entry)}\n---\n${entry.note ?? entry.words}\n`]),
  );
