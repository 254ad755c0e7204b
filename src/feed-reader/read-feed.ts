import { gunzipSync } from "node:zlib";
import { Parser } from "htmlparser2";
import type { FeedBytes, PolledFeed } from "../domain/polled-feed.ts";
import { correctWindows1252, repairText } from "../domain/text-repair.ts";
import type { ReadFeedResult } from "../ports/content.ts";
import { readAtom, readJsonFeed, readRss } from "./feed-formats.ts";
import { plainTitle } from "./feed-values.ts";
import { childrenOf, parseXml, textIn, urlIn } from "./xml-tree.ts";

const roots = new Set(["rss", "rdf:rdf", "atom:feed"]);

/** Returns the feeds that a page links to for feed readers. */
const feedsOfPage = (html: string, url: string): readonly string[] => {
  const found: string[] = [];
  const parser = new Parser({
    onopentag: (name, { rel = "", type = "", href }) => {
      if (
        name !== "link" ||
        !/\balternate\b/i.test(rel) ||
        !/^application\/(?:(?:rss|atom)\+xml|feed\+json)/i.test(type)
      )
        return;
      const address = urlIn(href, url);
      if (address !== undefined) found.push(address);
    },
  });
  parser.end(html.slice(0, 200_000));
  return found;
};

const noFeed = (text: string, url: string): ReadFeedResult => {
  if (text.trim() === "") return { kind: "no-feed", problem: "it is empty" };
  if (!/<(?:!doctype html|html|head|body)\b/i.test(text.slice(0, 5_000)))
    return { kind: "no-feed", problem: "it is not RSS, Atom or JSON Feed" };
  const feeds = feedsOfPage(text, url).slice(0, 3);
  return {
    kind: "no-feed",
    problem: `it is a page, not a feed${feeds.length === 0 ? "" : `: its feeds are ${feeds.join(", ")}`}`,
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const feedResult = (feed: PolledFeed): ReadFeedResult => ({
  kind: "feed",
  feed: {
    ...feed,
    entries: feed.entries.map((entry) => ({ ...entry, url: entry.url && withoutTracking(entry.url) })),
  },
});

/** Reads the answer of a feed's address: RSS, Atom or JSON Feed, whatever its media type says. Never throws. */
export const readFeed = ({ body, contentType = "", url }: FeedBytes): ReadFeedResult => {
  let text: string;
  try {
    text = repairText(decodeText(decompress(body), contentType));
  } catch {
    return { kind: "no-feed", problem: "its gzip cannot be decompressed, or is longer than 10 MB" };
  }
  if (/^\s*\{/.test(text)) {
    const feed = readJsonFeed(parseJson(text), url);
    return feed === undefined ? { kind: "no-feed", problem: "it is not a JSON Feed" } : feedResult(feed);
  }
  const { root, isComplete } = parseXml(text, url, roots);
  if (root === undefined) return noFeed(text, url);
  return feedResult((root.name === "atom:feed" ? readAtom : readRss)(root, isComplete));
};

export type ReadPagesResult =
  /** `title` is plain text; a sitemap has none. */
  | {
      readonly kind: "feed" | "sitemap";
      readonly pages: readonly { readonly url: string; readonly title: string | undefined }[];
    }
  | { readonly kind: "index"; readonly sitemaps: readonly string[] }
  /** The problem is the end of a sentence about the address. */
  | { readonly kind: "neither"; readonly problem: string };

const sitemapRoots = new Set(["urlset", "sitemapindex"]);

const sitemapText = ({ body, contentType = "" }: FeedBytes): string => {
  try {
    return decodeText(decompress(body), contentType);
  } catch {
    return "";
  }
};

/** Returns the pages that a feed or a sitemap (sitemaps.org) lists. Never throws. */
export const readSitePages = (bytes: FeedBytes): ReadPagesResult => {
  const { root } = parseXml(sitemapText(bytes), bytes.url, sitemapRoots);
  const locations = (name: string) =>
    childrenOf(root, name).flatMap((element) => urlIn(textIn(element, "loc"), bytes.url) ?? []);
  if (root?.name === "sitemapindex") return { kind: "index", sitemaps: locations("sitemap") };
  if (root !== undefined) return { kind: "sitemap", pages: locations("url").map((url) => ({ url, title: undefined })) };
  const read = readFeed(bytes);
  if (read.kind === "no-feed") return { kind: "neither", problem: read.problem };
  return {
    kind: "feed",
    pages: read.feed.entries.flatMap(({ url, title }) =>
      url === undefined ? [] : [{ url, title: plainTitle(title) }],
    ),
  };
};

/**
 * True for parameters that say where a reader came from: campaigns, Facebook, Google, Mailchimp, and `source=rss` of
 * Medium.
 */
const isTracking = ([name, value]: readonly [string, string]): boolean =>
  /^(?:utm_|fbclid$|gclid$|mc_[ce]id$|at_(?:medium|campaign)$)/i.test(name) ||
  (name === "source" && /^rss/i.test(value));

/** Returns the address of an entry without the parameters that a service adds to it. */
const withoutTracking = (address: string): string => {
  const url = new URL(address);
  const tracking = [...url.searchParams].filter(isTracking);
  // A query without such parameters must stay the same byte for byte.
  for (const [name] of tracking) url.searchParams.delete(name);
  return url.href;
};

/** Bytes after decompression. */
export const maxFeed = 10_000_000;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Some servers send gzip without the header that says so, so the bytes decide. Throws if they are not valid, or too
 * many.
 */
const decompress = (bytes: Uint8Array): Uint8Array =>
  isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: maxFeed }) : bytes;

const markedEncoding = ([first, second, third]: Uint8Array): string | undefined => {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  // UTF-16 has a byte order mark, or none before `<`.
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le";
  return (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c) ? "utf-16be" : undefined;
};

const decode = (bytes: Uint8Array, encoding: string, fatal: boolean): string | undefined => {
  try {
    const decoder = new TextDecoder(encoding, { fatal });
    const text = decoder.decode(bytes);
    return decoder.encoding === "windows-1252" ? correctWindows1252(text) : text;
  } catch {
    return undefined;
  }
};

const declaredIn = (bytes: Uint8Array, contentType: string): readonly string[] => {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  const inXml = /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1];
  const inHeader = /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1];
  return [inXml, inHeader].flatMap((name) => (name === undefined ? [] : [name.toLowerCase()]));
};

