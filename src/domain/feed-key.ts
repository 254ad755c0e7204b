/**
 * Names a feed of a site in rows, refs and addresses. `languages/<tag>` is the main feed of a language, and its other
 * feeds are below it: `languages/<tag>/featured`. `parseFeedKey` reads a key, `feedParts` takes it apart.
 */
export type FeedKey = NamedFeed | `categories/${string}` | `languages/${string}` | `archive/${number}`;

const namedFeeds = ["main", "featured", "notes", "articles"] as const;

type NamedFeed = (typeof namedFeeds)[number];

/** A category has a folder below `categories/`: one that is called "notes" has another feed. */
const isNamedFeed = (name: string): name is NamedFeed => namedFeeds.some((one) => one === name);

export type FeedParts = (
  | { readonly kind: NamedFeed }
  | { readonly kind: "category"; readonly slug: string }
  | { readonly kind: "archive"; readonly page: number }
) & {
  /** The tag of a feed below `languages/`, in lower case. */
  readonly language?: string;
};

/** Splits a key into its language and the name of the feed among those of the language. */
const splitLanguage = (text: string): { readonly language?: string; readonly name: string } => {
  const [, language, name = "main"] = /^languages\/([^/]+)(?:\/(.+))?$/s.exec(text) ?? [];
  return language === undefined ? { name: text } : { language, name };
};

const withLanguage = (language: string, key: FeedKey): FeedKey =>
  key === "main" ? `languages/${language}` : `languages/${language}/${key}`;

const parseName = (name: string): FeedKey | undefined => {
  if (isNamedFeed(name)) return name;
  const [, folder, rest = ""] = /^(categories|archive)\/(.+)$/s.exec(name) ?? [];
  if (folder === "categories") return `categories/${rest}`;
  return folder === "archive" && /^[1-9]\d{0,8}$/.test(rest) ? archiveFeed(Number(rest)) : undefined;
};

/** Returns undefined if the text does not name a feed. */
export const parseFeedKey = (text: string): FeedKey | undefined => {
  const { language, name } = splitLanguage(text);
  const key = parseName(name);
  if (key === undefined || language === undefined) return key;
  const whole = withLanguage(language, key);
  return whole === text ? whole : undefined;
};

export const isFeedKey = (value: unknown): value is FeedKey =>
  typeof value === "string" && parseFeedKey(value) !== undefined;

export const feedParts = (key: FeedKey): FeedParts => {
  const { language, name } = splitLanguage(key);
  const of = language === undefined ? {} : { language };
  if (isNamedFeed(name)) return { kind: name, ...of };
  const slash = name.indexOf("/");
  const [folder, rest] = [name.slice(0, slash), name.slice(slash + 1)];
  return folder === "archive"
    ? { kind: "archive", page: Number(rest), ...of }
    : { kind: "category", slug: rest, ...of };
};

/**
 * Returns a category's name in URLs: letters, digits and dashes. `C++` and `C#` differ from `C`. Empty if the name has
 * neither letters nor digits.
 */
export const categorySlug = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("+", " plus ")
    .replaceAll("#", " sharp ")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replaceAll(/^-+|(?<!-)-+$/g, "")
    .slice(0, 60)
    .replace(/(?<!-)-+$/, "");

export const categoryFeed = (name: string): FeedKey => `categories/${categorySlug(name)}`;

/** Returns the feed of a language that corresponds to the feed `key` of the site's own language. */
export const inLanguage = (tag: string, key: FeedKey): FeedKey => withLanguage(tag.toLowerCase(), key);

/** Returns the main feed of a language. */
export const languageFeed = (tag: string): FeedKey => inLanguage(tag, "main");

/** Returns the feed of articles for that of notes of the same language, and the other way round. */
export const otherKindFeed = (key: FeedKey): FeedKey | undefined => {
  const { kind, language } = feedParts(key);
  if (kind !== "notes" && kind !== "articles") return undefined;
  const other = kind === "notes" ? "articles" : "notes";
  return language === undefined ? other : inLanguage(language, other);
};

/** Returns the main feed of the language of a feed. */
export const mainFeedFor = (key: FeedKey): FeedKey => {
  const { language } = splitLanguage(key);
  return language === undefined ? "main" : languageFeed(language);
};

/** Returns a page of the archive of a main feed. The first page is 1. */
export const archiveFeed = (page: number, of: FeedKey = "main"): FeedKey => {
  const { language } = splitLanguage(of);
  return language === undefined ? `archive/${page}` : withLanguage(language, `archive/${page}`);
};

/** Returns the number of an archive page; undefined for every other feed. */
export const archivePage = (key: FeedKey): number | undefined => {
  const parts = feedParts(key);
  return parts.kind === "archive" ? parts.page : undefined;
};

/** Returns the folder of a feed's files below that of the site: `""`, or a path with a trailing slash. */
export const feedFolder = (key: FeedKey): string => {
  if (key === "main") return "";
  return archivePage(key) === undefined ? `${key}/` : `${key.slice(0, key.lastIndexOf("/"))}/`;
};

const rankOf = (key: FeedKey): number => {
  const { kind, language } = feedParts(key);
  if (kind === "archive") return 3;
  if (kind === "category") return 2;
  return kind === "main" && language === undefined ? 0 : 1;
};

/** The order for people: the main feed, the others of the whole site, the categories, and the pages of the archive. */
export const byImportance = (one: string, other: string): number => {
  const [a, b] = [parseFeedKey(one), parseFeedKey(other)];
  if (a === undefined || b === undefined) return 0;
  return rankOf(a) - rankOf(b) || a.length - b.length || (a < b ? -1 : 1);
};
