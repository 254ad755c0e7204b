import { parseFragment, type DefaultTreeAdapterTypes as Tree } from "parse5";
import { attribute, type Element, isElement } from "./html.ts";

/** HTML without what differs between generators and means nothing to a reader: one line per block. */
export interface Normalised {
  readonly text: string;
  /** The addresses of links and media, absolute, in the order of the document. */
  readonly links: readonly string[];
}

const blockTags = new Set(
  "p li ul ol dl dt dd blockquote pre table tr figure figcaption h1 h2 h3 h4 h5 h6 hr".split(" "),
);
const playerTags = new Set(["video", "audio", "iframe"]);
const droppedTags = new Set(["script", "style", "template"]);
const keptInline = new Map(
  "em strong code del mark sub sup a td th".split(" ").map((tag): [string, string] => [tag, tag]),
).set("s", "del");

/** Typographic signs as people type them: whether they are set is the theme's taste. */
const plainSigns = (text: string): string =>
  text
    .replaceAll(/[“”„]/g, '"')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll("…", "...")
    .replaceAll("–", "--")
    .replaceAll(/[\s\u00A0]+/g, " ");

const decode = (url: string): string => {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
};

const textOf = (node: Tree.Node): string =>
  "value" in node ? node.value : "childNodes" in node ? node.childNodes.map(textOf).join("") : "";

const hasPicture = (element: Element): boolean =>
  element.childNodes.some((child) => isElement(child) && (child.tagName === "img" || hasPicture(child)));

/** The anchor beside a heading, and the arrow at the end of a footnote. */
const isAnchor = (element: Element): boolean =>
  element.tagName === "a" && /^(?:↩\S*)?$/u.test(textOf(element).trim()) && !hasPicture(element);

const nextOf = (element: Element): Tree.Node | undefined => {
  const siblings = element.parentNode?.childNodes ?? [];
  return siblings.slice(siblings.indexOf(element) + 1).find(isElement);
};

/** The list of Crier's footnotes. */
const isNotes = (node: Tree.Node | undefined): boolean =>
  node !== undefined &&
  isElement(node) &&
  node.childNodes.some((child) => isElement(child) && attribute(child, "id")?.startsWith("fn-"));

/** The player of a film and its page are one; and so are the anchors of a footnote. */
const sameAddress = (url: string): string =>
  url
    .replace(/^https:\/\/www\.youtube\.com\/embed\/([\w-]+).*$/, "https://www.youtube.com/watch?v=$1")
    .replace(
      /#(?:user-content-)?fn[:-].*?([a-z]|\d+)$/,
      (_, name) => `#note ${/\d/.test(name) ? name : name.charCodeAt(0) - 96}`,
    );

const isFootnotes = (element: Element): boolean =>
  attribute(element, "role") === "doc-endnotes" || attribute(element, "data-footnotes") !== undefined;

export const normalise = (html: string, base: string): Normalised => {
  const links: string[] = [];
  const link = (url: string | undefined) => {
    if (url !== undefined) links.push(sameAddress(decode(URL.canParse(url, base) ? new URL(url, base).href : url)));
  };

  const inside = (element: Element, isNote = false): string =>
    element.childNodes.map((child) => write(child, isNote)).join("");

  const element = (one: Element, isNote: boolean): string => {
    const { tagName } = one;
    if (droppedTags.has(tagName) || isAnchor(one)) return "";
    if (isFootnotes(one)) return inside(one, true);
    // The line above the notes, and a heading for screen readers.
    if (isNote && /^h[r2]$/.test(tagName)) return "";
    if (tagName === "hr" && isNotes(nextOf(one))) return "";
    if (tagName === "input") return attribute(one, "checked") === undefined ? "☐ " : "☑ ";
    if (tagName === "br") return "\n<br>";
    if (tagName === "pre") return `\n<pre>${textOf(one).trim().replaceAll("\n", "⏎")}\n`;
    if (tagName === "a") link(attribute(one, "href"));
    if (tagName === "img" || playerTags.has(tagName)) link(attribute(one, "src"));
    if (tagName === "img") return `<img ${attribute(one, "alt") ?? ""}>`;
    // A film is a link in a feed.
    if (playerTags.has(tagName)) return `<a>${attribute(one, "title") ?? ""}</a>`;
    if (blockTags.has(tagName)) return `\n<${tagName}>${inside(one, isNote)}\n`;
    const kept = keptInline.get(tagName);
    return kept === undefined ? inside(one, isNote) : `<${kept}>${inside(one, isNote)}</${kept}>`;
  };

  const write = (node: Tree.Node, isNote: boolean): string => {
    if (isElement(node)) return element(node, isNote);
    return "value" in node ? plainSigns(node.value) : "";
  };

  const lines = parseFragment(html)
    .childNodes.map((node) => write(node, false))
    .join("")
    .split("\n")
    .map((line) => line.trim())
    // A paragraph may or may not be around the text of an item, and around a picture or a film.
    .map((line) => line.replace(/^<p>/, "").replaceAll("<br> ", "<br>").replaceAll(/ {2,}/g, " "))
    .filter((line) => line !== "");
  return { text: lines.join("\n").replaceAll(/(<(?:li|dd|dt|blockquote|tr)>)\n(?!<)/g, "$1"), links };
};

/** The text alone, of Markdown or HTML. */
export const plainText = (text: string): string =>
  plainSigns(textOf(parseFragment(text.replaceAll(/<\/(?:p|li)>/g, " $&").replaceAll(/^- /gm, ""))).trim()).replaceAll(
    "*",
    "",
  );
