import { Parser } from "htmlparser2";
import type { FeedText, PolledFile } from "../domain/polled-feed.ts";
import { makePerson, type Person } from "../domain/site.ts";
import { day, hour, minute } from "../domain/time.ts";

export interface XmlElement {
  /**
   * The name in lower case. A known namespace has its usual prefix, whatever the document calls it: `dc:creator`,
   * `atom:entry`.
   */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** An absolute URL. References in the element are relative to it (XML Base). */
  readonly base: string;
  /** True if the element or one above it has `xml:base`. */
  readonly hasBase: boolean;
  /** `xml:lang`, as it is written. */
  readonly language: string | undefined;
}

/** `raw` is text as it is in the document: references are not resolved. `cdata` is the text itself. */
export type XmlNode = XmlElement | { readonly raw: string } | { readonly cdata: string };

export interface XmlDocument {
  /** The first element with one of the names of a root: some servers print warnings before it. */
  readonly root: XmlElement | undefined;
  /** False if the end tag of the root is missing. */
  readonly isComplete: boolean;
}

/** The prefixes of the namespaces that are read, by their names in lower case. */
const prefixes = new Map([
  ["http://www.w3.org/2005/atom", "atom"],
  ["http://purl.org/atom/ns#", "atom"],
  ["http://purl.org/atompub/tombstones/1.0", "at"],
  ["http://purl.org/rss/1.0/", ""],
  ["http://my.netscape.com/rdf/simple/0.9/", ""],
  ["http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"],
  ["http://purl.org/rss/1.0/modules/content/", "content"],
  ["http://purl.org/rss/1.0/modules/syndication/", "sy"],
  ["http://purl.org/dc/elements/1.1/", "dc"],
  ["http://purl.org/dc/terms/", "dcterms"],
  ["http://search.yahoo.com/mrss/", "media"],
  ["http://search.yahoo.com/mrss", "media"],
  ["http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"],
  ["http://rssnamespace.org/feedburner/ext/1.0", "feedburner"],
]);

const entities = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Resolves the five names of XML, and numbers. A name of HTML (`&nbsp;`) stays: the text is then read as HTML. */
const resolveReferences = (raw: string): string =>
  raw.replaceAll(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([\da-fA-F]{1,6}));/g, (whole, name, decimal, hex) => {
    if (name !== undefined) return entities.get(name) ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0x10_ffff ? "\uFFFD" : String.fromCodePoint(code);
  });

/** No feed is nested as deeply. The parser searches the open elements at each end tag. */
const maxDepth = 1000;

class TooDeep extends Error {
  override readonly name = "TooDeep";
}

interface Open extends XmlElement {
  readonly children: XmlNode[];
  readonly parent: Open | undefined;
  readonly namespaces: ReadonlyMap<string, string>;
}

const absolute = (reference: string | undefined, base: string): string | undefined =>
  reference === undefined ? undefined : URL.parse(reference, base)?.href;

const readAttributes = (given: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), resolveReferences(value).trim()]));

const readNamespaces = (attributes: ReadonlyMap<string, string>, parent: Open | undefined): Open["namespaces"] => {
  const declared = [...attributes].flatMap(([key, value]) =>
    /^xmlns(?::|$)/.test(key) ? [[key.slice(6), value.toLowerCase()] as const] : [],
  );
  const inherited = parent?.namespaces ?? new Map();
  return declared.length === 0 ? inherited : new Map([...inherited, ...declared]);
};

/**
 * Without a declaration, `feed` and its content are Atom, and a prefix has its usual meaning. RSS has no namespace:
 * where its root has a prefix (`own`), the elements with this prefix are those of RSS.
 */
const prefixedName = (tag: string, namespaces: Open["namespaces"], isAtom: boolean, own?: string): string => {
  const colon = tag.indexOf(":");
  const prefix = tag.slice(0, Math.max(colon, 0)).toLowerCase();
  const local = tag.slice(colon + 1).toLowerCase();
  const undeclared = prefix === own ? "" : prefix;
  const usual = prefixes.get(namespaces.get(prefix) ?? "") ?? (prefix === "" && isAtom ? "atom" : undeclared);
  return usual === "" ? local : `${usual}:${local}`;
};

