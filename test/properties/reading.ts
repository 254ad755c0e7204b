import { SaxesParser } from "saxes";
import * as z from "zod";
import type { Rendered } from "../../src/ports/feeds.ts";

/** An entry in a file. A field that the format does not have is undefined. */
export interface ReadEntry {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly published: number;
  readonly html?: string;
  readonly categories: readonly string[];
  readonly authors?: readonly string[];
}

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

/** `saxes` is strict: it refuses XML that is not well-formed. */
const treeOf = (xml: string): Node => {
  const root: Node = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const add = (text: string) => {
    for (const node of open) node.text += text;
  };
  const parser = new SaxesParser({ xmlns: true });
  parser.on("opentag", ({ name, attributes }) => {
    const values = Object.fromEntries(Object.entries(attributes).map(([key, { value }]) => [key, value]));
    const node: Node = { name, attributes: values, children: [], text: "" };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on("closetag", () => open.pop());
  parser.on("text", add);
  parser.on("cdata", add);
  parser.write(xml).close();
  return root;
};

const below = (node: Node): readonly Node[] => [node, ...node.children.flatMap(below)];
const all = (node: Node, name: string): readonly Node[] => node.children.filter((child) => child.name === name);
const text = (node: Node, name: string): string => all(node, name)[0]?.text ?? "";
const texts = (node: Node, name: string): readonly string[] => all(node, name).map((child) => child.text);

/** A description in RSS is HTML: Crier writes escaped text. */
const unescapeHtml = (html: string): string =>
  html.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

const rssEntry = (item: Node): ReadEntry => ({
  id: text(item, "guid"),
  title: text(item, "title"),
  summary: unescapeHtml(text(item, "description")),
  published: Date.parse(text(item, "pubDate")),
  html: text(item, "content:encoded"),
  categories: texts(item, "category"),
  authors: texts(item, "dc:creator"),
});

const atomEntry = (entry: Node): ReadEntry => ({
  id: text(entry, "id"),
  title: text(entry, "title"),
  summary: text(entry, "summary"),
  published: Date.parse(text(entry, "published")),
  html: text(entry, "content"),
  categories: all(entry, "category").map(({ attributes }) => attributes.term ?? ""),
  authors: all(entry, "author").map((author) => text(author, "name")),
});

const pageEntry = (article: Node): ReadEntry => {
  const withClass = (name: string) =>
    below(article).filter(({ attributes }) => attributes.class?.split(" ").includes(name));
  return {
    id: withClass("u-uid")[0]?.attributes.value ?? "",
    title: withClass("p-name")[0]?.text ?? "",
    summary: [...withClass("p-summary"), ...withClass("e-content")][0]?.text ?? "",
    published: Date.parse(withClass("dt-published")[0]?.attributes.datetime ?? ""),
    categories: withClass("p-category").map(({ text }) => text),
  };
};

const jsonFeed = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      title: z.string().default(""),
      summary: z.string().default(""),
      date_published: z.string(),
      content_html: z.string().default(""),
      tags: z.array(z.string()).default([]),
      authors: z.array(z.object({ name: z.string() })).default([]),
    }),
  ),
});

const jsonEntries = (json: string): readonly ReadEntry[] =>
  jsonFeed.parse(JSON.parse(json)).items.map((item) => ({
    id: item.id,
    title: item.title,
    summary: item.summary,
    published: Date.parse(item.date_published),
    html: item.content_html,
    categories: item.tags,
    authors: item.authors.map(({ name }) => name),
  }));

/** The entries of a rendered file, read without code of `src/feeds/`. Throws if the file cannot be parsed. */
export const entriesIn = ({ file, text: written }: Rendered): readonly ReadEntry[] => {
  if (file === "feed.json") return jsonEntries(written);
  const root = treeOf(written);
  const elements = (name: string) => below(root).filter((node) => node.name === name);
  if (file === "feed.xml") return elements("item").map(rssEntry);
  return file === "atom.xml" ? elements("entry").map(atomEntry) : elements("article").map(pageEntry);
};
