import { elementsIn, type HtmlElement, type HtmlNode, htmlTree, textIn } from "./html-tree.ts";
import { type Image, maxPictures, type PostContent } from "./post.ts";
import type { Site } from "./site.ts";
import { cleanLine, firstSentences, hasVisibleText, localeOf, writtenLanguage } from "./text.ts";

/** The quotation marks of written languages that have others than English (CLDR, delimiters). */
const quotationMarks = new Map(
  Object.entries({
    ar: "”“",
    bg: "„“",
    cs: "„“",
    da: "“”",
    de: "„“",
    el: "«»",
    es: "«»",
    fi: "””",
    fr: "«»",
    he: "””",
    hu: "„”",
    it: "«»",
    ja: "「」",
    no: "«»",
    pl: "„”",
    ro: "„”",
    ru: "«»",
    sv: "””",
    uk: "«»",
    "zh-hant": "「」",
  }),
);

type Quote = (text: string) => string;

/** Writes a link. It is plain if networks make a link of its text themselves: an address, a tag, the name of a person. */
type WriteLink = (text: string, href: string, isPlain: boolean) => string;

export type Emphasis = "bold" | "code" | "italic" | "strike";

/** HTML of Markdown has the first of each pair. */
const emphasised: Readonly<Record<string, Emphasis>> = {
  strong: "bold",
  b: "bold",
  em: "italic",
  i: "italic",
  s: "strike",
  del: "strike",
  code: "code",
  pre: "code",
};

interface Style {
  readonly quote: Quote;
  readonly link: WriteLink;
  readonly emphasise: (text: string, as: Emphasis) => string;
  /** The fragments of the text, which its footnotes and headings have. */
  readonly fragments: ReadonlySet<string>;
}

const fragmentsIn = (nodes: readonly HtmlNode[]): readonly string[] =>
  nodes.flatMap((node) => {
    if (typeof node === "string") return [];
    const fragment = URL.parse(`#${node.attributes.id ?? ""}`, "https://a.example/")?.hash ?? "";
    return [...(fragment === "" ? [] : [fragment]), ...fragmentsIn(node.children)];
  });

/** A link within the text leads nowhere outside of its page: a footnote keeps its number, and the way back leaves nothing. */
const innerLink = (text: string): string =>
  /^\d+$/.test(text) ? `[${text}]` : text.replaceAll(/[↩↑^]\uFE0E?/gu, "").trim();

/** Returns a text in quotation marks of the language. One that has some already keeps its own. */
const quoteIn = (language: string): Quote => {
  const [open, close] = quotationMarks.get(writtenLanguage(language)) ?? "“”";
  return (text) => (text === "" || /^["“„«»”「].*["”“»«」]$/su.test(text) ? text : `${open}${text}${close}`);
};

/** An address as people write it: without the scheme, `www.` and the last slash. */
const bareAddress = (address: string): string =>
  address
    .replace(/^(?:https?:\/\/|mailto:)(?:www\.)?/i, "")
    .replace(/\/$/, "")
    .toLowerCase();

/** True for an address, or for the beginning of one with an ellipsis, as networks show their links. */
const isAddress = (text: string, href: string): boolean =>
  bareAddress(text) === bareAddress(href) ||
  (/^\S+…$/u.test(text) && bareAddress(href).startsWith(bareAddress(text.slice(0, -1))));

/** `@ann` is another person on another server: the address of a profile says which one is meant. */
const fullName = (text: string, href: string): string | undefined => {
  const [, name = ""] = /^@([\w.-]+)$/.exec(text) ?? [];
  const profile = URL.parse(href);
  return name !== "" && profile?.pathname === `/@${name}` ? `@${name}@${profile.host}` : undefined;
};

/** A tag and the full name of a person are links of the network already. An address is written once. */
const linkText = (text: string, href: string, write: WriteLink): string => {
  if (text === "" || isAddress(text, href)) return write(href, href, true);
  if (/^#[^\s#@]+$/u.test(text) || /^@[^\s#@]+@[^\s#@]+$/u.test(text)) return write(text, href, true);
  const name = fullName(text, href);
  return name === undefined ? write(text.replace(/^@/, "@\u200B"), href, false) : write(name, href, true);
};

/** `@Override` in code is nobody's name. */
const codeText = (node: HtmlNode): string => textIn(node).replaceAll(/@(?=[\w])/g, "@\u200B");

const blocks: ReadonlySet<string> = new Set(
  "address article aside blockquote caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split(
    " ",
  ),
);

