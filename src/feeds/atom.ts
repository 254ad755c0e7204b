import { isIri } from "../domain/feed.ts";
import { isClean } from "./clean-values.ts";
import {
  type EntryReading,
  type FileParts,
  type Format,
  fileUrl,
  joinParts,
  listProblems,
  makeFrame,
  parseLength,
  parseMoment,
  uncleanProblem,
} from "./format.ts";
import { readerFiles } from "./reader-files.ts";
import {
  child,
  type Element,
  element,
  elements,
  everyString,
  type Node,
  parseXml,
  textIn,
  writeElement,
  writeXml,
} from "./tree.ts";
import type { EnclosureView, EntryView, FeedView } from "./view.ts";
import {
  type Dialect,
  linkElements,
  linkProblems,
  namespaces,
  sharedElements,
  syndicationRel,
  withId,
  writeTree,
} from "./xml-feeds.ts";

const files = readerFiles.atom;

const isElement = (node: Node, ...names: readonly string[]): node is Element =>
  typeof node !== "string" && names.includes(node.name);

const enclosureLink = ({ url, mediaType, length }: EnclosureView): Element =>
  element("link", { rel: "enclosure", type: mediaType, length: length?.toString(), href: url });

/**
 * Returns links to the page and to those of the translations (RFC 4287 §4.1.2: one for each type and language). Some
 * readers follow the first of these links, and some the last one: both are the page of the entry itself.
 */
const pageLinks = ({ link: url, language, translations }: EntryView): readonly Element[] => {
  const link = (href: string, hreflang?: string) =>
    element("link", { rel: "alternate", type: "text/html", hreflang, href });
  if (url === undefined) return [];
  if (translations.length === 0) return [link(url)];
  return [link(url), ...translations.map((one) => link(one.url, one.language)), link(url, language)];
};

/** Links a link post to the other one of its two pages. */
const relatedLinks = ({ url, external, link }: EntryView): readonly Element[] => {
  const href = link === external ? url : external;
  return external === undefined || href === undefined ? [] : [element("link", { rel: "related", href })];
};

// `feed` marks titles and summaries as HTML, but they are plain text.
const entry = (base: Element, view: EntryView, language: string): Element => ({
  ...base,
  attributes: view.language === "" || view.language === language ? {} : { "xml:lang": view.language },
  children: [
    ...withId(base, view.iri)
      .children.filter((node) => !isElement(node, "link"))
      .map((node) => (isElement(node, "title", "summary") ? { ...node, attributes: { type: "text" } } : node)),
    ...pageLinks(view),
    ...relatedLinks(view),
    ...(view.enclosure === undefined ? [] : [enclosureLink(view.enclosure)]),
    ...view.syndication.map((href) => element("link", { rel: syndicationRel, href })),
    ...sharedElements(view),
  ],
});

const inCdata: ReadonlySet<string> = new Set(["content"]);

const dialect = (self: string): Dialect => ({
  self,
  write: (writer) => writer.atom1(),
  // The summary of a note would be its text once more.
  summary: ({ summary, title, html }) => (title === undefined && html !== "" ? "" : summary),
  authors: true,
});

const parts = (view: FeedView): FileParts => {
  const root = writeTree(view, dialect(fileUrl(view, files)));
  const children = root.children.flatMap((node): readonly Node[] => {
    if (isElement(node, "entry")) return [];
    if (!isElement(node, "link")) return [node];
    return node.attributes.rel === "self"
      ? linkElements(view, files, "link")
      : [element("link", { ...node.attributes, type: "text/html" })];
  });
  const attributes = {
    ...root.attributes,
    ...(view.language === "" ? {} : { "xml:lang": view.language }),
    ...namespaces,
  };
  const views = view.entries.values();
  return {
    frame: makeFrame(writeXml({ ...root, attributes, children }, inCdata), "\n</feed>\n"),
    entries: elements(root, "entry").flatMap((base) => {
      const { value } = views.next();
      return value === undefined ? [] : [writeElement(entry(base, value, view.language), inCdata, "\n  ")];
    }),
  };
};

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const hasPage = (parent: Element): boolean =>
  elements(parent, "link").some(
    ({ attributes }) => attributes.rel === "alternate" && /^https?:/.test(attributes.href ?? ""),
  );

/** Returns the addresses of an entry's page and of its translations. */
const pagesIn = (entry: Element): readonly (string | undefined)[] =>
  elements(entry, "link").flatMap(({ attributes }) => (attributes.rel === "alternate" ? [attributes.href] : []));

const readEntry = (entry: Element): EntryReading => ({
  id: textIn(child(entry, "id")),
  title: textIn(child(entry, "title")),
  published: parseMoment(textIn(child(entry, "published"))),
  body: textIn(child(entry, "content")) ?? "",
  enclosures: elements(entry, "link")
    .filter(({ attributes }) => attributes.rel === "enclosure")
    .map(({ attributes: { href, type, length } }) => ({ url: href, mediaType: type, length: parseLength(length) })),
  problems: listProblems({
    "has an id that is not an absolute IRI": !isIri(textIn(child(entry, "id")) ?? ""),
    "has no absolute link": !hasPage(entry),
    "has a translation as its page": pagesIn(entry)[0] !== pagesIn(entry).at(-1),
    "has no date of change": !rfc3339.test(textIn(child(entry, "updated")) ?? ""),
    "has an author without a name": elements(entry, "author").some((author) => !textIn(child(author, "name"))),
    [uncleanProblem]: !everyString(entry, isClean, "content"),
  }),
});

/** Writes Atom 1.0, RFC 4287, with Media RSS. */
export const atom: Format = {
  ...files,
  name: "Atom",
  idOf: ({ iri }) => iri,
  parts,
  write: (view) => joinParts(parts(view)),
  read: (text, view) => {
    const root = parseXml(text);
    return {
      problems: [
        ...listProblems({
          "is not Atom 1.0": root.name !== "feed" || root.attributes.xmlns !== "http://www.w3.org/2005/Atom",
          "has no id": textIn(child(root, "id")) !== view.id,
          "has no title": !textIn(child(root, "title")),
          "has no date of change": !rfc3339.test(textIn(child(root, "updated")) ?? ""),
          "has no author": !textIn(child(child(root, "author"), "name")),
          "does not name its page": !hasPage(root),
          "does not name its licence": textIn(child(root, "rights")) !== view.licence?.name,
        }),
        ...linkProblems(root, view, files, "link"),
      ],
      entries: elements(root, "entry").map(readEntry),
    };
  },
};