/** Reads XML that need not be well-formed. Entities of a DTD are never expanded. Never throws. */
export const parseXml = (text: string, documentUrl: string, roots: ReadonlySet<string>): XmlDocument => {
  let root: Open | undefined;
  let current: Open | undefined;
  let isComplete = false;
  let inCdata = false;
  let rssPrefix: string | undefined;
  /** For each open tag, true if it became an element. */
  const isRead: boolean[] = [];

  const onopentag = (tag: string, given: Readonly<Record<string, string>>): void => {
    if (isRead.length > maxDepth) throw new TooDeep("the elements are nested too deeply");
    const attributes = readAttributes(given);
    const namespaces = readNamespaces(attributes, current);
    if (root === undefined) rssPrefix = /^([^:]+):rss$/.exec(tag.toLowerCase())?.[1];
    const isAtom = (root?.name ?? `atom:${tag.toLowerCase()}`) === "atom:feed";
    const name = prefixedName(tag, namespaces, isAtom, rssPrefix);
    const isPart = current !== undefined || (root === undefined && roots.has(name));
    isRead.push(isPart);
    if (!isPart) return;
    const base = current?.base ?? documentUrl;
    const element: Open = {
      name,
      attributes,
      namespaces,
      parent: current,
      children: [],
      base: absolute(attributes.get("xml:base"), base) ?? base,
      hasBase: attributes.has("xml:base") || (current?.hasBase ?? false),
      language: attributes.get("xml:lang") ?? current?.language,
    };
    root ??= element;
    current?.children.push(element);
    current = element;
  };

  const onclosetag = (_: string, isImplied: boolean): void => {
    if (isRead.pop() !== true) return;
    isComplete = current === root && !isImplied;
    current = current?.parent;
  };

  const parser = new Parser(
    {
      onopentag,
      onclosetag,
      ontext: (data) => current?.children.push(inCdata ? { cdata: data } : { raw: data }),
      oncdatastart: () => {
        inCdata = true;
      },
      oncdataend: () => {
        inCdata = false;
      },
    },
    { xmlMode: true, decodeEntities: false },
  );
  try {
    parser.end(text);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    isComplete = false;
  }
  return { root, isComplete };
};

const isElement = (node: XmlNode): node is XmlElement => "name" in node;

export const hasElements = (element: XmlElement): boolean => element.children.some(isElement);

/** The named children of the elements that were searched. Each entry searches its feed, which has them all. */
const namedChildren = new WeakMap<XmlElement, ReadonlyMap<string, readonly XmlElement[]>>();

const byName = (element: XmlElement): ReadonlyMap<string, readonly XmlElement[]> => {
  const known = namedChildren.get(element);
  if (known !== undefined) return known;
  const grouped = Map.groupBy(element.children.filter(isElement), ({ name }) => name);
  namedChildren.set(element, grouped);
  return grouped;
};

/** Returns the children in the order of the names. */
export const childElements = (element: XmlElement | undefined, ...names: readonly string[]): readonly XmlElement[] =>
  element === undefined ? [] : names.flatMap((name) => byName(element).get(name) ?? []);

const textOfNode = (node: XmlNode): string => {
  if (isElement(node)) return node.children.map(textOfNode).join("");
  return "cdata" in node ? node.cdata : resolveReferences(node.raw);
};

/** Returns undefined if the text is empty. */
export const elementText = (element: XmlElement | undefined): string | undefined =>
  element?.children.map(textOfNode).join("").trim() || undefined;

/** Returns the text of the first child that has any, in the order of the names. */
export const textIn = (element: XmlElement | undefined, ...names: readonly string[]): string | undefined =>
  childElements(element, ...names)
    .map(elementText)
    .find((text) => text !== undefined);

const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const voidElement = /^(?:br|hr|img|source|wbr|col)$/;

const markupOf = (node: XmlNode): string => {
  if (!isElement(node)) return "cdata" in node ? escapeText(node.cdata) : node.raw;
  const name = node.name.replace(/^[^:]*:/, "");
  const attributes = [...node.attributes].map(
    ([key, value]) => ` ${key}="${escapeText(value).replaceAll('"', "&quot;")}"`,
  );
  const start = `<${name}${attributes.join("")}>`;
  const inside = node.children.map(markupOf).join("");
  // Text after an unclosed `<br>` was parsed as its content.
  return voidElement.test(name) ? start + inside : `${start}${inside}</${name}>`;
};

/** Returns the elements and text in an element, as HTML. */
export const innerMarkup = (element: XmlElement): string => element.children.map(markupOf).join("").trim();

/** Returns an absolute http(s) URL, or undefined. */
export const urlIn = (text: string | undefined, base: string): string | undefined => {
  const url = text?.trim() ? absolute(text.trim(), base) : undefined;
  return url !== undefined && /^https?:/.test(url) ? url : undefined;
};

const byteCount = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;

const parseMediaType = (text: string | undefined): string | undefined => {
  const [type] = text?.toLowerCase().split(";") ?? [];
  return type !== undefined && /^[a-z]+\/[\w.+-]+$/.test(type.trim()) ? type.trim() : undefined;
};

