/** An HTML element with its content. */
export interface HtmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly HtmlNode[];
}

export type HtmlNode = HtmlElement | string;

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
    // No network takes a picture that is written into the text.
    if (name === "img" && element.attributes.src?.startsWith("data:") === true) continue;
    open.at(-1)?.children.push(element);
    if (!emptyElements.has(name)) open.push(element);
  }
  addText(html.slice(end));
  return root.children;
};

export const textIn = (node: HtmlNode): string =>
  typeof node === "string" ? node : node.children.map(textIn).join("");

/** All elements with one of the names, in document order, without those inside another match. */
export const elementsIn = (nodes: readonly HtmlNode[], ...names: readonly string[]): readonly HtmlElement[] =>
  nodes.flatMap((node) => {
    if (typeof node === "string") return [];
    return names.includes(node.name) ? [node] : elementsIn(node.children, ...names);
  });
