/** `main`, `featured`, `categories/<slug>`, `languages/<tag>` or `archive/<page>`. */
export type FeedKey = string;

/** A category's place in URLs: letters, digits and dashes; `C++` and `C#` stay apart from `C`. Empty where the name holds neither letter nor digit. */
export const categorySlug = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("+", " plus ")
    .replaceAll("#", " sharp ")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60)
    .replaceAll(/-+$/g, "");

export const categoryFeed = (name: string): FeedKey => `categories/${categorySlug(name)}`;

export const languageFeed = (tag: string): FeedKey => `languages/${tag.toLowerCase()}`;

/** Pages count from 1. */
export const archiveFeed = (page: number): FeedKey => `archive/${page}`;

/** The number of an archive page; undefined for every other feed. */
export const archivePage = (key: FeedKey): number | undefined => {
  const [, page] = /^archive\/([1-9]\d*)$/.exec(key) ?? [];
  return page === undefined ? undefined : Number(page);
};

/** The folder that a feed's files stand in, relative to the site's: `""` or with a trailing slash. */
export const feedFolder = (key: FeedKey): string => {
  if (key === "main") return "";
  return archivePage(key) === undefined ? `${key}/` : "archive/";
};
