import { withoutMention } from "../domain/snippet.ts";

/** Escapes the signs that Markdown or Liquid would interpret. */
const plain = (text: string): string =>
  withoutMention(text)
    .replaceAll(/[\\`*_[\]~|]|!$/g, "\\$&")
    .replaceAll(/&(?=#?\w+;)/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/\{(?=[{%])/g, "&#123;");

/** Escapes the beginning of a line that would be a heading, a list or the line under a heading. */
const asLine = (line: string): string =>
  /^(?:[#+=-]|\d{1,9}[.)](?:\s|$))/.test(line) ? line.replace(/[#+=.)-]/, "\\$&") : line;

/** Returns a fence that is longer than any run of backticks in the text. */
const fence = (text: string, sign: string, shortest: number): string => {
  const rows = text.match(/`+/g) ?? [];
  return sign.repeat(Math.max(shortest, ...rows.map(({ length }) => length + 1)));
};

const code = (text: string): string => {
  const mark = fence(text, "`", 1);
  return mark === "`" ? `\`${text}\`` : `${mark} ${text} ${mark}`;
};

const address = (url: string): string =>
  url
    .replaceAll(/[\s<>\\]/g, encodeURIComponent)
    .replaceAll("(", "%28")
    .replaceAll(")", "%29");

/** Puts marks around a text, with white space outside them: `** a**` is not bold. */
const marked = (text: string, mark: string): string => {
  const inner = text.trim();
  const start = text.length - text.trimStart().length;
  return inner === "" ? text : text.slice(0, start) + mark + inner + mark + text.slice(start + inner.length);
};

/** Markdown has no sign for these elements, so their tags are kept. */
const kept: ReadonlySet<string> = new Set(["sub", "sup", "kbd", "mark"]);
const marks: Readonly<Record<string, string>> = { strong: "**", b: "**", em: "*", i: "*", del: "~~", s: "~~" };

const inline = (node: HtmlNode): string => {
  if (typeof node === "string") return plain(node.replaceAll(/[\t\n\r ]+/g, " "));
  const { name, attributes, children } = node;
  // Made once: each level that made it twice would double the time of all levels inside it.
  const text = children.map(inline).join("");
  const mark = marks[name];
  if (mark !== undefined) return marked(text, mark);
  if (kept.has(name)) return `<${name}>${text}</${name}>`;
  if (name === "br") return "  \n";
  if (name === "code" || name === "samp")
    return textIn(node).trim() === "" ? "" : code(textIn(node).replaceAll(/\s+/g, " "));
  // No network takes a picture that is written into the text.
  if (name === "img" && attributes.src?.startsWith("data:") === true) return "";
  if (name === "img") return `![${plain(attributes.alt ?? "")}](${address(attributes.src ?? "")})`;
  if (name === "video" || name === "audio") {
    const [source] = [node, ...elementsIn(children, "source")].flatMap((one) => one.attributes.src ?? []);
    return source === undefined ? text : `[${plain(attributes.title ?? source)}](${address(source)})`;
  }
  const href = name === "a" ? attributes.href : undefined;
  return href === undefined || text.trim() === "" ? text : `[${text}](${address(href)})`;
};

const isBlock = (node: HtmlNode): node is HtmlElement => typeof node !== "string" && blocks[node.name] !== undefined;

const lines = (text: string): string =>
  text
    .trim()
    .split("\n")
    .map((line) => asLine(line.trimStart()))
    .join("\n");

const indented = (text: string, first: string, other: string): string =>
  text
    .split("\n")
    .map((line, at) => (at === 0 ? first : line === "" ? "" : other) + line)
    .join("\n");

/** Separates blocks by an empty line. Content outside a block becomes paragraphs. */
const flow = (nodes: readonly HtmlNode[]): string => {
  const parts: string[] = [];
  let open = "";
  const close = (): void => {
    parts.push(lines(open));
    open = "";
  };
  for (const node of nodes) {
    if (!isBlock(node)) open += inline(node);
    else {
      close();
      parts.push(blocks[node.name]?.(node) ?? "");
    }
  }
  close();
  return parts.filter((part) => part.trim() !== "").join("\n\n");
};

const list = ({ name, attributes, children }: HtmlElement): string => {
  const first = Number(attributes.start ?? 1);
  return children
    .filter((item) => typeof item !== "string" && item.name === "li")
    .map((item, at) => {
      const mark = name === "ol" ? `${first + at}. ` : "- ";
      return indented(flow(typeof item === "string" ? [] : item.children), mark, " ".repeat(mark.length));
    })
    .join("\n");
};

