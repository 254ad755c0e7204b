import type { FeedText, PolledEntry, PolledFeed } from "../../src/domain/polled-feed.ts";
import { readFeed } from "../../src/feed-reader/read-feed.ts";

export const feedUrl = "https://blog.example.com/feed.xml";

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

export const readingOf = (content: string | Uint8Array, contentType?: string, url = feedUrl) =>
  readFeed({ url, contentType, body: bytesOf(content) });

/** The feed that the content is. */
export const feedOf = (content: string | Uint8Array, contentType?: string, url = feedUrl): PolledFeed => {
  const result = readingOf(content, contentType, url);
  if (result.kind === "no-feed") throw new Error(result.problem);
  return result.feed;
};

/** Its only entry. */
export const entryOf = (content: string | Uint8Array, contentType?: string): PolledEntry => {
  const [entry, ...others] = feedOf(content, contentType).entries;
  if (entry === undefined || others.length > 0) throw new Error(`it has ${others.length} more entries than one`);
  return entry;
};

const namespaces = [
  'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"',
  'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
  'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"',
].join(" ");

export const rss = (channel: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" ${namespaces}><channel><title>A Blog</title><link>https://blog.example.com/</link>${channel}</channel></rss>`;

export const rssItem = (inside: string): string => rss(`<item>${inside}</item>`);

export const atom = (inside: string, attributes = ""): string =>
  `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" ${attributes}><title>A Blog</title>${inside}</feed>`;

export const atomEntry = (inside: string, attributes = ""): string => atom(`<entry>${inside}</entry>`, attributes);

export const jsonFeed = (item: object, feed: object = {}): string =>
  JSON.stringify({ version: "https://jsonfeed.org/version/1.1", title: "A Blog", ...feed, items: [item] });

/** The text, whether it is plain or HTML. */
export const written = (text: FeedText | undefined): string | undefined =>
  text === undefined ? undefined : "html" in text ? text.html : text.text;