/**
 * Decodes the text of a feed. A declared encoding is wrong so often that the bytes are checked first: valid UTF-8 is
 * UTF-8, because text in another encoding almost never is. Only ISO-2022-JP text is valid ASCII, too.
 */
const decodeText = (bytes: Uint8Array, contentType: string): string => {
  const marked = markedEncoding(bytes);
  if (marked !== undefined) return decode(bytes, marked, false) ?? "";
  const declared = declaredIn(bytes, contentType);
  const iso2022 = declared.find((name) => name.startsWith("iso-2022-"));
  const utf8 = iso2022 === undefined ? decode(bytes, "utf-8", true) : undefined;
  if (utf8 !== undefined) return utf8;
  const others = declared.filter((name) => !/^utf-?(?:8|16)|^unicode/.test(name));
  for (const name of others) {
    const text = decode(bytes, name, false);
    if (text !== undefined) return text;
  }
  return withStrayBytes(bytes);
};

/**
 * Decodes UTF-8 with single bytes of Windows-1252, which a partly converted database has: each part is read in its own
 * encoding.
 */
const withStrayBytes = (bytes: Uint8Array): string => {
  const text = new TextDecoder("utf-8").decode(bytes);
  const replaced = text.match(/\uFFFD/g)?.length ?? 0;
  const valid = text.match(/[^\0-\x7F\uFFFD]/gu)?.length ?? 0;
  return valid > replaced ? text : (decode(bytes, "windows-1252", false) ?? "");
};
