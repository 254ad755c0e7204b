import { type Author, Feed as Writer } from "feed";
import type { Archive } from "../domain/feed.ts";
import { type FeedKey, mainFeedFor } from "../domain/feed-key.ts";
import type { Person } from "../domain/site.ts";
import { escapeHtml } from "./clean-values.ts";
import { disclosureText, messagesFor } from "./feed-messages.ts";
import { type FormatFiles, fileUrl, listProblems, sameList } from "./format.ts";
import { type Element, element, elements, type Node, parseXml } from "./tree.ts";
import type { EntryView, FeedView } from "./view.ts";

/**
 * A private-use control character (PU1), which is not in any URL, date or name of an element that `feed` writes. It has
 * one byte in Latin-1: with a larger one, V8 holds the whole feed with two bytes for each character, and encodes it ten
 * times slower.
 */
const mark = "\u0091";

/**
 * `feed` 6 splits only the first `]]>` of a CDATA section (a text with two of them can forge entries), writes `<` into
 * attributes, and writes `&amp;` as `&`. So it gets a token instead of each text, and the parsed tree gets the text
 * back.
 */
const tokens = () => {
  const texts: string[] = [];
  const toToken = (text: string): string => `${mark}${texts.push(text) - 1}${mark}`;
  const text = (token: string): string =>
    token.startsWith(mark) && token.endsWith(mark) ? (texts[Number(token.slice(1, -1))] ?? token) : token;
  const restore = ({ name, attributes, children }: Element): Element => ({
    name,
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, text(value)])),
    children: children.map((node: Node) => (typeof node === "string" ? text(node) : restore(node))),
  });
  return { toToken, restore };
};

export interface Dialect {
  /** The URL of the feed. */
  readonly self: string;
  readonly write: (writer: Writer) => string;
  /** Writes a summary in the form of the dialect. */
  readonly summary: (entry: EntryView) => string;
  /** False for RSS, whose `<author>` is an e-mail address: it uses `dc:creator`. */
  readonly authors: boolean;
}

const placeholder = "about:blank";

/** An entry with its exact id, in Atom's `id` or RSS's `guid`. */
export const withId = (node: Element, id: string): Element => ({
  ...node,
  children: node.children.map((child) =>
    typeof child !== "string" && (child.name === "id" || child.name === "guid") ? { ...child, children: [id] } : child,
  ),
});

/** Returns the feed as the library `feed` writes it, parsed. */
export const writeTree = (view: FeedView, dialect: Dialect): Element => {
  const { toToken, restore } = tokens();
  const author = ({ name, email, url }: Person): Author => ({
    name: toToken(name),
    ...(email === undefined ? {} : { email: toToken(email) }),
    ...(url === undefined ? {} : { link: url }),
  });
  const writer = new Writer({
    id: toToken(view.id),
    title: toToken(view.title),
    description: toToken(view.description),
    link: view.homeUrl,
    feed: dialect.self,
    language: toToken(view.language),
    updated: new Date(view.updated),
    generator: "Crier",
    author: author(view.author),
    ...(view.licence === undefined ? {} : { copyright: toToken(view.licence.name) }),
  });
  for (const entry of view.entries) {
    const summary = dialect.summary(entry);
    writer.addItem({
      title: toToken(entry.title ?? ""),
      // `feed` passes Atom ids to `new URL()`, which changes many ids of old blogs: `withId` writes them.
      id: placeholder,
      link: entry.link ?? view.homeUrl,
      date: new Date(entry.updated),
      published: new Date(entry.published),
      ...(summary === "" ? {} : { description: toToken(summary) }),
      ...(entry.html !== "" ? { content: toToken(entry.html) } : {}),
      ...(dialect.authors && entry.authors.length > 0 ? { author: entry.authors.map(author) } : {}),
      category: entry.categories.map(({ name }) => ({ name: toToken(name), term: toToken(name) })),
    });
  }
  return restore(parseXml(dialect.write(writer)));
};

/** The only page of an archive has all of its posts: it is complete (RFC 5005 §2), and has no links to other pages. */
const isComplete = (archive: Archive | undefined): boolean =>
  archive?.isPage === true && archive.previous === undefined && archive.next === undefined;

/**
 * Returns the links of a feed by relation, except that to its page: its own address (RFC 4287 §4.2.7.2), hubs (WebSub
 * §4), the archive in the same format (RFC 5005 §4), the licence (RFC 4946).
 */
