import type { Episode } from "../domain/attachment.ts";
import { iso } from "../domain/time.ts";
import { escapeHtml, isClean } from "./clean-values.ts";
import {
  type EntryContext,
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

const files = readerFiles.rss;

const itunes = "http://www.itunes.com/dtds/podcast-1.0.dtd";

// RSS requires the attribute: "0" is an unknown length.
const enclosure = ({ url, mediaType, length = 0 }: EnclosureView): Element =>
  element("enclosure", { url, length: length.toString(), type: mediaType });

/**
 * Returns the elements of a podcast's episode, by Apple's specification. The namespace is declared on the item, so that
 * only feeds with episodes have it.
 */
const episodeElements = ({ duration, number, season, type, explicit }: Episode): readonly Element[] =>
  Object.entries({ duration, episode: number, season, episodeType: type, explicit }).flatMap(([name, value]) =>
    value === undefined ? [] : [element(`itunes:${name}`, {}, [String(value)])],
  );

// RSS has no element for the date of change. Readers support the one of Dublin Core.
const item = (base: Element, entry: EntryView, context: EntryContext): Element => {
  const creators = entry.authors.length > 0 ? entry.authors : [context.author];
  return {
    ...base,
    attributes: entry.episode === undefined ? base.attributes : { ...base.attributes, "xmlns:itunes": itunes },
    children: [
      ...withId(base, entry.id).children.filter(
        (node) =>
          typeof node === "string" ||
          ((node.name !== "link" || entry.link !== undefined) && (node.name !== "title" || entry.title !== undefined)),
      ),
      ...creators.map(({ name }) => element("dc:creator", {}, [name])),
      element("dcterms:modified", {}, [iso(entry.updated)]),
      ...(entry.language === "" || entry.language === context.language
        ? []
        : [element("dc:language", {}, [entry.language])]),
      ...(entry.enclosure === undefined ? [] : [enclosure(entry.enclosure)]),
      ...(entry.episode === undefined ? [] : episodeElements(entry.episode)),
      ...sharedElements(entry),
      ...entry.syndication.map((href) => element("atom:link", { rel: syndicationRel, href })),
    ],
  };
};

const inCdata: ReadonlySet<string> = new Set(["content:encoded"]);

const dialect = (self: string): Dialect => ({
  self,
  write: (writer) => writer.rss2(),
  // Readers show a description as HTML.
  summary: ({ summary }) => escapeHtml(summary),
  authors: false,
});

const parts = (view: FeedView): FileParts => {
  const root = writeTree(view, dialect(fileUrl(view, files)));
  const channel = elements(root).map((node) => ({
    ...node,
    children: node.children.flatMap((part): readonly Node[] => {
      if (typeof part === "string") return [part];
      if (part.name === "item") return [];
      return part.name === "atom:link" ? linkElements(view, files, "atom:link") : [part];
    }),
  }));
  const attributes = {
    version: "2.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    ...namespaces,
  };
  const views = view.entries.values();
  return {
    frame: makeFrame(writeXml({ ...root, attributes, children: channel }, inCdata), "\n  </channel>\n</rss>\n"),
    entries: elements(child(root, "channel"), "item").flatMap((base) => {
      const { value } = views.next();
      return value === undefined ? [] : [writeElement(item(base, value, view), inCdata, "\n    ")];
    }),
  };
};

const readItem = (item: Element): EntryReading => {
  const names = elements(item).map(({ name }) => name);
  const date = textIn(child(item, "pubDate"));
  const guid = child(item, "guid");
  const encoded = names.indexOf("content:encoded");
  return {
    id: textIn(guid),
    title: textIn(child(item, "title")),
    published: parseMoment(date),
    body: textIn(child(item, "content:encoded")) ?? "",
    enclosures: elements(item, "enclosure").map(({ attributes: { url, type, length } }) => ({
      url,
      mediaType: type,
      length: parseLength(length),
    })),
    problems: listProblems({
      "has no absolute link": !/^https?:/.test(textIn(child(item, "link")) ?? ""),
      "has a guid that is marked as a URL": guid?.attributes.isPermaLink !== "false",
      "has no date with a four-digit year": !/ \d{4} /.test(date ?? ""),
      "has more than one enclosure": names.filter((name) => name === "enclosure").length > 1,
      "has an enclosure without url, length or type": elements(item, "enclosure").some(
        ({ attributes }) => !attributes.url || !attributes.length || !attributes.type,
      ),
      "has its description after its content": encoded !== -1 && names.indexOf("description") > encoded,
      [uncleanProblem]: !everyString(item, isClean, "content:encoded"),
    }),
  };
};

/** Writes RSS 2.0, with the modules that readers use: content, Dublin Core, Media RSS, and Atom's `self`. */
export const rss: Format = {
  ...files,
  name: "RSS",
  parts,
  write: (view) => joinParts(parts(view)),
  read: (text, view) => {
    const root = parseXml(text);
    const channel = child(root, "channel");
    return {
      problems: [
        ...listProblems({
          "is not RSS 2.0": root.name !== "rss" || root.attributes.version !== "2.0",
          "has no title": !textIn(child(channel, "title")),
          "has no link": !textIn(child(channel, "link")),
          "has no description": !textIn(child(channel, "description")),
          "does not name its licence": textIn(child(channel, "copyright")) !== view.licence?.name,
        }),
        ...linkProblems(channel, view, files, "atom:link"),
      ],
      entries: elements(channel, "item").map(readItem),
    };
  },
};
