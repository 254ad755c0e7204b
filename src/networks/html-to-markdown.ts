import { elementsIn, type HtmlElement, type HtmlNode, htmlTree, textIn } from "../domain/html-tree.ts";
import { escapeMarks, withoutMention } from "./network-text.ts";

/** Escapes the signs of CommonMark within a line. A `!` at the end may be followed by a link. */
const plain = (text: string): string =>
  escapeMarks(withoutMention(text))
    .replace(/!$/, "\\!")
    .replaceAll(/&(?=#?\w*;)/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

/** Escapes the beginning of a line that would be a heading, a list or the line under a heading. */
const asLine = (line: string): string =>
  /^(?:[#+=-]|\d+[.)](?:\s|$))/.test(line) ? line.replace(/[#+=.)-]/, "\\$&") : line;

/** Returns a fence that is longer than any run of its sign in the text. */
const fence = (text: string, sign: "`" | "~", shortest: number): string => {
  const rows = text.match(sign === "`" ? /`+/g : /~+/g) ?? [];
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
  if (name === "raw") return textIn(node);
  if (name === "br") return "  \n";
  if (name === "code" || name === "samp")
    return textIn(node).trim() === "" ? "" : code(textIn(node).replaceAll(/\s+/g, " "));
  if (name === "img") return `![${plain(attributes.alt ?? "")}](${address(attributes.src ?? "")})`;
  return name === "video" || name === "audio" ? player(node, text) : link(node, text);
};

/** `text`: the content of the element. */
const player = (node: HtmlElement, text: string): string => {
  const [source] = [node, ...elementsIn(node.children, "source")].flatMap((one) => one.attributes.src ?? []);
  return source === undefined ? text : `[${plain(node.attributes.title ?? source)}](${address(source)})`;
};

const link = ({ name, attributes }: HtmlElement, text: string): string => {
  const href = name === "a" ? attributes.href : undefined;
  return href === undefined || text.trim() === "" ? text : `[${text}](${address(href)})`;
};

export const isBlock = (node: HtmlNode): node is HtmlElement =>
  typeof node !== "string" && blocks[node.name] !== undefined;

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
const flow = (nodes: readonly HtmlNode[], between = "\n\n"): string => {
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
  return parts.filter((part) => part.trim() !== "").join(between);
};

/** A list whose items have other blocks than lists has an empty line between all of them. */
const list = ({ name, attributes, children }: HtmlElement): string => {
  const items = children.filter((item): item is HtmlElement => typeof item !== "string" && item.name === "li");
  const isLoose = items.some((item) =>
    item.children.some((node) => isBlock(node) && (!/^[uo]l$/.test(node.name) || node.attributes.start !== undefined)),
  );
  const first = Number(attributes.start ?? 1);
  return items
    .map((item, at) => {
      const mark = name === "ol" ? `${first + at}. ` : "- ";
      // Redcarpet takes less for a block after the list.
      return indented(flow(item.children, isLoose ? "\n\n" : "\n"), mark, " ".repeat(Math.max(4, mark.length)));
    })
    .join(isLoose ? "\n\n" : "\n");
};

const pre = (node: HtmlElement): string => {
  const text = textIn(node).replace(/\n$/, "");
  const [block] = elementsIn(node.children, "code");
  const language = /language-([\w+-]+)/.exec(block?.attributes.class ?? "")?.[1] ?? "";
  const mark = fence(text, text.includes("```") ? "~" : "`", 3);
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
  `${"#".repeat(Number(name.slice(1)))} ${children
    .map(inline)
    .join("")
    .replaceAll(/[\t\n\r ]+/g, " ")
    .trim()
    .replace(/#$/, "&#35;")}`;

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
  html: textIn,
};

/** Elements as Markdown. Mentions are escaped, so that they notify nobody. `raw` and `html` have text that is Markdown. */
export const markdownOf = (nodes: readonly HtmlNode[]): string => flow(nodes);

/** A post's body as CommonMark. */
export const htmlToMarkdown = (html: string): string => markdownOf(htmlTree(html));

/** The link of a link post, below an article that is the whole post. Braces would be a tag of Liquid on DEV. */
export const externalLink = ({ external }: { readonly external?: string | undefined }): string =>
  external === undefined ? "" : `\n\n<${external.replaceAll("{", "%7B").replaceAll("}", "%7D")}>`;
