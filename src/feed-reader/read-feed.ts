import { gunzipSync } from "node:zlib";
import { Parser } from "htmlparser2";
import type { FeedBytes, FeedText, PolledEntry, PolledFeed } from "../domain/polled-feed.ts";
import type { Person } from "../domain/site.ts";
import { correctWindows1252, repairText } from "../domain/text-repair.ts";
import type { ReadFeedResult } from "../ports/content.ts";
import { readJsonFeed } from "./read-json-feed.ts";
import {
  childElements,
  elementText,
  hasElements,
  innerMarkup,
  makeFiles,
  mediaCategories,
  mediaPictures,
  namedPeople,
  parseXml,
  plainTitle,
  readPollInterval,
  sortFiles,
  textIn,
  titleText,
  urlIn,
  type XmlElement,
} from "./xml-tree.ts";

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
    childElements(root, name).flatMap((element) => urlIn(textIn(element, "loc"), bytes.url) ?? []);
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

/**
 * Reads `jane@example.org (Jane)`, `Jane <jane@example.org>`, `Jane (jane@example.org)` and `Jane`. An address alone is
 * not a name for readers. An address where no format has one is not published.
 */
const mailAuthor = (written: string): readonly Person[] => {
  const text = written.slice(0, 300);
  const [, first, name] = /^\s*(\S+@\S+)\s*\(([^()]+)\)\s*$/.exec(text) ?? [];
  if (name !== undefined) return namedPeople(name, undefined, first);
  const [, before, address] = /^\s*([^<>]*\S)\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text) ?? [];
  if (before !== undefined) return namedPeople(before, undefined, address);
  const end = text.lastIndexOf("(");
  if (end > 0 && /^\([^()\s@]+@[^()\s@]+\)$/.test(text.slice(end).trim()))
    return namedPeople(text.slice(0, end), undefined, undefined);
  return /^\S+@\S+$/.test(text.trim()) ? [] : namedPeople(text, undefined, undefined);
};

const rssAuthors = (element: XmlElement | undefined): readonly Person[] => {
  const creators = childElements(element, "dc:creator").flatMap((one) => mailAuthor(elementText(one) ?? ""));
  if (creators.length > 0) return creators;
  const atom = childElements(element, "atom:author").flatMap((one) =>
    namedPeople(textIn(one, "atom:name"), urlIn(textIn(one, "atom:uri"), one.base), textIn(one, "atom:email")),
  );
  if (atom.length > 0) return atom;
  const text = textIn(element, "author", "managingeditor", "itunes:author");
  return text === undefined ? [] : mailAuthor(text);
};

const rssTitle = (item: XmlElement): FeedText | undefined => {
  const [element] = childElements(item, "title", "dc:title");
  return element !== undefined && hasElements(element)
    ? { html: innerMarkup(element) }
    : titleText(textIn(item, "title", "dc:title", "media:title"));
};

const rssHtml = (element: XmlElement | undefined): string | undefined => {
  if (element === undefined) return undefined;
  return (hasElements(element) ? innerMarkup(element) : elementText(element)) || undefined;
};

const firstHtml = (item: XmlElement, ...names: readonly string[]): string | undefined =>
  childElements(item, ...names)
    .map(rssHtml)
    .find((text) => text !== undefined);

/** FeedBurner and others replace the link and keep the original one. A guid is a link unless it says otherwise. */
const rssUrl = (item: XmlElement, siteUrl: string): string | undefined => {
  const [guid] = childElements(item, "guid");
  const isLink = guid?.attributes.get("ispermalink")?.toLowerCase() !== "false";
  const atomLinks = childElements(item, "atom:link").filter(
    ({ attributes }) => (attributes.get("rel") ?? "alternate") === "alternate",
  );
  const links = childElements(item, "link");
  const candidates = [
    textIn(item, "feedburner:origlink"),
    ...links.map(elementText),
    ...[...links, ...atomLinks].map(({ attributes }) => attributes.get("href")),
    item.attributes.get("rdf:about"),
  ];
  const base = item.hasBase ? item.base : siteUrl;
  const found = candidates.map((text) => urlIn(text, base)).find((url) => url !== undefined);
  const guidUrl = isLink && /^https?:/i.test(elementText(guid) ?? "") ? urlIn(elementText(guid), base) : undefined;
  return found ?? guidUrl;
};

const rssCategories = (item: XmlElement): readonly string[] =>
  childElements(item, "category", "dc:subject")
    .flatMap((one) => elementText(one) ?? [])
    .concat(mediaCategories(item));

const rssLanguage = (channel: XmlElement): string | undefined => textIn(channel, "language", "dc:language");

