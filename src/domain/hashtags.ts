import type { PostContent } from "./post.ts";

/** Exact, specific and niche categories make better hashtags than general ones. */
const tagOrder = ["exact", "specific", "niche", "medium", undefined, "general"];

const hashtag = (name: string): string => {
  const words = name
    .normalize("NFKC")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
  const camelCase = words
    .map((word) => (words.length > 1 ? word.slice(0, 1).toUpperCase() + word.slice(1) : word))
    .join("");
  return /^\p{N}*$/u.test(camelCase) ? "" : `#${camelCase}`;
};

export const hashtags = (post: Pick<PostContent, "categories">): readonly string[] => {
  const rank = (type: string | undefined) => (tagOrder.indexOf(type) + tagOrder.length) % tagOrder.length;
  const sorted = post.categories.toSorted((a, b) => rank(a.type) - rank(b.type));
  return [
    ...new Map(
      sorted
        .map(({ name }) => hashtag(name))
        .filter((tag) => tag !== "")
        .map((tag) => [tag.toLowerCase(), tag]),
    ).values(),
  ];
};
