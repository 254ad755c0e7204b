/**
 * Names a feed of a site, the same in rows, refs and addresses. Text from outside becomes one by `parseFeedKey`; what a
 * key names, `feedParts` says.
 */
export type FeedKey = "main" | "featured" | `categories/${string}` | `languages/${string}` | `archive/${number}`;

export type FeedParts =
  | { readonly kind: "main" | "featured" }
  | { readonly kind: "category"; readonly slug: string }
  | { readonly kind: "language"; readonly tag: string }
  | { readonly kind: "archive"; readonly page: number };

/** The text as a key; undefined where it names no feed. */
export const parseFeedKey = (text: string): FeedKey | undefined => {
  if (text === "main" || text === "featured") return text;
  const [, folder, name = ""] = /^(categories|languages|archive)\/(.+)$/s.exec(text) ?? [];
  if (folder === "categories") return `categories/${name}`;
  if (folder === "languages") return `languages/${name}`;
  return folder === "archive" && /^[1-9]\d{0,8}$/.test(name) ? archiveFeed(Number(name)) : undefined;
};

export const isFeedKey = (value: unknown): value is FeedKey =>
  typeof value === "string" && parseFeedKey(value) !== undefined;

export const feedParts = (key: FeedKey): FeedParts => {
  if (key === "main" || key === "featured") return { kind: key };
  const slash = key.indexOf("/");
  const [folder, name] = [key.slice(0, slash), key.slice(slash + 1)];
  if (folder === "archive") return { kind: "archive", page: Number(name) };
  return folder === "languages" ? { kind: "language", tag: name } : { kind: "category", slug: name };
};

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
  const parts = feedParts(key);
  return parts.kind === "archive" ? parts.page : undefined;
};

/** The folder that a feed's files stand in, relative to the site's: `""` or with a trailing slash. */
export const feedFolder = (key: FeedKey): string => {
  if (key === "main") return "";
  return archivePage(key) === undefined ? `${key}/` : "archive/";
};
