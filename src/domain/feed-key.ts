/** Names a feed of a site in rows, refs and addresses. `parseFeedKey` reads one, `feedParts` takes it apart. */
export type FeedKey = "main" | "featured" | `categories/${string}` | `languages/${string}` | `archive/${number}`;

export type FeedParts =
  | { readonly kind: "main" | "featured" }
  | { readonly kind: "category"; readonly slug: string }
  | { readonly kind: "language"; readonly tag: string }
  | { readonly kind: "archive"; readonly page: number };

/** Undefined where the text names no feed. */
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

/** A category's name in URLs: letters, digits and dashes. `C++` and `C#` differ from `C`. Empty where the name has neither letters nor digits. */
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

/** The first page is 1. */
export const archiveFeed = (page: number): FeedKey => `archive/${page}`;

/** The number of an archive page; undefined for every other feed. */
export const archivePage = (key: FeedKey): number | undefined => {
  const parts = feedParts(key);
  return parts.kind === "archive" ? parts.page : undefined;
};

/** The folder of a feed's files below the site's: `""`, or a path with a trailing slash. */
export const feedFolder = (key: FeedKey): string => {
  if (key === "main") return "";
  return archivePage(key) === undefined ? `${key}/` : "archive/";
};
