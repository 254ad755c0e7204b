import { isRecord } from "../domain/json-value.ts";
import type { FeedText, PolledEntry, PolledFeed } from "../domain/polled-feed.ts";
import type { Person } from "../domain/site.ts";
import {
  fileOf,
  mediaPictures,
  namedPeople,
  plainTitle,
  readPollInterval,
  sortFiles,
  titleText,
} from "./feed-values.ts";
import { childrenOf, hasElements, innerMarkup, textIn, textOf, urlIn, type XmlElement } from "./xml-tree.ts";

/**
 * Reads `jane@example.org (Jane)`, `Jane <jane@example.org>` and `Jane`. An address alone is not a name for readers.
 */
const mailAuthor = (written: string): readonly Person[] => {
  const text = written.slice(0, 300);
  const [, first, name] = /^\s*(\S+@\S+)\s*\(([^()]+)\)\s*$/.exec(text) ?? [];
  if (name !== undefined) return namedPeople(name, undefined, first);
  const [, before, address] = /^\s*([^<>]*\S)\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text) ?? [];
  if (before !== undefined) return namedPeople(before, undefined, address);
  return /^\S+@\S+$/.test(text.trim()) ? [] : namedPeople(text, undefined, undefined);
};

const rssAuthors = (element: XmlElement | undefined): readonly Person[] => {
  const creators = childrenOf(element, "dc:creator").flatMap((one) => mailAuthor(textOf(one) ?? ""));
  if (creators.length > 0) return creators;
  const atom = childrenOf(element, "atom:author").flatMap((one) =>
    namedPeople(textIn(one, "atom:name"), urlIn(textIn(one, "atom:uri"), one.base), textIn(one, "atom:email")),
  );
  if (atom.length > 0) return atom;
  const text = textIn(element, "author", "managingeditor", "itunes:author");
  return text === undefined ? [] : mailAuthor(text);
};

const rssTitle = (item: XmlElement): FeedText | undefined => {
  const [element] = childrenOf(item, "title", "dc:title");
  return element !== undefined && hasElements(element)
    ? { html: innerMarkup(element) }
    : titleText(textIn(item, "title", "dc:title", "media:title"));
};

const rssHtml = (element: XmlElement | undefined): string | undefined => {
  if (element === undefined) return undefined;
  return (hasElements(element) ? innerMarkup(element) : textOf(element)) || undefined;
};

const firstHtml = (item: XmlElement, ...names: readonly string[]): string | undefined =>
  childrenOf(item, ...names)
    .map(rssHtml)
    .find((text) => text !== undefined);

/** FeedBurner and others replace the link and keep the original one. A guid is a link unless it says otherwise. */
const rssUrl = (item: XmlElement, siteUrl: string): string | undefined => {
  const [guid] = childrenOf(item, "guid");
  const isLink = guid?.attributes.get("ispermalink")?.toLowerCase() !== "false";
  const atomLinks = childrenOf(item, "atom:link").filter(
    ({ attributes }) => (attributes.get("rel") ?? "alternate") === "alternate",
  );
  const links = childrenOf(item, "link");
  const candidates = [
    textIn(item, "feedburner:origlink"),
    ...links.map(textOf),
    ...[...links, ...atomLinks].map(({ attributes }) => attributes.get("href")),
    item.attributes.get("rdf:about"),
  ];
  const base = item.hasBase ? item.base : siteUrl;
  const found = candidates.map((text) => urlIn(text, base)).find((url) => url !== undefined);
  const guidUrl = isLink && /^https?:/i.test(textOf(guid) ?? "") ? urlIn(textOf(guid), base) : undefined;
  return found ?? guidUrl;
};

const rssCategories = (item: XmlElement): readonly string[] =>
  childrenOf(item, "category", "dc:subject").flatMap((one) => textOf(one) ?? []);

const rssLanguage = (channel: XmlElement): string | undefined => textIn(channel, "language", "dc:language");

