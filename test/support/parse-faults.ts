import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse, serialize } from "parse5";

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
