import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse, parseFragment, serialize } from "parse5";

/** The tags and texts in order. A browser adds `tbody` and `colgroup`, which may be left out. */
const partsIn = (html: string): readonly string[] =>
  html
    .replaceAll(/<\/?(?:tbody|colgroup)\b[^<>]*>/g, "")
    .split(/(<\/?[a-z][a-z0-9]*)[^<>]*>/)
    .map((part) => part.replaceAll("&quot;", '"').replaceAll("&nbsp;", " ").replaceAll(/\s+/g, " ").trim())
    .filter((part) => part !== "");

const bodyOf = (node: DefaultTreeAdapterTypes.Document): DefaultTreeAdapterTypes.Element | undefined => {
  const root = node.childNodes.find(defaultTreeAdapter.isElementNode);
  return root?.childNodes.filter(defaultTreeAdapter.isElementNode).find(({ tagName }) => tagName === "body");
};

/**
 * Returns what a browser's parser corrects in sanitised HTML: the errors that parse5 reports, and the first part at which
 * the tree that it builds is not the one that is written.
 */
export const parseFaults = (html: string): readonly string[] => {
  const errors: string[] = [];
  const onParseError = ({ code, startOffset }: { readonly code: string; readonly startOffset: number }) =>
    errors.push(`${code} at ${startOffset}`);
  const body = bodyOf(parse(`<!doctype html><body>${html}</body>`, { onParseError }));
  const [written, built] = [partsIn(html), partsIn(body === undefined ? "" : serialize(body))];
  const at = Array.from({ length: Math.max(written.length, built.length) }, (_, index) => index).find(
    (index) => written[index] !== built[index],
  );
  const shown = (parts: readonly string[]): string =>
    parts
      .slice(at, (at ?? 0) + 3)
      .join(" ")
      .slice(0, 100);
  return at === undefined ? errors : [...errors, `${shown(written)} is built as ${shown(built)}`];
};

/** The elements that an element may have directly, where it may have no others and no text (HTML §4.4, §4.8, §4.9). */
const children: Readonly<Record<string, string>> = {
  ul: "li",
  ol: "li",
  dl: "dt dd",
  table: "caption colgroup thead tbody tfoot tr",
  colgroup: "col",
  thead: "tr",
  tbody: "tr",
  tfoot: "tr",
  tr: "td th",
  picture: "source img",
};

/** The elements that an element must be directly in. */
const parents: Readonly<Record<string, string>> = {
  li: "ul ol",
  dt: "dl",
  dd: "dl",
  caption: "table",
  tr: "table thead tbody tfoot",
  td: "tr",
  th: "tr",
  source: "picture",
  summary: "details",
  figcaption: "figure",
  rt: "ruby",
  rp: "ruby",
};

const allows = (names: string | undefined, name: string): boolean =>
  names === undefined || names.split(" ").includes(name);

/** Returns the elements and texts that are where HTML has none of them. */
export const modelFaults = (html: string): readonly string[] => {
  const faultsIn = (node: DefaultTreeAdapterTypes.ParentNode, parent: string, isInLink: boolean): readonly string[] =>
    node.childNodes.flatMap((child) => {
      if (defaultTreeAdapter.isTextNode(child))
        return children[parent] !== undefined && child.value.trim() !== "" ? [`text in <${parent}>`] : [];
      if (!defaultTreeAdapter.isElementNode(child)) return [];
      const { tagName: name } = child;
      const isLink = name === "a";
      const isAllowed = allows(children[parent], name) && allows(parents[name], parent) && !(isLink && isInLink);
      return [...(isAllowed ? [] : [`<${name}> in <${parent}>`]), ...faultsIn(child, name, isInLink || isLink)];
    });
  return faultsIn(parseFragment(html), "body", false);
};
