import { isClean } from "./characters.ts";
import { extensionsOf, namespaces, syndicationRel } from "./extensions.ts";
import { type EntryReading, type Format, moment, problemsOf } from "./format.ts";
import { child, type Element, element, elements, everyString, type Node, parseXml, textOf, writeXml } from "./tree.ts";
import type { EntryView, FeedView } from "./view.ts";
import { written } from "./writer.ts";

const file = "atom.xml";

const named = (node: Node, ...names: readonly string[]): node is Element =>
  typeof node !== "string" && names.includes(node.name);

// `feed` marks titles and summaries as HTML; ours are plain text.
const entry = (written: Element, view: EntryView, language: string): Element => ({
  ...written,
  attributes: view.language === "" || view.language === language ? {} : { "xml:lang": view.language },
  children: [
    ...written.children
      .filter((node) => !named(node, "link"))
      .map((node) => (named(node, "title", "summary") ? { ...node, attributes: { type: "text" } } : node)),
    ...(view.url === undefined ? [] : [element("link", { rel: "alternate", type: "text/html", href: view.url })]),
    ...(view.image?.mediaType === undefined || view.image.inBody
      ? []
      : [element("link", { rel: "enclosure", type: view.image.mediaType, href: view.image.url })]),
    ...view.syndication.map((href) => element("link", { rel: syndicationRel, href })),
    ...extensionsOf(view),
  ],
});

const types: Readonly<Record<string, string>> = { self: "application/atom+xml", alternate: "text/html" };

const write = (view: FeedView): string => {
  const root = written(view, {
    self: view.baseUrl + file,
    write: (writer) => writer.atom1(),
    summary: ({ summary }) => summary,
    authors: true,
  });
  const entries = view.entries.values();
  const children = root.children.map((node) => {
    if (named(node, "link")) {
      return element("link", { ...node.attributes, type: types[node.attributes.rel ?? ""] });
    }
    const next = named(node, "entry") ? entries.next().value : undefined;
    return typeof node === "string" || next === undefined ? node : entry(node, next, view.language);
  });
  const attributes = {
    ...root.attributes,
    ...(view.language === "" ? {} : { "xml:lang": view.language }),
    ...namespaces,
  };
  return writeXml({ ...root, attributes, children }, new Set(["content"]));
};

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const hasLink = (parent: Element, rel: string, href?: string): boolean =>
  elements(parent, "link").some(
    ({ attributes }) =>
      attributes.rel === rel &&
      (href === undefined ? /^https?:/.test(attributes.href ?? "") : attributes.href === href),
  );

const readEntry = (entry: Element): EntryReading => ({
  id: textOf(child(entry, "id")),
  title: textOf(child(entry, "title")),
  published: moment(textOf(child(entry, "published"))),
  problems: problemsOf({
    "has no absolute link": !hasLink(entry, "alternate"),
    "does not say when it was changed": !rfc3339.test(textOf(child(entry, "updated")) ?? ""),
    "has an author without a name": elements(entry, "author").some((author) => !textOf(child(author, "name"))),
    "holds characters that no feed may hold": !everyString(entry, isClean),
  }),
});

/** Atom 1.0, RFC 4287, with Media RSS. */
export const atom: Format = {
  file,
  mediaType: "application/atom+xml",
  name: "Atom",
  about: "The same posts in the newer standard.",
  write,
  read: (text, view) => {
    const root = parseXml(text);
    return {
      problems: problemsOf({
        "is no Atom 1.0": root.name !== "feed" || root.attributes.xmlns !== "http://www.w3.org/2005/Atom",
        "has no id": textOf(child(root, "id")) !== view.id,
        "has no title": !textOf(child(root, "title")),
        "does not say when it was changed": !rfc3339.test(textOf(child(root, "updated")) ?? ""),
        "has no author": !textOf(child(child(root, "author"), "name")),
        "does not name its own address": !hasLink(root, "self", view.baseUrl + file),
        "does not name its page": !hasLink(root, "alternate"),
      }),
      entries: elements(root, "entry").map(readEntry),
    };
  },
};
