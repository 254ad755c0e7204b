import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";

interface HtmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly HtmlNode[];
}

type HtmlNode = HtmlElement | string;

/** The tree that a browser makes. It is not made by the parser that writes the articles, whose mistakes it would repeat. */
const browserTree = (nodes: readonly DefaultTreeAdapterTypes.ChildNode[]): readonly HtmlNode[] =>
  nodes.flatMap((node): readonly HtmlNode[] => {
    if ("value" in node) return [node.value];
    if (!("tagName" in node)) return [];
    const attributes = Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]));
    // DEV takes no picture that is written into the text.
    if (node.tagName === "img" && attributes.src?.startsWith("data:") === true) return [];
    return [{ name: node.tagName, attributes, children: browserTree(node.childNodes) }];
  });

const textIn = (node: HtmlNode): string => (typeof node === "string" ? node : node.children.map(textIn).join(""));

/** Elements with one meaning. */
const names: Readonly<Record<string, string>> = { b: "strong", i: "em", s: "del", strike: "del", samp: "code" };

/** DEV keeps the content of these elements only. */
const boxes = /^(?:div|figure|details)$/;
const dropped = /^(?:bdi|bdo|dfn|ins|var|time|source|tbody|thead|tfoot|colgroup|col|wbr|span|add|picture)$/;
/** These become a paragraph in bold or italic type. */
const emphasised: Readonly<Record<string, string>> = { summary: "strong", figcaption: "em", caption: "em" };

const isBlock = (node: HtmlNode): boolean =>
  typeof node !== "string" && /^(?:p|h[1-6]|blockquote|pre|hr|[uod]l|li|d[td]|table|t[rhd])$/.test(node.name);

const element = (name: string, children: readonly HtmlNode[], attributes = {}): HtmlElement => ({
  name,
  attributes,
  children,
});

const isBlank = (node: HtmlNode): boolean => typeof node === "string" && node.trim() === "";

/** Puts content outside a block into paragraphs. */
const inParagraphs = (nodes: readonly HtmlNode[]): HtmlNode[] => {
  const found: HtmlNode[] = [];
  let open: HtmlNode[] = [];
  const close = () => {
    if (open.some((node) => !isBlank(node) && (typeof node === "string" || node.name !== "br")))
      found.push(element("p", open));
    open = [];
  };
  for (const node of nodes) {
    if (!isBlock(node)) open.push(node);
    else {
      close();
      found.push(node);
    }
  }
  close();
  return found;
};

/** Reduces elements to those that DEV has. */
const reduced = (node: HtmlNode): HtmlNode[] => {
  if (typeof node === "string") return [node];
  const { name: given, attributes, children } = node;
  const name = names[given] ?? given;
  if (name === "pre") return [element("pre", [textIn(node)])];
  const inner = children.flatMap(reduced);
  if (dropped.test(name)) return inner;
  if (boxes.test(name)) return inParagraphs(inner);
  const mark = emphasised[name];
  if (mark !== undefined)
    return [
      element("p", [
        element(
          mark,
          inner.flatMap((one) => (typeof one !== "string" && one.name === "p" ? one.children : [one])),
        ),
      ]),
    ];
  if (name === "video" || name === "audio") {
    const [source] = [node, ...children].flatMap((one) => (typeof one === "string" ? [] : (one.attributes.src ?? [])));
    return source === undefined ? inner : [element("a", [attributes.title ?? source], { href: source })];
  }
  if (name === "a" && attributes.href === undefined) return inner;
  if (name === "a" && inner.some(isBlock))
    return inParagraphs(inner).map((one) =>
      typeof one === "string" ? one : { ...one, children: [element("a", one.children, attributes)] },
    );
  if (name === "table") {
    const isRow = (one: HtmlNode) => typeof one !== "string" && one.name === "tr";
    return [...inner.filter((one) => !isRow(one) && !isBlank(one)), element("table", inner.filter(isRow))];
  }
  if (name === "p" && inner.some(isBlock)) return inParagraphs(inner);
  if (name === "blockquote") return [element(name, inParagraphs(inner))];
  // A list has paragraphs in all of its items, or in none.
  if (name === "ul" || name === "ol") {
    const items = inner.filter((one) => typeof one !== "string");
    const isLoose = items.some(
      (item) =>
        (items.length > 1 || item.children.filter(isBlock).length > 1) &&
        item.children.some((one) => isBlock(one) && typeof one !== "string" && !/^[uo]l$/.test(one.name)),
    );
    return [
      element(
        name,
        items.map((item) => ({
          ...item,
          children: isLoose
            ? inParagraphs(item.children)
            : item.children.flatMap((one) => (typeof one !== "string" && one.name === "p" ? one.children : [one])),
        })),
        attributes,
      ),
    ];
  }
  return [element(name, inner, attributes)];
};

const isMark = ({ name }: HtmlElement): boolean => /^(?:strong|em|del|a)$/.test(name);

const isInvisible = (node: HtmlNode | undefined): boolean =>
  node !== undefined && (isBlank(node) || (typeof node !== "string" && node.name === "br"));