const episodeElements = {
  duration: "itunes:duration",
  episode: "itunes:episode",
  season: "itunes:season",
  episodeType: "itunes:episodetype",
  explicit: "itunes:explicit",
} as const;

const rssEpisode = (item: XmlElement): Pick<PolledEntry, "episode"> => {
  const found = Object.entries(episodeElements).flatMap(([field, name]) => {
    const text = textIn(item, name);
    return text === undefined ? [] : [[field, text] as const];
  });
  return found.length === 0 ? {} : { episode: Object.fromEntries(found) };
};

const rssEntry = (item: XmlElement, channel: XmlElement, siteUrl: string): PolledEntry => {
  const own = rssAuthors(item);
  const enclosures = sortFiles(
    childElements(item, "enclosure").flatMap(({ attributes, base }) =>
      makeFiles(
        urlIn(attributes.get("url"), item.hasBase ? base : siteUrl),
        attributes.get("type"),
        attributes.get("length"),
      ),
    ),
  );
  const full = firstHtml(item, "content:encoded", "xhtml:body", "body");
  const description = firstHtml(item, "description", "itunes:summary", "media:description", "itunes:subtitle");
  const content = full ?? description;
  return {
    guid: textIn(item, "guid") ?? item.attributes.get("rdf:about"),
    url: rssUrl(item, siteUrl) ?? enclosures.others[0]?.url,
    title: rssTitle(item),
    published: textIn(item, "pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published"),
    updated: textIn(item, "atom:updated", "dcterms:modified"),
    summary:
      full === undefined || description === undefined || full === description ? undefined : { html: description },
    content: content === undefined ? undefined : { html: content },
    base: item.hasBase ? item.base : undefined,
    authors: own.length > 0 ? own : rssAuthors(channel),
    categories: rssCategories(item),
    images: [...enclosures.pictures, ...mediaPictures(item)],
    attachments: enclosures.others,
    ...rssEpisode(item),
    language: item.language ?? textIn(item, "dc:language") ?? rssLanguage(channel),
  };
};

/** Reads RSS 0.9x and 2.0, and RSS 1.0 (RDF), whose items are beside the channel. */
const readRss = (root: XmlElement, isComplete: boolean): PolledFeed => {
  const [channel = root] = childElements(root, "channel");
  const siteUrl = urlIn(textIn(channel, "link"), root.base) ?? root.base;
  const items = [...childElements(channel, "item"), ...(channel === root ? [] : childElements(root, "item"))];
  const self = childElements(channel, "atom:link").find(({ attributes }) => attributes.get("rel") === "self");
  return {
    title: plainTitle(rssTitle(channel)),
    homePage: urlIn(textIn(channel, "link"), root.base),
    language: rssLanguage(channel),
    self: urlIn(self?.attributes.get("href"), root.base),
    isByCrier: textIn(channel, "generator") === "Crier",
    entries: items.map((item) => rssEntry(item, channel, siteUrl)),
    deleted: childElements(channel, "at:deleted-entry").flatMap(({ attributes }) => attributes.get("ref") ?? []),
    isComplete,
    pollAfter: readPollInterval(channel),
  };
};

const atomAuthors = (element: XmlElement | undefined): readonly Person[] =>
  childElements(element, "atom:author").flatMap((one) =>
    namedPeople(
      textIn(one, "atom:name"),
      urlIn(textIn(one, "atom:uri", "atom:url"), one.base),
      textIn(one, "atom:email"),
    ),
  );

/** Returns undefined if the text has characters that base64 does not have. */
const base64Text = (text: string): string | undefined =>
  /[^\w\s+/=-]/.test(text) ? undefined : repairText(decodeText(Buffer.from(text, "base64"), "")).trim() || undefined;

/** Types whose content is a text or XML. That of any other media type is base64. */
const textType = /^[^/]*$|^text\/|[/+]xml$|html/;

/**
 * Follows RFC 4287 §3.1 and §4.1.3.3. Atom 0.3 has `mode` and a media type. What is not a text for readers, such as a
 * picture, is left out.
 */
const atomText = (element: XmlElement | undefined): FeedText | undefined => {
  if (element === undefined) return undefined;
  if (hasElements(element)) return { html: innerMarkup(element) };
  const [type = ""] = (element.attributes.get("type") ?? "text").toLowerCase().split(";", 1);
  const mode = element.attributes.get("mode");
  if (!textType.test(type.trim())) return undefined;
  const written = elementText(element);
  const text = written === undefined || mode !== "base64" ? written : base64Text(written);
  if (text === undefined) return undefined;
  return type.includes("html") || mode === "escaped" ? { html: text } : { text };
};

const atomLinks = (entry: XmlElement, rel: string): readonly XmlElement[] =>
  childElements(entry, "atom:link").filter(({ attributes }) => (attributes.get("rel") ?? "alternate") === rel);

