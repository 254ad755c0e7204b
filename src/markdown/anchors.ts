import type { Attributes } from "sanitize-html";

/** How the anchors of a post's footnotes begin: several posts stand on one page in a reader. */
export const anchorPrefixOf = (base: string): string =>
  `fn${new URL(base).pathname.replaceAll(/[^A-Za-z0-9]+/g, "-")}`.replace(/-$/, "");

/** Only the footnotes' anchors are kept, each once: any other `id` may stand in the next entry as well. */
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
