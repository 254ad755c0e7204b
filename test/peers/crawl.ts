import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { SaxesParser } from "saxes";
import * as z from "zod";

export interface CrawledFile {
  /** The path of its URL, such as `/categories/looms/atom.xml`. */
  readonly path: string;
  /** The media type without parameters. */
  readonly mediaType: string;
  readonly text: string;
}

const nextUrl = z.object({ next_url: z.string().exactOptional() });

type Attributes = Readonly<Record<string, string | undefined>>;
type Element = readonly [name: string, attributes: Attributes];

const elementsOfXml = (text: string): readonly Element[] => {
  const found: Element[] = [];
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => found.push([name, attributes]));
  parser.write(text).close();
  return found;
};

const elementsOfHtml = (node: DefaultTreeAdapterTypes.Node): readonly Element[] => {
  const below = "childNodes" in node ? node.childNodes.flatMap(elementsOfHtml) : [];
  return "tagName" in node
    ? [[node.tagName, Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]))], ...below]
    : below;
};

/** Autodiscovery, the relations of RFC 5005 and RFC 4287, and the links of a page. */
const isFollowed = ([name, { rel, type }]: Element): boolean =>
  name === "a" ||
  (/^(atom:)?link$/.test(name) &&
    (/^(self|current|prev-archive|next-archive)$/.test(rel ?? "") ||
      (rel === "alternate" && /\b(xml|feed\+json|html)$/.test(type ?? ""))));

const urlsIn = ({ mediaType, text }: CrawledFile): readonly string[] => {
  if (/json$/.test(mediaType)) return Object.values(nextUrl.parse(JSON.parse(text)));
  const all: readonly Element[] = /html$/.test(mediaType) ? elementsOfHtml(parse(text)) : elementsOfXml(text);
  return all.flatMap((element) => {
    const [name, { href, xmlUrl }] = element;
    return [name === "outline" ? xmlUrl : undefined, isFollowed(element) ? href : undefined].filter(
      (url) => url !== undefined,
    );
  });
};

/** Pages and feeds, without the API, the console and the sandbox. */
const isPublic = (path: string): boolean =>
  /(\/|\.html|\.xml|\.json|\.opml)$/.test(path) && !/^\/(api|console|sandbox)/.test(path);

/** All feeds and pages of a running Crier that are found by following links. Throws if a link cannot be loaded. */
export const crawl = async (base: string): Promise<readonly CrawledFile[]> => {
  const waiting = [new URL(base).href];
  const list = await fetch(new URL("feeds.opml", base), { method: "HEAD" });
  if (list.ok) waiting.push(list.url);
  const found = new Map<string, CrawledFile>();
  for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
    const { pathname: path } = new URL(url);
    if (found.has(path)) continue;
    const response = await fetch(url);
    if (!response.ok) throw new Error(`a link leads to ${url}, which answers ${response.status}`);
    const mediaType = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
    const one = { path, mediaType, text: await response.text() };
    found.set(path, one);
    for (const link of urlsIn(one)) {
      const target = new URL(link, url);
      if (target.href.startsWith(base) && isPublic(target.pathname)) waiting.push(target.href.replace(/#.*$/, ""));
    }
  }
  return [...found.values()];
};