/** Removes what nobody sees: white space, breaks and empty elements at the edges of blocks, zero-width spaces. */
const settled = (nodes: readonly HtmlNode[]): readonly HtmlNode[] => {
  const made = joined(
    nodes.flatMap((node): readonly HtmlNode[] => {
      if (typeof node === "string") return [node.replaceAll(/[\t\n\r ]+/g, " ").replaceAll("\u200B", "")];
      if (node.name === "pre")
        return [
          element("pre", [
            textIn(node)
              .replaceAll(/[\t ]+/g, " ")
              .replaceAll(/ $/gm, "")
              .replaceAll(/^\n+|\n+$/g, ""),
          ]),
        ];
      const inner = settled(node.children);
      const children = isBlock(node) || isMark(node) ? trimmed(inner) : inner;
      if (children.length === 0 && !/^(?:br|hr|img|t[dhr])$/.test(node.name)) return isMark(node) ? inner : [];
      if (!isMark(node)) return [{ ...node, children }];
      // White space inside a mark is the same as outside.
      const text = textIn({ ...node, children: inner });
      return [text.startsWith(" ") ? " " : "", { ...node, children }, text.endsWith(" ") ? " " : ""];
    }),
  );
  const kept = made.filter((node, at) => {
    const isBetweenBlocks = [made[at - 1], made[at + 1]].every((one) => one === undefined || isBlock(one));
    return !(isBlank(node) && isBetweenBlocks && made.some(isBlock));
  });
  // Nor is white space seen that ends a line before a block, or begins one behind it.
  return kept.map((node, at) => {
    if (typeof node !== "string") return node;
    const [before, after] = [kept[at - 1], kept[at + 1]];
    const begun = before !== undefined && isBlock(before) ? node.trimStart() : node;
    return after !== undefined && isBlock(after) ? begun.trimEnd() : begun;
  });
};

/** White space belongs to the text before it, and texts that follow each other are one. */
const joined = (nodes: readonly HtmlNode[]): readonly HtmlNode[] => {
  const parts: HtmlNode[] = [];
  for (const node of nodes) {
    const last = parts.at(-1);
    if (typeof node === "string" && typeof last === "string")
      parts[parts.length - 1] = (last + node).replaceAll(/ +/g, " ");
    else if (node !== "") parts.push(node);
  }
  return parts;
};

const trimmedStart = (nodes: readonly HtmlNode[]): readonly HtmlNode[] => {
  const [first, ...rest] = nodes;
  if (first === undefined || isBlock(first)) return nodes;
  if (isInvisible(first)) return trimmedStart(rest);
  if (typeof first === "string") return [first.trimStart(), ...rest];
  return [{ ...first, children: trimmedStart(first.children) }, ...rest];
};

const trimmedEnd = (nodes: readonly HtmlNode[]): readonly HtmlNode[] => {
  const last = nodes.at(-1);
  const rest = nodes.slice(0, -1);
  if (last === undefined || (isBlock(last) && !rest.some(isInvisible))) return nodes;
  if (isInvisible(last)) return trimmedEnd(rest);
  if (isBlock(last)) return [...trimmedEnd(rest), last];
  if (typeof last === "string") return [...rest, last.trimEnd()];
  return [...rest, { ...last, children: trimmedEnd(last.children) }];
};

const trimmed = (nodes: readonly HtmlNode[]): readonly HtmlNode[] => trimmedEnd(trimmedStart(nodes));

/** The tree of an article as far as DEV can show it. */
export const articleTree = (html: string): readonly HtmlNode[] =>
  settled(inParagraphs(browserTree(parseFragment(html).childNodes).flatMap(reduced)));

const label = (node: HtmlNode | undefined): string =>
  node === undefined ? "nothing" : typeof node === "string" ? "text" : node.name;

const compared = ["href", "src", "alt", "start", "colspan", "rowspan"];

/** One difference, and the two nodes. */
export interface Difference {
  readonly kind: string;
  readonly expected: string;
  readonly actual: string;
}

const shown = (node: HtmlNode | undefined): string => (node === undefined ? "" : JSON.stringify(node).slice(0, 200));

/** Names what differs between an article as it was meant and as DEV shows it. After a difference, its siblings are not compared. */
export const differences = (
  expected: readonly HtmlNode[],
  actual: readonly HtmlNode[],
  parent = "article",
): readonly Difference[] => {
  const found: Difference[] = [];
  for (let at = 0; at < Math.max(expected.length, actual.length); at += 1) {
    const [meant, is] = [expected[at], actual[at]];
    const add = (kind: string) => found.push({ kind, expected: shown(meant), actual: shown(is) });
    if (meant === undefined || is === undefined || typeof meant === "string" || typeof is === "string") {
      if (meant === is) continue;
      add(
        label(meant) === "text" && label(is) === "text"
          ? `other text in ${parent}`
          : `${label(meant)} becomes ${label(is)} in ${parent}`,
      );
      return found;
    }
    if (meant.name !== is.name) {
      add(`${meant.name} becomes ${is.name} in ${parent}`);
      return found;
    }
    for (const name of compared)
      if (clean(meant.attributes[name]) !== clean(is.attributes[name])) add(`other ${name} of ${meant.name}`);
    found.push(...differences(meant.children, is.children, meant.name));
  }
  return found;
};

/** An attribute's value. Liquid's signs are removed from it. */
const clean = (value = ""): string => {
  const text = value.replaceAll("\u200B", "").replaceAll(/\s+/g, " ").trim();
  try {
    return withoutLiquid(decodeURIComponent(text));
  } catch {
    return withoutLiquid(text);
  }
};

const withoutLiquid = (text: string): string => text.replaceAll(/\{ ?(?=%)|%\}|[{% ]/g, "");
