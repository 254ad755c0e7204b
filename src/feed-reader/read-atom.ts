import type { FeedText, PolledEntry, PolledFeed } from "../domain/polled-feed.ts";
import type { Person } from "../domain/site.ts";
import { fileOf, mediaPictures, sortFiles } from "./entry-files.ts";
import { peopleOf } from "./people.ts";
import { pollAfterOf } from "./poll-after.ts";
import { plainTitle } from "./title-text.ts";
import { childrenOf, hasElements, innerMarkup, textIn, textOf, urlIn, type XmlElement } from "./xml-tree.ts";

const authorsIn = (element: XmlElement | undefined): readonly Person[] =>
  childrenOf(element, "atom:author").flatMap((one) =>
    peopleOf(textIn(one, "atom:name"), urlIn(textIn(one, "atom:uri", "atom:url"), one.base), textIn(one, "atom:email")),
  );

/** RFC 4287 §3.1 and §4.1.3.3. Atom 0.3 has `mode` and a media type. */
const typedText = (element: XmlElement | undefined): FeedText | undefined => {
  if (element === undefined) return undefined;
  if (hasElements(element)) return { html: innerMarkup(element) };
  const text = textOf(element);
  if (text === undefined) return undefined;
  const type = element.attributes.get("type") ?? "text";
  if (/^(?:image|audio|video)\//.test(type)) return undefined;
  return type.includes("html") || element.attributes.get("mode") === "escaped" ? { html: text } : { text };
};

const linksOf = (entry: XmlElement, rel: string): readonly XmlElement[] =>
  childrenOf(entry, "atom:link").filter(({ attributes }) => (attributes.get("rel") ?? "alternate") === rel);

/** The page: of several alternates the one that is HTML. An id that is a URL is a page in most feeds without links. */
const urlOf = (entry: XmlElement): string | undefined => {
  const original = textIn(entry, "feedburner:origlink");
  const alternates = linksOf(entry, "alternate");
  const isPage = ({ attributes }: XmlElement) => /^$|html/.test(attributes.get("type") ?? "");
  const link = alternates.find(isPage) ?? alternates[0];
  const id = textIn(entry, "atom:id");
  return (
    urlIn(original, entry.base) ??
    (link && urlIn(link.attributes.get("href"), link.base)) ??
    (/^https?:/i.test(id ?? "") ? urlIn(id, entry.base) : undefined)
  );
};

const entryOf = (entry: XmlElement, feed: XmlElement): PolledEntry => {
  const [source] = childrenOf(entry, "atom:source");
  const authors = [entry, source, feed].map(authorsIn).find((people) => people.length > 0);
  const enclosures = sortFiles(
    linksOf(entry, "enclosure").flatMap(({ attributes, base }) =>
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
  const full = typedText(contentElement);
  const description = textIn(group, "media:description");
  const short = typedText(summaryElement) ?? (description === undefined ? undefined : { text: description });
  const body = full === undefined ? summaryElement : contentElement;
  return {
    guid: textIn(entry, "atom:id"),
    url: urlOf(entry) ?? enclosures.others[0]?.url,
    title: typedText(childrenOf(entry, "atom:title")[0]),
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

/** Atom 1.0 and 0.3, with the deleted entries of RFC 6721. */
export const readAtom = (feed: XmlElement, isComplete: boolean): PolledFeed => {
  const [self] = linksOf(feed, "self");
  const [home] = linksOf(feed, "alternate");
  return {
    title: plainTitle(typedText(childrenOf(feed, "atom:title")[0])),
    home: home && urlIn(home.attributes.get("href"), home.base),
    language: feed.language,
    self: self && urlIn(self.attributes.get("href"), self.base),
    entries: childrenOf(feed, "atom:entry").map((entry) => entryOf(entry, feed)),
    deleted: childrenOf(feed, "at:deleted-entry").flatMap(({ attributes }) => attributes.get("ref") ?? []),
    isComplete,
    pollAfter: pollAfterOf(feed),
  };
};
