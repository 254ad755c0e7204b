export interface HtmlBlock {
  /** The element's name; `p` for text outside of any block. */
  readonly tag: string;
  readonly html: string;
}

const blockTag = /<(\/?)(p|blockquote|pre|ul|ol|dl|div|figure|table|details|video|audio|h[1-6])\b[^<>]*>|<hr\b[^<>]*>/g;

/** The first blocks of sanitised HTML, in which `>` is escaped in attributes. What is in a `div` is not one block. */
export const htmlBlocks = (html: string, limit: number): readonly HtmlBlock[] => {
  const blocks: HtmlBlock[] = [];
  let start = 0;
  let depth = 0;
  const add = (tag: string, end: number) => {
    const text = html.slice(start, end).trim();
    if (text !== "") blocks.push({ tag, html: text });
  };
  for (const { 0: found, 1: slash, 2: tag = "hr", index } of html.matchAll(blockTag)) {
    if (blocks.length >= limit) return blocks;
    const end = index + found.length;
    const isBoundary = tag === "div" || tag === "hr";
    if (depth === 0) {
      add("p", index);
      start = isBoundary ? end : index;
    }
    if (isBoundary) continue;
    depth += slash === "" ? 1 : -1;
    if (depth === 0) {
      add(tag, end);
      start = end;
    }
  }
  add("p", html.length);
  return blocks;
};