const pre = (node: HtmlElement): string => {
  const text = textIn(node).replace(/\n$/, "");
  const [block] = elementsIn(node.children, "code");
  const language = /language-([\w+-]+)/.exec(block?.attributes.class ?? "")?.[1] ?? "";
  const mark = fence(text, "`", 3);
  return `${mark}${language}\n${text}\n${mark}`;
};

const oneLine = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");

const cell = ({ children }: HtmlElement): string => oneLine(flow(children));

const table = ({ children }: HtmlElement): string => {
  const [head = [], ...rows] = elementsIn(children, "tr").map((row) => elementsIn(row.children, "th", "td").map(cell));
  const width = Math.max(head.length, ...rows.map(({ length }) => length));
  const line = (cells: readonly string[]): string =>
    `| ${Array.from({ length: width }, (_, at) => cells[at] ?? "").join(" | ")} |`;
  const caption = elementsIn(children, "caption").map((one) => `*${flow(one.children)}*\n\n`);
  return [...caption, [line(head), line(Array(width).fill("---")), ...rows.map(line)].join("\n")].join("");
};

const heading = ({ name, children }: HtmlElement): string =>
  `${"#".repeat(Number(name.slice(1)))} ${children.map(inline).join("").replaceAll(/\s+/g, " ").trim().replace(/#$/, "\\#")}`;

const inside = ({ children }: HtmlElement): string => flow(children);
const bold = ({ children }: HtmlElement): string => marked(flow(children), "**");
const caption = ({ children }: HtmlElement): string => marked(flow(children), "*");

const blocks: Readonly<Record<string, (element: HtmlElement) => string>> = {
  ...Object.fromEntries(["p", "div", "figure", "picture", "details", "dl", "dd", "li"].map((name) => [name, inside])),
  ...Object.fromEntries(["h1", "h2", "h3", "h4", "h5", "h6"].map((name) => [name, heading])),
  summary: bold,
  dt: bold,
  figcaption: caption,
  blockquote: ({ children }) => indented(flow(children), "> ", "> ").replaceAll(/^$/gm, ">"),
  ul: list,
  ol: list,
  pre,
  table,
  // Three dashes at the beginning of an article would begin its front matter.
  hr: () => "***",
};

/** A post's body as Markdown, for networks with articles. Mentions are escaped, so that they notify nobody. */
export const htmlToMarkdown = (html: string): string => flow(htmlTree(html));

/** An HTML element with its content. */
interface HtmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly HtmlNode[];
}

type HtmlNode = HtmlElement | string;

interface OpenElement extends HtmlElement {
  readonly children: HtmlNode[];
}

const emptyElements: ReadonlySet<string> = new Set(["br", "col", "hr", "img", "source", "wbr"]);

const signs: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };
const decoded = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot);/g, (_, name: string) => signs[name] ?? "");

const attributesIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/(?<=\s)([a-z-]{1,40})="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, decoded(value)]),
  );

/**
 * Parses a body that the sanitiser has written: every tag is closed, every value is quoted, and only four signs are
 * entities. A parser for any HTML would be ten times the size of this network.
 */
export const htmlTree = (html: string): readonly HtmlNode[] => {
  const root: OpenElement = { name: "", attributes: {}, children: [] };
  const open: OpenElement[] = [root];
  let end = 0;
  const addText = (text: string): void => {
    if (text !== "") open.at(-1)?.children.push(decoded(text));
  };
  for (const { index, 0: tag, 1: slash, 2: name = "", 3: rest = "" } of html.matchAll(
    /<(\/?)([a-z][a-z\d]*)((?:[\s/][^<>]*)?)>/g,
  )) {
    addText(html.slice(end, index));
    end = index + tag.length;
    if (slash === "/") {
      const at = open.findLastIndex((one) => one.name === name);
      if (at > 0) open.length = at;
      continue;
    }
    const element: OpenElement = { name, attributes: attributesIn(rest), children: [] };
    open.at(-1)?.children.push(element);
    if (!emptyElements.has(name)) open.push(element);
  }
  addText(html.slice(end));
  return root.children;
};

export const textIn = (node: HtmlNode): string =>
  typeof node === "string" ? node : node.children.map(textIn).join("");

/** All elements with one of the names, in document order, without those inside another match. */
const elementsIn = (nodes: readonly HtmlNode[], ...names: readonly string[]): readonly HtmlElement[] =>
  nodes.flatMap((node) => {
    if (typeof node === "string") return [];
    return names.includes(node.name) ? [node] : elementsIn(node.children, ...names);
  });
