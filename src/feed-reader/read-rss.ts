import type { FeedText, PolledEntry, PolledFeed } from "../domain/polled-feed.ts";
import type { Person } from "../domain/site.ts";
import { fileOf, mediaPictures, sortFiles } from "./entry-files.ts";
import { peopleOf } from "./people.ts";
import { pollAfterOf } from "./poll-after.ts";
import { plainTitle, titleText } from "./title-text.ts";
import { childrenOf, hasElements, innerMarkup, textIn, textOf, urlIn, type XmlElement } from "./xml-tree.ts";

/** `jane@example.org (Jane)`, `Jane <jane@example.org>`, `Jane`. An address alone is not a name for readers. */
const mailAuthor = (written: string): readonly Person[] => {
  const text = written.slice(0, 300);
  const [, first, name] = /^\s*(\S+@\S+)\s*\(([^()]+)\)\s*$/.exec(text) ?? [];
  if (name !== undefined) return peopleOf(name, undefined, first);
  const [, before, address] = /^\s*([^<>]*\S)\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text) ?? [];
  if (before !== undefined) return peopleOf(before, undefined, address);
  return /^\S+@\S+$/.test(text.trim()) ? [] : peopleOf(text, undefined, undefined);
};

const authorsIn = (element: XmlElement | undefined): readonly Person[] => {
  const creators = childrenOf(element, "dc:creator").flatMap((one) => mailAuthor(textOf(one) ?? ""));
  if (creators.length > 0) return creators;
  const atom = childrenOf(element, "atom:author").flatMap((one) =>
    peopleOf(textIn(one, "atom:name"), urlIn(textIn(one, "atom:uri"), one.base), textIn(one, "atom:email")),
  );
  if (atom.length > 0) return atom;
  const text = textIn(element, "author", "managingeditor", "itunes:author");
  return text === undefined ? [] : mailAuthor(text);
};

const titleOf = (item: XmlElement): FeedText | undefined => {
  const [element] = childrenOf(item, "title", "dc:title");
  return element !== undefined && hasElements(element)
    ? { html: innerMarkup(element) }
    : titleText(textIn(item, "title", "dc:title", "media:title"));
};

const html = (element: XmlElement | undefined): string | undefined => {
  if (element === undefined) return undefined;
  return (hasElements(element) ? innerMarkup(element) : textOf(element)) || undefined;
};

const firstHtml = (item: XmlElement, ...names: readonly string[]): string | undefined =>
  childrenOf(item, ...names)
    .map(html)
    .find((text) => text !== undefined);

/** FeedBurner and others replace the link and keep the original one. A guid is a link unless it says otherwise. */
const urlOf = (item: XmlElement, home: string): string | undefined => {
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
  const base = item.hasBase ? item.base : home;
  const found = candidates.map((text) => urlIn(text, base)).find((url) => url !== undefined);
  const guidUrl = isLink && /^https?:/i.test(textOf(guid) ?? "") ? urlIn(textOf(guid), base) : undefined;
  return found ?? guidUrl;
};

const categoriesOf = (item: XmlElement): readonly string[] =>
  childrenOf(item, "category", "dc:subject").flatMap((one) => textOf(one) ?? []);

const languageOf = (channel: XmlElement): string | undefined => textIn(channel, "language", "dc:language");

const entryOf = (item: XmlElement, channel: XmlElement, home: string): PolledEntry => {
  const own = authorsIn(item);
  const enclosures = sortFiles(
    childrenOf(item, "enclosure").flatMap(({ attributes, base }) =>
      fileOf(
        urlIn(attributes.get("url"), item.hasBase ? base : home),
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
    url: urlOf(item, home) ?? enclosures.others[0]?.url,
    title: titleOf(item),
    published: textIn(item, "pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published"),
    updated: textIn(item, "atom:updated", "dcterms:modified"),
    summary:
      full === undefined || description === undefined || full === description ? undefined : { html: description },
    content: content === undefined ? undefined : { html: content },
    base: item.hasBase ? item.base : undefined,
    authors: own.length > 0 ? own : authorsIn(channel),
    categories: categoriesOf(item),
    images: [...enclosures.pictures, ...mediaPictures(item)],
    attachments: enclosures.others,
    language: item.language ?? textIn(item, "dc:language") ?? languageOf(channel),
  };
};

/** RSS 0.9x and 2.0, and RSS 1.0 (RDF), whose items are beside the channel. */
export const readRss = (root: XmlElement, isComplete: boolean): PolledFeed => {
  const [channel = root] = childrenOf(root, "channel");
  const home = urlIn(textIn(channel, "link"), root.base) ?? root.base;
  const items = [...childrenOf(channel, "item"), ...(channel === root ? [] : childrenOf(root, "item"))];
  const self = childrenOf(channel, "atom:link").find(({ attributes }) => attributes.get("rel") === "self");
  return {
    title: plainTitle(titleOf(channel)),
    home: urlIn(textIn(channel, "link"), root.base),
    language: languageOf(channel),
    self: urlIn(self?.attributes.get("href"), root.base),
    entries: items.map((item) => entryOf(item, channel, home)),
    deleted: childrenOf(channel, "at:deleted-entry").flatMap(({ attributes }) => attributes.get("ref") ?? []),
    isComplete,
    pollAfter: pollAfterOf(channel),
  };
};