export const makeFiles = (
  url: string | undefined,
  mediaType: string | undefined,
  length: string | undefined,
  alt?: string,
): readonly PolledFile[] =>
  url === undefined ? [] : [{ url, mediaType: parseMediaType(mediaType), length: byteCount(length), alt }];

const isPicture = ({ url, mediaType }: PolledFile): boolean =>
  mediaType === undefined
    ? /\.(?:avif|gif|jpe?g|png|svg|webp)$/i.test(new URL(url).pathname)
    : mediaType.startsWith("image/");

/** Divides the files that an entry has attached into pictures and others. */
export const sortFiles = (
  files: readonly PolledFile[],
): { readonly pictures: readonly PolledFile[]; readonly others: readonly PolledFile[] } => ({
  pictures: files.filter(isPicture),
  others: files.filter((file) => !isPicture(file)),
});

/** Returns the pictures of Media RSS and iTunes: the whole ones before their thumbnails. */
export const mediaPictures = (entry: XmlElement): readonly PolledFile[] => {
  const groups = [entry, ...childElements(entry, "media:group")];
  const contents = groups.flatMap((group) => childElements(group, "media:content"));
  const full = contents
    .filter(({ attributes }) => attributes.get("medium") === "image" || attributes.get("type")?.startsWith("image/"))
    .flatMap((content) =>
      makeFiles(
        urlIn(content.attributes.get("url"), content.base),
        content.attributes.get("type"),
        content.attributes.get("filesize"),
        textIn(content, "media:description"),
      ),
    );
  const thumbnails = [...groups, ...contents]
    .flatMap((group) => childElements(group, "media:thumbnail"))
    .flatMap(({ attributes, base }) => makeFiles(urlIn(attributes.get("url"), base), undefined, undefined));
  const itunes = childElements(entry, "itunes:image").flatMap(({ attributes, base }) =>
    makeFiles(urlIn(attributes.get("href"), base), undefined, undefined),
  );
  return [...full, ...thumbnails, ...itunes];
};

/** Returns the categories of an entry in Media RSS (its `label` is for people) and iTunes (those within come after). */
export const mediaCategories = (entry: XmlElement): readonly string[] => {
  const groups = [entry, ...childElements(entry, "media:group")];
  const media = [...groups, ...groups.flatMap((group) => childElements(group, "media:content"))]
    .flatMap((element) => childElements(element, "media:category"))
    .flatMap((one) => one.attributes.get("label") || elementText(one) || []);
  const outer = childElements(entry, "itunes:category");
  const itunes = [...outer, ...outer.flatMap((one) => childElements(one, "itunes:category"))];
  return [...media, ...itunes.flatMap((one) => one.attributes.get("text") || elementText(one) || [])];
};

const reference = /&(?:[a-z]\w*|#\d+|#x[\da-f]+);/i;
const closedTag = /<(\w+)(?:\s[^<>]*)?>[^<>]*<\/\1>|<br\s*\/?>/i;

/**
 * A title of RSS or JSON Feed is plain text by the specification and escaped HTML in many feeds. A reference and a
 * closed tag are HTML; a tag that is not closed is text: "The <b> element".
 */
export const titleText = (text: string | undefined): FeedText | undefined => {
  if (text === undefined) return undefined;
  return reference.test(text) || closedTag.test(text) ? { html: text } : { text };
};

export const plainTitle = (title: FeedText | undefined): string | undefined => {
  if (title === undefined || "text" in title) return title?.text;
  return resolveReferences(title.html.replaceAll(/<[^<>]*>/g, ""));
};

/** A person with an empty name is left out. */
export const namedPeople = (
  name: string | undefined,
  url: string | undefined,
  email: string | undefined,
): readonly Person[] => (name === undefined || name.trim() === "" ? [] : [makePerson(name.trim(), url, email)]);

const periods = new Map([
  ["hourly", hour],
  ["daily", day],
  ["weekly", 7 * day],
  ["monthly", 30 * day],
  ["yearly", 365 * day],
]);

const positive = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;

/** Returns ms: RSS `ttl` in minutes, else `sy:updatePeriod`, which `sy:updateFrequency` divides. */
export const readPollInterval = (channel: XmlElement): number | undefined => {
  const ttl = positive(textIn(channel, "ttl"));
  if (ttl !== undefined) return ttl * minute;
  const period = periods.get(textIn(channel, "sy:updateperiod")?.toLowerCase() ?? "");
  return period === undefined ? undefined : period / (positive(textIn(channel, "sy:updatefrequency")) ?? 1);
};