const isBlock = (node: HtmlNode): node is HtmlElement => typeof node !== "string" && blocks.has(node.name);

const inlineText = (node: HtmlNode, style: Style): string => {
  if (typeof node === "string") return node.replaceAll(/[\t\n\r ]+/g, " ");
  const { name, attributes, children } = node;
  const inner = (): string => children.map((child) => inlineText(child, style)).join("");
  const text = (): string => (emphasised[name] === undefined ? inner() : style.emphasise(inner(), emphasised[name]));
  switch (name) {
    case "br":
      return "\n";
    case "img":
      return "";
    case "code":
      return style.emphasise(codeText(node), "code");
    case "q":
      return style.quote(text());
    case "audio":
    case "video": {
      const [source] = [node, ...elementsIn(children, "source")].flatMap((one) => one.attributes.src ?? []);
      return source ?? text();
    }
    case "a":
      if (attributes.href === undefined) return text();
      return style.fragments.has(`#${attributes.href.split("#")[1] ?? ""}`)
        ? innerLink(text().trim())
        : linkText(text().trim(), attributes.href, style.link);
    default:
      return text();
  }
};

const listText = ({ name, attributes, children }: HtmlElement, style: Style): string => {
  const first = Number(attributes.start ?? 1);
  return elementsIn(children, "li")
    .map((item) => blockTexts(item.children, style).join("\n"))
    .filter((text) => text !== "")
    .map((text, at) => `${name === "ol" ? `${first + at}.` : "•"} ${text}`)
    .join("\n");
};

const blockText = (element: HtmlElement, style: Style): readonly string[] => {
  const { name, children } = element;
  const inner = (): readonly string[] => blockTexts(children, style);
  switch (name) {
    case "pre":
      return [style.emphasise(codeText(element).trimEnd(), "code")];
    case "ol":
    case "ul":
      return [listText(element, style)];
    case "blockquote":
      return [style.quote(inner().join("\n\n"))];
    case "tr":
      return [inner().join(", ")];
    case "dl":
    case "table":
    case "tbody":
    case "thead":
    case "tfoot":
      return [inner().join("\n")];
    default:
      return inner();
  }
};

/** Returns the paragraphs of a text: blocks, and what is between them. */
const blockTexts = (nodes: readonly HtmlNode[], style: Style): readonly string[] => {
  const texts: string[] = [];
  let line = "";
  const endLine = (): void => {
    const lines = line.split("\n").map((one) => one.trim());
    texts.push(lines.join("\n").trim());
    line = "";
  };
  for (const node of nodes) {
    if (!isBlock(node)) {
      line += inlineText(node, style);
      continue;
    }
    endLine();
    for (const text of blockText(node, style)) texts.push(text);
  }
  endLine();
  return texts.filter((text) => text.trim() !== "");
};

const blocksOf = (
  html: string,
  language: string,
  link: WriteLink,
  emphasise: Style["emphasise"] = (text) => text,
): readonly string[] => {
  const nodes = htmlTree(html);
  return blockTexts(nodes, { quote: quoteIn(language), link, emphasise, fragments: new Set(fragmentsIn(nodes)) });
};

/**
 * Returns a sanitised body as its author wrote it, for networks that have no formatting: paragraphs, lines and lists as
 * they are, a link as `text (address)`, a quotation in the quotation marks of the language. Pictures leave nothing.
 */
export const noteText = (html: string, language: string): string => cutNote(wholeText(html, language), language);

/** Cuts the text of a note to what its row has room for. */
export const cutNote = (text: string, language: string): string => firstSentences(text, maxText, language);

/** Returns the same text, however long it is. */
export const wholeText = (html: string, language: string): string =>
  blocksOf(html, language, (text, href, isPlain) => (isPlain ? text : `${text} (${href})`)).join("\n\n");

/** Graphemes. No network takes as many, and the row of a post has no room for more. */
const maxText = 20_000;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Places are UTF-16 indices. */
export interface LinkedText {
  readonly text: string;
  readonly links: readonly (Span & { readonly url: string })[];
  /** Two of them, and one of them and a link, are one within the other or apart. */
  readonly emphasis: readonly (Span & { readonly as: Emphasis })[];
}

