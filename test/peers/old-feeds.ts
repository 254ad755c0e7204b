import type { FormatName } from "./readers/reader.ts";

interface OldEntry {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly day: number;
}

/** The feed of a blog as its generator writes it, and what Crier reads instead. */
export interface OldFeed {
  readonly generator: string;
  /** True if each id is the address of the page. */
  readonly hasAddresses?: true;
  readonly format: FormatName;
  /** As the generator writes it: a permalink, a number or the address without its end. */
  readonly idOf: (slug: string, day: number) => string;
  readonly urlOf: (slug: string, day: number) => string;
}

const blog = "https://blog.example.com";
const dated = (slug: string, day: number): string => `/2026/03/0${day}/${slug}`;

/** The generators and systems whose ids differ: an address, a part of it, a number, an object id. */
export const oldFeeds: readonly OldFeed[] = [
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
  {
    generator: "WordPress",
    format: "RSS",
    idOf: (_, day) => `${blog}/?p=${day + 40}`,
    urlOf: (slug) => `${blog}/${slug}/`,
  },
  {
    generator: "Ghost",
    format: "RSS",
    idOf: (_, day) => `65f1c0ffee0000000000000${day}`,
    urlOf: (slug) => `${blog}/${slug}/`,
  },
];

const slugs = ["numbers", "looms", "engines"] as const;

export const entriesOf = ({ idOf, urlOf }: OldFeed): readonly OldEntry[] =>
  slugs.map((slug, at) => ({
    id: idOf(slug, at + 1),
    url: urlOf(slug, at + 1),
    title: slug.replace(/^./, (first) => first.toUpperCase()),
    day: at + 1,
  }));

const wordsOf = ({ title }: OldEntry): string => `These are the words of ${title}.`;

const rssItem = (entry: OldEntry): string =>
  `<item><title>${entry.title}</title><link>${entry.url}</link><guid isPermaLink="${entry.id === entry.url}">${entry.id}</guid><pubDate>${new Date(Date.UTC(2026, 2, entry.day, 8)).toUTCString()}</pubDate><description>&lt;p&gt;${wordsOf(entry)}&lt;/p&gt;</description></item>`;

const atomEntry = (entry: OldEntry): string =>
  `<entry><title type="html">${entry.title}</title><link href="${entry.url}" rel="alternate" type="text/html"/><id>${entry.id}</id><published>2026-03-0${entry.day}T08:00:00+00:00</published><updated>2026-03-0${entry.day}T08:00:00+00:00</updated><content type="html">&lt;p&gt;${wordsOf(entry)}&lt;/p&gt;</content></entry>`;

/** Returns the feed as it was before the move. */
export const oldXml = (feed: OldFeed): string => {
  const entries = entriesOf(feed).toReversed();
  return feed.format === "RSS"
    ? `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>A Blog</title><link>${blog}/</link><description>Words</description>${entries.map(rssItem).join("")}</channel></rss>`
    : `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A Blog</title><link href="${blog}/"/><id>${blog}/</id><updated>2026-03-03T08:00:00+00:00</updated><author><name>Ada</name></author>${entries.map(atomEntry).join("")}</feed>`;
};

/** Returns the documents of the blog, with the ids of its feed as their `guid`. */
export const documentsOf = (feed: OldFeed): Readonly<Record<string, string>> =>
  Object.fromEntries(
    entriesOf(feed).map((entry) => [
      `${entry.title.toLowerCase()}.md`,
      `---\ntitle: ${entry.title}\ndate: 2026-03-0${entry.day}T08:00:00Z\npermalink: ${new URL(entry.url).pathname}\nguid: ${JSON.stringify(entry.id)}\n---\n${wordsOf(entry)}\n`,
    ]),
  );