/**
 * Returns the URL of the page: the HTML one of several alternates. An id that is a URL is a page in most feeds without
 * links.
 */
const atomUrl = (entry: XmlElement): string | undefined => {
  const original = textIn(entry, "feedburner:origlink");
  const alternates = atomLinks(entry, "alternate");
  const isPage = ({ attributes }: XmlElement) => /^$|html/.test(attributes.get("type") ?? "");
  const link = alternates.find(isPage) ?? alternates[0];
  const id = textIn(entry, "atom:id");
  return (
    urlIn(original, entry.base) ??
    (link && urlIn(link.attributes.get("href"), link.base)) ??
    (/^https?:/i.test(id ?? "") ? urlIn(id, entry.base) : undefined)
  );
};

const hostOf = (url: string | undefined): string | undefined => URL.parse(url ?? "")?.hostname.replace(/^www\./, "");

/**
 * Returns the page of an entry, and the one elsewhere that it is about. Of a link post the page is the alternate, or the
 * related page, if that is the one on the feed's own host (Daring Fireball).
 */
const atomPages = (entry: XmlElement, feed: XmlElement): Pick<PolledEntry, "url" | "external"> => {
  const url = atomUrl(entry);
  const [home] = atomLinks(feed, "alternate");
  const own = home && hostOf(urlIn(home.attributes.get("href"), home.base));
  const related = atomLinks(entry, "related").flatMap((link) => urlIn(link.attributes.get("href"), link.base) ?? []);
  const isOwn = (one: string) => own !== undefined && hostOf(one) === own;
  if (url === undefined || related.length === 0) return { url };
  const page = isOwn(url) ? undefined : related.find(isOwn);
  if (page !== undefined) return { url: page, external: url };
  // Several related pages are further reading.
  const [external, ...others] = related.filter((one) => hostOf(one) !== hostOf(url));
  return external === undefined || others.length > 0 ? { url } : { url, external };
};

const atomEntry = (entry: XmlElement, feed: XmlElement): PolledEntry => {
  const [source] = childElements(entry, "atom:source");
  const authors = [entry, source, feed].map(atomAuthors).find((people) => people.length > 0);
  const enclosures = sortFiles(
    atomLinks(entry, "enclosure").flatMap(({ attributes, base }) =>
      makeFiles(
        urlIn(attributes.get("href"), base),
        attributes.get("type"),
        attributes.get("length"),
        attributes.get("title"),
      ),
    ),
  );
  const pages = atomPages(entry, feed);
  const [contentElement] = childElements(entry, "atom:content");
  const [summaryElement] = childElements(entry, "atom:summary");
  const [group = entry] = childElements(entry, "media:group");
  const full = atomText(contentElement);
  const description = textIn(group, "media:description");
  const short = atomText(summaryElement) ?? (description === undefined ? undefined : { text: description });
  const body = full === undefined ? summaryElement : contentElement;
  return {
    guid: textIn(entry, "atom:id"),
    ...pages,
    url: pages.url ?? enclosures.others[0]?.url,
    title: atomText(childElements(entry, "atom:title")[0]),
    published: textIn(entry, "atom:published", "atom:issued", "atom:created"),
    updated: textIn(entry, "atom:updated", "atom:modified"),
    summary: full === undefined ? undefined : short,
    content: full ?? short,
    base: body?.hasBase ? body.base : undefined,
    authors: authors ?? [],
    categories: childElements(entry, "atom:category")
      .flatMap(({ attributes }) => attributes.get("label") || attributes.get("term") || [])
      .concat(mediaCategories(entry)),
    images: [...enclosures.pictures, ...mediaPictures(entry)],
    attachments: enclosures.others,
    language: contentElement?.language ?? entry.language,
  };
};

/** Reads Atom 1.0 and 0.3, with the deleted entries of RFC 6721. */
const readAtom = (feed: XmlElement, isComplete: boolean): PolledFeed => {
  const [self] = atomLinks(feed, "self");
  const [home] = atomLinks(feed, "alternate");
  return {
    title: plainTitle(atomText(childElements(feed, "atom:title")[0])),
    homePage: home && urlIn(home.attributes.get("href"), home.base),
    language: feed.language,
    self: self && urlIn(self.attributes.get("href"), self.base),
    isByCrier: textIn(feed, "atom:generator") === "Crier",
    entries: childElements(feed, "atom:entry").map((entry) => atomEntry(entry, feed)),
    deleted: childElements(feed, "at:deleted-entry").flatMap(({ attributes }) => attributes.get("ref") ?? []),
    isComplete,
    pollAfter: readPollInterval(feed),
  };
};