/** Characters of no text: what is marked is between them until its place is known. */
const [opening, closing] = ["\uE000", "\uE001"];

type Mark = { readonly url: string } | { readonly as: Emphasis };

/** Takes the marks out of a text. They are in the order of their ends, which is the order in which they are written. */
const withoutMarks = (marked: string, marks: readonly Mark[]): LinkedText => {
  const links: LinkedText["links"][number][] = [];
  const emphasis: LinkedText["emphasis"][number][] = [];
  const starts: number[] = [];
  let ended = 0;
  let text = "";
  for (const part of marked.split(/([\uE000\uE001])/)) {
    if (part === opening) starts.push(text.length);
    else if (part !== closing) text += part;
    else {
      const mark = marks[ended];
      const span = { start: starts.pop() ?? 0, end: text.length };
      if (mark !== undefined && "url" in mark) links.push({ ...span, ...mark });
      else if (mark !== undefined) emphasis.push({ ...span, ...mark });
      ended += 1;
    }
  }
  return { text, links, emphasis };
};

export interface LinkOptions {
  /** The plain links are among the links, too: nothing else makes links of their texts. */
  readonly plainLinks?: boolean;
  /** Finds what the author emphasised, for a place that shows it. */
  readonly emphasis?: boolean;
}

/** Returns the text of a note for a place that has links of its own: their addresses are not in the text. */
export const linkedNoteText = (
  html: string,
  language: string,
  { plainLinks = false, emphasis = false }: LinkOptions = {},
): LinkedText => {
  const marks: Mark[] = [];
  const enclose = (text: string, mark: Mark): string => {
    marks.push(mark);
    return `${opening}${text}${closing}`;
  };
  const link: WriteLink = (text, href, isPlain) => (isPlain && !plainLinks ? text : enclose(text, { url: href }));
  const emphasise: Style["emphasise"] = (text, as) => {
    const inner = text.trim();
    if (!emphasis || inner === "") return text;
    const start = text.indexOf(inner);
    return text.slice(0, start) + enclose(inner, { as }) + text.slice(start + inner.length);
  };
  const bare = html.replaceAll(opening, "").replaceAll(closing, "");
  const found = withoutMarks(blocksOf(bare, language, link, emphasise).join("\n\n"), marks);
  if (!emphasis) return found;
  // A mark may hide from a rule what the text begins with, such as a quotation mark: then the text has no emphasis.
  const usual = linkedNoteText(html, language, { plainLinks });
  return found.text === usual.text ? found : usual;
};

/** A tracking pixel is not a picture. */
const isPixel = ({ width, height }: HtmlElement["attributes"]): boolean =>
  [width, height].some((side) => side === "0" || side === "1");

/** Sanitised HTML has no `>` within a tag. */
const imageTag = /<img\s[^>]*>/g;

/**
 * Returns the pictures of a note that networks get, in the order of its body. Only their tags are parsed: the tree of a
 * long article takes 100 MB, and every render of the page asks for its picture.
 */
export const picturesIn = (html: string): readonly Image[] => {
  const pictures = new Map<string, Image>();
  for (const { attributes } of elementsIn(htmlTree((html.match(imageTag) ?? []).join("")), "img")) {
    const { src = "", alt = "" } = attributes;
    if (!/^https?:/.test(src) || isPixel(attributes) || pictures.has(src)) continue;
    pictures.set(src, { url: src, ...(hasVisibleText(alt) && { alt: cleanLine(alt) }) });
  }
  return [...pictures.values()].slice(0, maxPictures);
};

/** The length of a label, in graphemes. */
const maxLabel = 80;

export interface NoteContext extends Pick<PostContent, "language" | "published"> {
  readonly site: Pick<Site, "timeZone">;
}

/** Returns what lists call a note: its first words, else what its first picture shows, else its date. */
export const noteLabel = (html: string, { language, published, site }: NoteContext): string => {
  const { text } = linkedNoteText(html, language);
  const pictures = picturesIn(html).map(({ alt = "" }) => alt);
  const label = [text, ...pictures].map(cleanLine).find(hasVisibleText);
  if (label !== undefined) return firstSentences(label, maxLabel, language);
  if (published === undefined) return "A note without a date";
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: "long", timeZone: site.timeZone }).format(published);
};
