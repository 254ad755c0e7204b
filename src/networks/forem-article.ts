import { elementsIn, type HtmlElement, type HtmlNode, htmlTree, textIn } from "../domain/html-tree.ts";
import { isBlock, markdownOf } from "./html-to-markdown.ts";
import { withoutMention } from "./network-text.ts";

const make = (
  name: string,
  children: readonly HtmlNode[],
  attributes: Readonly<Record<string, string>> = {},
): HtmlElement => ({ name, attributes, children });

const nameOf = (node: HtmlNode | undefined): string => (typeof node === "object" ? node.name : "");
const isBlank = (node: HtmlNode): boolean => typeof node === "string" && node.trim() === "";
const isList = (node: HtmlNode | undefined): boolean => /^[uo]l$/.test(nameOf(node));

/** Puts content outside a block into paragraphs. */
const inParagraphs = (nodes: readonly HtmlNode[], wrap = (open: readonly HtmlNode[]) => open): HtmlNode[] => {
  const parts: HtmlNode[] = [];
  let open: HtmlNode[] = [];
  const close = (): void => {
    if (!open.every(isBlank)) parts.push(make("p", wrap(open)));
    open = [];
  };
  for (const node of nodes) {
    if (!isBlock(node)) open.push(node);
    else {
      close();
      parts.push(/^(?:p|h\d)$/.test(node.name) ? { ...node, children: wrap(node.children) } : node);
    }
  }
  close();
  return parts;
};

/** Elements that are written as another one of the same meaning. */
const sameAs: Readonly<Record<string, string>> = { b: "strong", i: "em", s: "del", samp: "code" };
/** Elements whose content is kept, in paragraphs. */
const boxes = /^(?:div|figure|details)$/;
/** Elements that Markdown has no sign for, so that their tags are kept. */
const kept = /^(?:span|abbr|cite|kbd|mark|q|r[pt]|ruby|small|su[bp]|u)$/;
/** Elements whose content is kept where it is. */
const unknown = /^(?:bd[io]|dfn|ins|var|time|tbody|thead|tfoot|col|colgroup|wbr|source|picture)$/;
/** Elements that become a paragraph in bold or italic type. */
const captions: Readonly<Record<string, string>> = { summary: "strong", figcaption: "em", caption: "em" };

/** Reduces an element to those that Forem keeps (`RenderedMarkdownScrubber`). */
const reduced = (node: HtmlNode): readonly HtmlNode[] => {
  if (typeof node === "string") return [node];
  const { attributes, children } = node;
  const name = sameAs[node.name] ?? node.name;
  if (name === "pre") return [node];
  const inner = children.flatMap(reduced);
  const caption = captions[name];
  if (caption !== undefined) return inParagraphs(inner, (text) => [make(caption, text)]);
  if (boxes.test(name)) return inParagraphs(inner);
  if (unknown.test(name) || (name === "a" && attributes.href === undefined)) return inner;
  if (name === "a" && inner.some(isBlock)) return inParagraphs(inner, (text) => [make(name, text, attributes)]);
  return keptElement(name, inner, attributes);
};

/** An element that Forem keeps, with its content in a form that Forem keeps, too. */
const keptElement = (
  name: string,
  inner: readonly HtmlNode[],
  attributes: HtmlElement["attributes"],
): readonly HtmlNode[] => {
  if (name === "p" && inner.some(isBlock)) return inParagraphs(inner);
  if (name === "table") {
    const isRow = (one: HtmlNode): boolean => nameOf(one) === "tr";
    return [...inner.filter((one) => isBlock(one) && !isRow(one)), make(name, inner.filter(isRow))];
  }
  // Forem removes breaks that are in a list item alone.
  const wrapped = (one: HtmlNode): HtmlNode => (nameOf(one) === "br" ? make("span", [one]) : one);
  return [name === "li" ? make(name, inner.map(wrapped)) : make(name, inner, attributes)];
};

const nesting = /^(?:[uod]l|blockquote)$/;

const oneLine = (text: string): string => text.replaceAll(/[\t\n\r ]+/g, " ");

