import { type Author, Feed as Writer } from "feed";
import type { Person } from "../domain/site.ts";
import { type Element, type Node, parseXml } from "./tree.ts";
import type { EntryView, FeedView } from "./view.ts";

/**
 * A private-use control character (PU1), which is not in any URL, date or name of an element that `feed` writes. It has one
 * byte in Latin-1: with a larger one, V8 holds the whole feed with two bytes for each character, and encodes it ten times slower.
 */
const mark = "\u0091";

/**
 * `feed` 6 splits only the first `]]>` of a CDATA section (a text with two of them can forge entries), writes `<` into
 * attributes, and writes `&amp;` as `&`. So it gets a token instead of each text, and the parsed tree gets the text back.
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
  /** A summary in the form of the dialect. */
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

/** The feed as the library `feed` writes it, parsed. */
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
      title: toToken(entry.title),
      // `feed` passes Atom ids to `new URL()`, which changes many ids of old blogs: `withId` writes them.
      id: placeholder,
      link: entry.url ?? view.homeUrl,
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