const feedLinks = (view: FeedView, files: FormatFiles) => {
  const { archive, licence } = view;
  const toFeed = (...keys: readonly (FeedKey | undefined)[]) =>
    keys.flatMap((key) => (key === undefined ? [] : [fileUrl(view, files, key)]));
  return {
    self: toFeed(view.key),
    hub: view.hubs,
    "prev-archive": toFeed(archive?.previous),
    "next-archive": archive?.isPage === true ? toFeed(archive.next) : [],
    // For the W3C validator a complete feed has no other current feed.
    current: archive?.isPage === true && !isComplete(archive) ? toFeed(mainFeedFor(view.key)) : [],
    license: licence === undefined ? [] : [licence.url],
  };
};

const isExternal = (rel: string): boolean => rel === "hub" || rel === "license";

export const historyNamespace = "http://purl.org/syndication/history/1.0";

const historyMarks = ({ archive }: FeedView): readonly string[] => [
  ...(archive?.isPage === true ? ["fh:archive"] : []),
  ...(isComplete(archive) ? ["fh:complete"] : []),
];

/** Writes the links, and the marks of an archive page (RFC 5005 §2, §4). RSS uses the elements of Atom (`atom:link`). */
export const linkElements = (view: FeedView, files: FormatFiles, name: "link" | "atom:link"): readonly Element[] => [
  ...Object.entries(feedLinks(view, files)).flatMap(([rel, hrefs]) =>
    hrefs.map((href) => element(name, { rel, type: isExternal(rel) ? undefined : files.mediaType, href })),
  ),
  ...historyMarks(view).map((mark) => element(mark, { "xmlns:fh": historyNamespace })),
];

const problems = {
  self: "does not name its own address",
  hub: "does not name exactly its hubs",
  "prev-archive": "has no link to the previous archive page, or has one on the first page",
  "next-archive": "has no link to the next archive page, or has one on the last page",
  current: "is an archive page without a link to the current feed, or another feed with one",
  license: "does not name its licence",
} as const;

const relations = ["self", "hub", "prev-archive", "next-archive", "current", "license"] as const;

/** Returns the problems of the elements that `linkElements` wrote. */
export const linkProblems = (
  feed: Element | undefined,
  view: FeedView,
  files: FormatFiles,
  name: "link" | "atom:link",
): readonly string[] => {
  const expected = feedLinks(view, files);
  const links = elements(feed, name).map(({ attributes }) => attributes);
  return [
    ...relations.flatMap((rel) => {
      const hrefs = links.filter((link) => link.rel === rel).map(({ href }) => href);
      return sameList(hrefs, expected[rel]) ? [] : [problems[rel]];
    }),
    ...listProblems({
      "is an archive page and not marked as one, or the other way round": !sameList(
        elements(feed).flatMap(({ name }) => (name.startsWith("fh:") ? [name] : [])),
        historyMarks(view),
      ),
    }),
  ];
};

/** The W3C validator knows these namespaces; it warns of others. */
export const namespaces = {
  "xmlns:dcterms": "http://purl.org/dc/terms/",
  "xmlns:media": "http://search.yahoo.com/mrss/",
} as const;

/** The relation of a link is a registered name or an IRI (RFC 4287 §4.2.7.2), and `syndication` is not registered. */
export const syndicationRel = "http://microformats.org/wiki/rel-syndication";

/** Writes Media RSS 1.5.1: the picture with its alternative text and its credit. */
const mediaElements = ({ image }: EntryView): readonly Element[] =>
  image === undefined
    ? []
    : [
        element(
          "media:content",
          { url: image.url, type: image.mediaType, medium: "image", fileSize: image.length?.toString() },
          [
            ...(image.alt === undefined
              ? []
              : [
                  // With the type `plain`, feedparser reads it as the summary of the entry.
                  element("media:description", { type: "html" }, [escapeHtml(image.alt)]),
                ]),
            ...(image.credit === undefined ? [] : [element("media:credit", {}, [image.credit])]),
            // `media:credit` has no link, and `media:copyright` has one.
            ...(image.credit === undefined || image.creditUrl === undefined
              ? []
              : [element("media:copyright", { url: image.creditUrl }, [image.credit])]),
          ],
        ),
        element("media:thumbnail", { url: image.url }),
      ];

/** Writes the elements that are the same in RSS and Atom. */
export const sharedElements = (entry: EntryView): readonly Element[] => [
  ...mediaElements(entry),
  ...(entry.disclosure === undefined
    ? []
    : [element("dcterms:provenance", {}, [disclosureText(entry.disclosure, messagesFor(entry.language))])]),
];
