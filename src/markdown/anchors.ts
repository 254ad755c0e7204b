import type { Attributes } from "sanitize-html";

/** The prefix of the ids of a post's footnotes: a reader may show several posts on one page. */
export const anchorPrefixOf = (base: string): string =>
  `fn${new URL(base).pathname.replaceAll(/[^A-Za-z0-9]+/g, "-")}`.replace(/-$/, "");

/** Keeps the ids of footnotes, each once. Any other `id` may also be in another post on the page. */
export const keepFootnoteIds = (base: string) => {
  const anchors = `${anchorPrefixOf(base)}-`;
  const seen = new Set<string>();
  return (given: Attributes): Attributes => {
    const { id, ...others } = given;
    if (id === undefined || !id.startsWith(anchors) || !/^[\w-]+$/.test(id) || seen.has(id)) return others;
    seen.add(id);
    return given;
  };
};