const entity = (sign: string): string => `&#${sign.charCodeAt(0)};`;

/** Liquid reads text that the sanitiser has decoded: an entity hides nothing from it. */
const liquid = (signs: string): string => `{% raw %}${signs}{% endraw %}`;

/** Text in HTML. A backtick would begin code for the expression that keeps Liquid out of code. */
const escaped = (text: string, signs = /\{(?:[{%]+\}*|$)|[&<>"'`~[\]]|(?<=data):/gi): string =>
  text.replaceAll(signs, (found) => (found.startsWith("{") ? liquid(found) : entity(found)));

const codeSigns = /\{(?:[{%]+\}*|$)|[^\p{L}\p{N}\s{]/gu;

const address = (url: string): string =>
  url.replaceAll(/[\s<>"'`{}~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
const altText = (alt = ""): string => oneLine(alt.replaceAll(/\{(?=[{%]|$)/g, "{ "));

const attributesOf = ({ name, attributes }: HtmlElement): string => {
  const values = {
    ...(name === "a" && { href: address(attributes.href ?? "") }),
    ...(name === "img" && { src: address(attributes.src ?? ""), alt: altText(attributes.alt) }),
    ...(name === "ol" && { start: attributes.start }),
    ...(/^t[dh]$/.test(name) && { colspan: attributes.colspan, rowspan: attributes.rowspan }),
  };
  return Object.entries(values)
    .map(([key, value]) => (value === undefined ? "" : ` ${key}="${escaped(value)}"`))
    .join("");
};

const tag = (node: HtmlElement): string => `<${node.name}${attributesOf(node)}>`;

/**
 * HTML in one line, except code. The space behind a block keeps its end tag from being the last of a line, where
 * Redcarpet would take it for the end of the block around it.
 */
const toHtml = (node: HtmlNode, isCode = false): string => {
  if (typeof node === "string") {
    const line = oneLine(node);
    return escaped(isCode ? line : withoutMention(line));
  }
  const { name, children } = node;
  if (name === "pre")
    return `<pre><code>${escaped(textIn(node)).replaceAll(/^( *)&#91;/gm, "$1<span>&#91;</span>")}</code></pre>`;
  if (/^(?:br|hr|img)$/.test(name)) return tag(node);
  const html = `${tag(node)}${children.map((child) => toHtml(child, isCode || name === "code")).join("")}</${name}>`;
  return nesting.test(name) ? `${html} ` : html;
};

/** Text that is written as it is. */
const raw = (text: string): HtmlElement => make("raw", [text]);

/** A block of several lines ends in a line that begins with its end tag: only this one is found for certain. */
const htmlBlock = (node: HtmlElement): HtmlElement => {
  const html = toHtml(node.name === "pre" ? make("div", [node]) : node)
    .trimEnd()
    .replace("<div>", '<div class="highlight">');
  const end = html.lastIndexOf("</");
  return make("html", [html.includes("\n") ? `${html.slice(0, end)}\n${html.slice(end)}` : html]);
};

/** Redcarpet would make links of addresses in text, and Forem refuses what looks like a script in a `src`. */
const textSigns =
  /\{(?:[{%]+\}*|$)|[`\\^]|(?<=data):(?=text)|(?<=src=)["'](?=data|[&<>])|:(?=\/\/)|(?<=www)\.|(?<=[\w.+-])@(?=\w)/gi;

const text = (value: string): readonly HtmlNode[] => {
  const parts: HtmlNode[] = [];
  let end = 0;
  for (const { 0: found, index } of value.matchAll(textSigns)) {
    parts.push(value.slice(end, index), raw(/^[:.]/.test(found) ? `\\${found}` : escaped(found, /\{.*|[`"'@\\^]/g)));
    end = index + found.length;
  }
  return [...parts, value.slice(end)];
};

/** True if Redcarpet takes the marks around a text for emphasis: no other sign in it, and no letter beside it. */
const isMarked = ({ children }: HtmlElement, before: HtmlNode | undefined, after: HtmlNode | undefined): boolean => {
  const inner = children.length === 1 ? children[0] : undefined;
  if (typeof inner !== "string" || isBlank(inner) || inner.search(textSigns) !== -1 || /[\\`*_[\]~|<>{&@/]/.test(inner))
    return false;
  const isEdge = (node: HtmlNode | undefined) => node === undefined || nameOf(node) === "br";
  return (
    (isEdge(before) || (typeof before === "string" ? /[ \n(]$/.test(before) : false) || /^\s/.test(inner)) &&
    (isEdge(after) || (typeof after === "string" ? /^[\s.,;:!?)]/.test(after) : false) || /\s$/.test(inner))
  );
};

const isPlainCode = (code: string): boolean => !/^\s|`|endraw|\s$/.test(code) && code !== "";

/** The content of a block for Markdown. Elements that Redcarpet would not find are written as tags. */
const inline = (nodes: readonly HtmlNode[]): readonly HtmlNode[] =>
  nodes.flatMap((node, at): readonly HtmlNode[] => {
    if (typeof node === "string") return text(node);
    const { name, attributes, children } = node;
    if (mustBeTagged(node, nodes[at - 1], nodes[at + 1]))
      return [raw(tag(node)), ...inline(children), raw(`</${name}>`)];
    if (/^(?:strong|em|del)$/.test(name)) return [node];
    if (name === "code") return [inlineCode(node)];
    if (name === "img") return [inlineImage(node)];
    if (name === "a") return [make(name, inline(children), { href: address(attributes.href ?? "") })];
    return name === "br" ? [raw("<br>")] : [{ ...node, children: inline(children) }];
  });

/** True if Markdown cannot say the element, or Redcarpet would not find it. */
const mustBeTagged = (node: HtmlElement, before: HtmlNode | undefined, after: HtmlNode | undefined): boolean => {
  const { name, children } = node;
  if (/^(?:strong|em|del)$/.test(name)) return !isMarked(node, before, after);
  if (name === "code") return children.some((child) => typeof child !== "string");
  if (name === "a") return elementsIn(children, "code").some((code) => /[[\]]/.test(textIn(code)));
  return name !== "img" && name !== "br" && kept.test(name);
};

const inlineCode = (node: HtmlElement): HtmlNode =>
  isPlainCode(textIn(node)) ? node : raw(`<code>${escaped(oneLine(textIn(node)), codeSigns)}</code>`);

const inlineImage = (node: HtmlElement): HtmlNode => {
  const { alt = "", src = "" } = node.attributes;
  return /[^\p{L}\p{N} .,:;-]/u.test(alt)
    ? raw(tag(node))
    : { ...node, attributes: { ...node.attributes, src: address(src) } };
};

/** True if Redcarpet takes the second of two blocks for a part of the first. */
const isJoined = (before: HtmlNode | undefined, node: HtmlNode): boolean =>
  (isList(before) && isList(node)) || (nameOf(before) === "blockquote" && nameOf(node) === "blockquote");

const isHardTable = (table: HtmlElement): boolean => {
  const rows = table.children.map((row) =>
    typeof row === "string" ? [] : row.children.filter((cell) => !isBlank(cell)),
  );
  return (
    rows.length < 2 ||
    (rows[0] ?? []).length < 2 ||
    JSON.stringify(table).includes("|") ||
    rows.some(
      (cells, at) =>
        cells.length !== rows[0]?.length ||
        cells.some(
          (cell) =>
            typeof cell === "string" ||
            cell.name !== (at === 0 ? "th" : "td") ||
            cell.attributes.colspan !== undefined ||
            cell.attributes.rowspan !== undefined ||
            cell.children.some(isBlock),
        ),
    )
  );
};

const isTight = (list: HtmlElement): boolean =>
  list.children.every(
    (item) => typeof item === "string" || item.children.every((part) => !isBlock(part) || isList(part)),
  );

/** Redcarpet makes one of two empty lines in an item, and Forem writes a line between two blocks of code. */
const isHardCode = (code: HtmlElement, before: HtmlNode | undefined): boolean =>
  nameOf(before) === "pre" || /\n[ \t]*\n[ \t]*\n/.test(textIn(code));

/** True if Redcarpet would end an item too early, or take a part of it for something else. */
const isHardItem = (item: HtmlNode, list: HtmlElement, isLoose: boolean): boolean => {
  if (typeof item === "string") return !isBlank(item);
  const parts = item.children.filter((node) => !isBlank(node));
  const [first] = parts;
  const lists = parts.filter((part): part is HtmlElement => isList(part));
  const end = parts.findIndex(isList);
  return (
    first === undefined ||
    (isBlock(first) && first.name !== "p") ||
    areHard(parts) ||
    parts.some(
      (part, at) =>
        isBlock(part) &&
        (!/^(?:p|[uo]l|pre|blockquote)$/.test(part.name) || (part.name === "pre" && isHardCode(part, parts[at - 1]))),
    ) ||
    (end !== -1 && parts.slice(end).some((part) => !isBlock(part))) ||
    lists.some((inner) => !isTight(inner) || (isLoose && inner.name !== list.name))
  );
};

/** True if Markdown cannot say a block so that Redcarpet understands it. */
const isHard = (node: HtmlNode): boolean => {
  if (!isBlock(node)) return false;
  const { name, attributes, children } = node;
  if (name === "pre") {
    const code = textIn(node);
    return /endraw|^ *\[.*\]:/m.test(code) || (code.includes("```") && code.includes("~~~"));
  }
  if (/^h\d$/.test(name)) return /^\s*\[.*\]:/.test(textIn(node));
  // At the beginning of a block, `<del>` begins HTML, and `[…]:` is an address for other links.
  const first = nameOf(children.find((one) => !isBlank(one)));
  if (name === "p") return first === "del" || (first === "a" && textIn(node).includes("]:"));
  if (name === "table") return isHardTable(node);
  if (isList(node)) {
    const isLoose = !isTight(node);
    return (attributes.start ?? "1") !== "1" || children.some((item) => isHardItem(item, node, isLoose));
  }
  return /^d[ltd]$/.test(name) || (name === "blockquote" && areHard(children.filter((one) => !isBlank(one))));
};

const areHard = (nodes: readonly HtmlNode[]): boolean =>
  nodes.some((node, at) => isHard(node) || isJoined(nodes[at - 1], node));

const inMarkdown = (node: HtmlElement): HtmlElement => {
  if (node.name === "pre") return node;
  const hasBlocks = node.children.some((child) => isBlock(child));
  if (!hasBlocks) return { ...node, children: inline(node.children) };
  return { ...node, children: flowed(node.children) };
};

/** Blocks, with content outside of them. */
const flowed = (nodes: readonly HtmlNode[]): readonly HtmlNode[] => {
  const parts: HtmlNode[] = [];
  let open: HtmlNode[] = [];
  for (const node of nodes) {
    if (!isBlock(node)) open.push(node);
    else {
      parts.push(...inline(open), inMarkdown(node));
      open = [];
    }
  }
  return [...parts, ...inline(open)];
};

const signs = /[\\`*_[\]~<>&{|@#=]|:\/\/|www\./;

/**
 * True if a block would be read as Markdown again. Forem renders its own HTML once more, in which the end tag of a list in
 * a list ends the outer one: what follows is Markdown.
 */
const isReadTwice = (block: HtmlElement): boolean =>
  nesting.test(block.name) && elementsIn(block.children, block.name).length > 0 && signs.test(textIn(block));

/**
 * A post's body as an article for Forem. Forem renders with Redcarpet, which differs from CommonMark; sanitises; runs
 * Liquid over what came of it; and renders that again. What Markdown cannot say so that this shows it is HTML.
 */
export const foremArticle = (html: string): string => {
  const blocks = inParagraphs(htmlTree(html).flatMap(reduced)).filter((node) => isBlock(node));
  return markdownOf(
    blocks.map((block, at) =>
      isHard(block) || isJoined(blocks[at - 1], block) || isReadTwice(block) ? htmlBlock(block) : inMarkdown(block),
    ),
  );
};