const rssEntry = (item: XmlElement, channel: XmlElement, siteUrl: string): PolledEntry => {
  const own = rssAuthors(item);
  const enclosures = sortFiles(
    childrenOf(item, "enclosure").flatMap(({ attributes, base }) =>
      fileOf(
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
    language: item.language ?? textIn(item, "dc:language") ?? rssLanguage(channel),
  };
};

/** Reads RSS 0.9x and 2.0, and RSS 1.0 (RDF), whose items are beside the channel. */
export const readRss = (root: XmlElement, isComplete: boolean): PolledFeed => {
  const [channel = root] = childrenOf(root, "channel");
  const siteUrl = urlIn(textIn(channel, "link"), root.base) ?? root.base;
  const items = [...childrenOf(channel, "item"), ...(channel === root ? [] : childrenOf(root, "item"))];
  const self = childrenOf(channel, "atom:link").find(({ attributes }) => attributes.get("rel") === "self");
  return {
    title: plainTitle(rssTitle(channel)),
    home: urlIn(textIn(channel, "link"), root.base),
    language: rssLanguage(channel),
    self: urlIn(self?.attributes.get("href"), root.base),
    entries: items.map((item) => rssEntry(item, channel, siteUrl)),
    deleted: childrenOf(channel, "at:deleted-entry").flatMap(({ attributes }) => attributes.get("ref") ?? []),
    isComplete,
    pollAfter: readPollInterval(channel),
  };
};

const atomAuthors = (element: XmlElement | undefined): readonly Person[] =>
  childrenOf(element, "atom:author").flatMap((one) =>
    namedPeople(
      textIn(one, "atom:name"),
      urlIn(textIn(one, "atom:uri", "atom:url"), one.base),
      textIn(one, "atom:email"),
    ),
  );

/** Follows RFC 4287 §3.1 and §4.1.3.3. Atom 0.3 has `mode` and a media type. */
const atomText = (element: XmlElement | undefined): FeedText | undefined => {
  if (element === undefined) return undefined;
  if (hasElements(element)) return { html: innerMarkup(element) };
  const text = textOf(element);
  if (text === undefined) return undefined;
  const type = element.attributes.get("type") ?? "text";
  if (/^(?:image|audio|video)\//.test(type)) return undefined;
  return type.includes("html") || element.attributes.get("mode") === "escaped" ? { html: text } : { text };
};

const atomLinks = (entry: XmlElement, rel: string): readonly XmlElement[] =>
  childrenOf(entry, "atom:link").filter(({ attributes }) => (attributes.get("rel") ?? "alternate") === rel);

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

const atomEntry = (entry: XmlElement, feed: XmlElement): PolledEntry => {
  const [source] = childrenOf(entry, "atom:source");
  const authors = [entry, source, feed].map(atomAuthors).find((people) => people.length > 0);
  const enclosures = sortFiles(
    atomLinks(entry, "enclosure").flatMap(({ attributes, base }) =>
      fileOf(
        urlIn(attributes.get("href"), base),
        attributes.get("type"),
        attributes.get("length"),
        attributes.get("title"),
      ),
    ),
  );
  const [contentElement] = childrenOf(entry, "atom:content");
  const [summaryElement] = childrenOf(entry, "atom:summary");
  const [group = entry] = childrenOf(entry, "media:group");
  const full = atomText(contentElement);
  const description = textIn(group, "media:description");
  const short = atomText(summaryElement) ?? (description === undefined ? undefined : { text: description });
  const body = full === undefined ? summaryElement : contentElement;
  return {
    guid: textIn(entry, "atom:id"),
    url: atomUrl(entry) ?? enclosures.others[0]?.url,
    title: atomText(childrenOf(entry, "atom:title")[0]),
    published: textIn(entry, "atom:published", "atom:issued", "atom:created"),
    updated: textIn(entry, "atom:updated", "atom:modified"),
    summary: full === undefined ? undefined : short,
    content: full ?? short,
    base: body?.hasBase ? body.base : undefined,
    authors: authors ?? [],
    categories: childrenOf(entry, "atom:category").flatMap(
      ({ attributes }) => attributes.get("label") || attributes.get("term") || [],
    ),
    images: [...enclosures.pictures, ...mediaPictures(entry)],
    attachments: enclosures.others,
    language: contentElement?.language ?? entry.language,
  };
};

/** Reads Atom 1.0 and 0.3, with the deleted entries of RFC 6721. */
export const readAtom = (feed: XmlElement, isComplete: boolean): PolledFeed => {
  const [self] = atomLinks(feed, "self");
  const [home] = atomLinks(feed, "alternate");
  return {
    title: plainTitle(atomText(childrenOf(feed, "atom:title")[0])),
    home: home && urlIn(home.attributes.get("href"), home.base),
    language: feed.language,
    self: self && urlIn(self.attributes.get("href"), self.base),
    entries: childrenOf(feed, "atom:entry").map((entry) => atomEntry(entry, feed)),
    deleted: childrenOf(feed, "at:deleted-entry").flatMap(({ attributes }) => attributes.get("ref") ?? []),
    isComplete,
    pollAfter: readPollInterval(feed),
  };
};

type Fields = Readonly<Record<string, unknown>>;

/** Accepts numbers, too: many feeds have them as ids. */
const jsonText = (value: unknown): string | undefined =>
  (typeof value === "string" || typeof value === "number" ? String(value).trim() : "") || undefined;

const records = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** JSON Feed 1 has `author` instead of `authors`. */
const jsonAuthors = (fields: Fields, base: string): readonly Person[] =>
  [...records(fields.authors), ...(isRecord(fields.author) ? [fields.author] : [])].flatMap(({ name, url }) =>
    namedPeople(jsonText(name), urlIn(jsonText(url), base), undefined),
  );

const jsonContent = (item: Fields): FeedText | undefined => {
  const html = jsonText(item.content_html);
  if (html !== undefined) return { html };
  const plain = jsonText(item.content_text);
  return plain === undefined ? undefined : { text: plain };
};

const jsonEntry = (item: Fields, feed: Fields, base: string): PolledEntry => {
  const files = records(item.attachments).flatMap(({ url, mime_type, size_in_bytes, title }) =>
    fileOf(urlIn(jsonText(url), base), jsonText(mime_type), jsonText(size_in_bytes), jsonText(title)),
  );
  const attached = sortFiles(files);
  const pictures = [item.image, item.banner_image].flatMap((url) =>
    fileOf(urlIn(jsonText(url), base), undefined, undefined),
  );
  const [summary, id] = [jsonText(item.summary), jsonText(item.id)];
  const content = jsonContent(item);
  const short = summary === undefined ? undefined : { text: summary };
  const own = jsonAuthors(item, base);
  const idUrl = /^https?:/i.test(id ?? "") ? urlIn(id, base) : undefined;
  return {
    guid: id,
    url:
      urlIn(jsonText(item.url), base) ?? idUrl ?? urlIn(jsonText(item.external_url), base) ?? attached.others[0]?.url,
    title: titleText(jsonText(item.title)),
    published: jsonText(item.date_published),
    updated: jsonText(item.date_modified),
    summary: content === undefined ? undefined : short,
    content: content ?? short,
    base: undefined,
    authors: own.length > 0 ? own : jsonAuthors(feed, base),
    categories: Array.isArray(item.tags) ? item.tags.flatMap((tag) => jsonText(tag) ?? []) : [],
    images: [...pictures, ...attached.pictures],
    attachments: attached.others,
    language: jsonText(item.language) ?? jsonText(feed.language),
  };
};

/** Reads JSON Feed 1.0 and 1.1. Returns undefined if it is other JSON. */
export const readJsonFeed = (feed: unknown, documentUrl: string): PolledFeed | undefined => {
  if (!isRecord(feed) || !Array.isArray(feed.items)) return undefined;
  const base = urlIn(jsonText(feed.home_page_url), documentUrl) ?? documentUrl;
  return {
    title: plainTitle(titleText(jsonText(feed.title))),
    home: urlIn(jsonText(feed.home_page_url), documentUrl),
    language: jsonText(feed.language),
    self: urlIn(jsonText(feed.feed_url), documentUrl),
    entries: records(feed.items).map((item) => jsonEntry(item, feed, base)),
    deleted: [],
    isComplete: true,
    pollAfter: undefined,
  };
};
