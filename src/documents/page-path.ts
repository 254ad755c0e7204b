import {
  fillPermalink,
  hasLanguage,
  keyOfToken,
  keyTokens,
  needsDate,
  type PermalinkValues,
  permalinkTokens,
} from "../domain/address.ts";
import type { Findings } from "../domain/findings.ts";
import type { Site } from "../domain/site.ts";
import { isSameLanguage } from "../domain/text.ts";
import { type Instant, localDay } from "../domain/time.ts";
import { webUrl } from "../markdown/urls.ts";
import type { TextField } from "./front-matter.ts";

/** The values of a document from which its permalink is built. */
export interface PageFacts {
  readonly path: string;
  /** Includes the language of the path. */
  readonly slug: string;
  /** True if the document gives the slug itself. */
  readonly hasOwnSlug: boolean;
  readonly title: string;
  /** The values of `category` and `categories`. */
  readonly categories: readonly string[];
  /** BCP 47. */
  readonly language: string;
  readonly published: Instant | undefined;
  /** The texts at the top of the front matter, by `keyOfToken`. */
  readonly keys: ReadonlyMap<string, string>;
}

const pad = (number: number): string => String(number).padStart(2, "0");

const dateValues = (published: Instant | undefined, zone: string) => {
  if (published === undefined) return { year: "", month: "", i_month: "", day: "", i_day: "" };
  const { year, month, day } = localDay(published, zone);
  return { year: String(year), month: pad(month), i_month: String(month), day: pad(day), i_day: String(day) };
};

/** Follows Hugo: most punctuation is removed, and spaces become dashes. */
const slugFromTitle = (title: string): string =>
  title
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}._~@#/\s+-]/gu, "")
    .trim()
    .replaceAll(/[\s+-]+/g, "-");

/** Follows Jekyll: the folders above `_posts` are categories, too. */
const categoryPath = ({ path, categories }: PageFacts): string => {
  const [above = ""] = /^.*?(?=_posts\/)/.exec(path) ?? [];
  const named = categories.map((category) => category.replaceAll("/", " ").toLowerCase());
  return [...new Set([...above.split("/"), ...named])].filter(Boolean).join("/");
};

/** A value with a slash would be two segments, and dots alone are another folder. */
const isSegment = (text: string): boolean => !/[/\\]|^\.+$/.test(text);

export const permalinkValues = (facts: PageFacts, site: Site): PermalinkValues => {
  const { path, hasOwnSlug, published } = facts;
  const { file, folders, language } = readPath(path);
  const isLower = site.permalinkCase === "lower";
  const cased = (text: string) => (isLower ? text.toLowerCase() : text);
  // Generators that keep upper case (Eleventy, Hexo) keep spaces, too.
  const toSlug = (name: string) => (isLower ? slugFromName(name).toLowerCase() : name.normalize("NFC"));
  const slug = cased(
    language !== undefined && facts.slug.startsWith(`${language}/`)
      ? facts.slug.slice(language.length + 1)
      : facts.slug,
  );
  const filename = toSlug(file) || slug;
  const sections = folders.map(toSlug).filter(Boolean);
  return {
    ...dateValues(published, site.timeZone),
    slug,
    title: slug,
    post_title: hasOwnSlug ? slug : slugFromTitle(facts.title) || slug,
    filename,
    path: [...sections, hasOwnSlug ? slug : filename].join("/"),
    section: sections[0] ?? "",
    sections: sections.join("/"),
    categories: categoryPath(facts),
    keys: new Map([...facts.keys].filter(([, text]) => isSegment(text))),
    lang: cased(language ?? (isSameLanguage(facts.language, site.language) ? "" : facts.language)),
  };
};

/**
 * Returns the paths that the keys of `permalinks` are compared with: `de/` means a folder and, if it is a language, all
 * documents in it.
 */
export const permalinkPaths = ({ path, language }: Pick<PageFacts, "path" | "language">): readonly string[] => {
  const inLanguage = `${readPath(path).language ?? language}/`;
  const bare = path.startsWith(inLanguage) ? path.slice(inLanguage.length) : path;
  return [bare, inLanguage + bare];
};

/** Returns the folders of `permalinks` that contain none of the documents. */
export const unusedPermalinks = (
  documents: readonly Pick<PageFacts, "path" | "language">[],
  { permalinks }: Site,
): readonly string[] => {
  const paths = documents.flatMap(permalinkPaths);
  return Object.keys(permalinks ?? {}).filter((folder) => !paths.some((one) => one.startsWith(folder)));
};

/** Returns the key of `permalinks` that fits these paths of a document, or "" for the site's own permalink. */
export const permalinkFolder = (paths: readonly string[], folders: readonly string[]): string =>
  folders
    .filter((folder) => paths.some((one) => one.startsWith(folder)))
    .reduce((longest, folder) => (folder.length > longest.length ? folder : longest), "");

/** If the path has a language and the permalink has none, the language is put first. */
export const permalinkInLanguage = (permalink: string, folder: string, language: string | undefined): string =>
  language === undefined || folder.startsWith(`${language}/`) || hasLanguage(permalink)
    ? permalink
    : `/:lang${permalink}`;

const permalinkFor = (facts: PageFacts, { permalink, permalinks = {} }: Site): string => {
  const folder = permalinkFolder(permalinkPaths(facts), Object.keys(permalinks));
  return permalinkInLanguage(permalinks[folder] ?? permalink, folder, readPath(facts.path).language);
};

/**
 * Returns the URL of a page of the site. A generator puts the path of its base URL before every permalink; a permalink
 * that begins with this path is relative to the root of the host. The file of a folder (`/x/index.html`, as Eleventy has
 * it) is the folder's page.
 */
export const pageUrl = (path: string, site: Site): string | undefined => {
  const base = new URL(site.url).pathname;
  const page = path.replace(/(?<=^|\/)index\.html$/, "");
  return webUrl(`./${page.startsWith(base) ? page.slice(base.length) : page.replace(/^\/+/, "")}`, site.url);
};

/** Returns the URL of a document that does not give its own address. */
export const urlByPermalink = (facts: PageFacts, site: Site): string | undefined =>
  pageUrl(fillPermalink(permalinkFor(facts, site), permalinkValues(facts, site)), site);

/** `/:year/:title/` in a document is a pattern that replaces the site's. */
export const isPattern = ({ text }: TextField): boolean => /(^|\/):\w/.test(text);

const isUsable = ({ key, text }: TextField, facts: PageFacts, found: Findings): boolean => {
  const { keys } = facts;
  const unknown = keyTokens(text).find((name) => !isSegment(keys.get(keyOfToken(name)) ?? "/"));
  if (unknown === undefined) return true;
  found.warn(
    "permalink-token-unknown",
    key,
    `\`${key}: ${text.slice(0, 80)}\` has the unknown token ":${unknown}"; it was left out. Known are ${permalinkTokens.map((name) => `:${name}`).join(", ")}, and the keys of the document.`,
  );
  return false;
};

/** Refuses a document that has no value for a key in the site's permalink. */
const checkKeys = (permalink: string, { keys }: PageFacts, found: Findings): void => {
  for (const name of keyTokens(permalink)) {
    const text = keys.get(keyOfToken(name));
    const fault =
      text === undefined
        ? `the document has none: add \`${name}\``
        : `\`${name}: ${text.slice(0, 80)}\` cannot be one segment of an address: write it without slashes`;
    if (text === undefined || !isSegment(text))
      found.refuse(
        "permalink-key-missing",
        name,
        `The site's permalink ${permalink.slice(0, 80)} needs \`${name}\`, and ${fault}, or give the document a \`permalink\`.`,
      );
  }
};

/** Returns the path of a document's page, by its own pattern or the site's. */
export const pagePath = (
  facts: PageFacts,
  isDated: boolean,
  own: TextField | undefined,
  site: Site,
  found: Findings,
): string => {
  const permalink = own !== undefined && isUsable(own, facts, found) ? own.text : permalinkFor(facts, site);
  checkKeys(permalink, facts, found);
  if (!isDated && needsDate(permalink))
    found.warn(
      "address-undated",
      "date",
      `The permalink ${permalink.slice(0, 80)} needs a date, and the document has none: its address has the day on which Crier first read it. Add \`date\`.`,
    );
  return fillPermalink(permalink, permalinkValues(facts, site));
};

/** The facts in a document's path: its name, its folders and its language. */
export interface PathFacts {
  /** `file` without the date at its beginning. */
  readonly name: string;
  /** The file's name without extension and language; the folder's name for `index.md`. */
  readonly file: string;
  /** Without the folder of the language and those of a generator (`_posts`). */
  readonly folders: readonly string[];
  /** The language as the folder or suffix writes it. */
  readonly language: string | undefined;
}

const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/**
 * Accepts two letters with an optional script or region, or three letters with one of these. Three letters alone are
 * not read as a language: `new`, `car` and `bin` are codes of ISO 639-3, and common names of folders.
 */
export const isLanguage = (word: string): boolean => {
  if (!/^(?:[a-z]{2}(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?|[a-z]{3}[-_](?:[a-z]{2}|[a-z]{4}))$/i.test(word))
    return false;
  return names.of(word.replaceAll("_", "-")) !== undefined;
};

/** `socket.io.md` and `types.d.ts.md` are not translations. */
const softwareSuffixes = new Set(["io", "ts"]);

export const readPath = (path: string): PathFacts => {
  const segments = path.split("/").filter((segment) => segment !== "");
  const file = (segments.at(-1) ?? "").replace(/\.[^.]*$/, "");
  const suffix = /^(.+)\.([^.]+)$/.exec(file);
  const suffixLanguage =
    suffix?.[2] !== undefined && !softwareSuffixes.has(suffix[2]) && isLanguage(suffix[2]) ? suffix[2] : undefined;
  const stem = suffixLanguage === undefined ? file : (suffix?.[1] ?? file);
  const folder = segments.length > 1 ? segments[0] : undefined;
  const folderLanguage = folder !== undefined && isLanguage(folder) ? folder : undefined;
  const parent = segments.at(-2);
  const isIndex =
    /^_?index$/i.test(stem) && parent !== undefined && !(folderLanguage !== undefined && segments.length === 2);
  const name = isIndex ? parent : stem;
  const folders = segments.slice(folderLanguage === undefined ? 0 : 1, isIndex ? -2 : -1);
  return {
    name: name.replace(/^\d{4}-\d{1,2}-\d{1,2}[-_.]+(?=.)/, ""),
    file: name,
    folders: folders.filter((segment) => !segment.startsWith("_")),
    language: folderLanguage ?? suffixLanguage,
  };
};

const reservedFiles = new Set([
  "feed.xml",
  "atom.xml",
  "feed.json",
  "index.html",
  "feeds.opml",
  "favicon.ico",
  "404.html",
]);
const reservedFolders = new Set(["api", "categories", "featured", "archive", "languages", "sites", "syndication"]);
const reservedPaths = new Set(["sandbox", "healthz"]);

/** Returns the problem of a slug, as a phrase for a message, or undefined if it is safe in keys, paths and URLs. */
const slugProblem = (slug: string): string | undefined => {
  const segments = slug.toLowerCase().split("/");
  const [first = ""] = segments;
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
    return "has an empty, `.` or `..` segment";
  if (!segments.every((segment) => /^[\p{L}\p{M}\p{N}._~-]+$/u.test(segment)))
    return "has other characters than letters, digits and `. _ ~ - /`";
  if (!/[\p{L}\p{N}]/u.test(slug)) return "has no letter and no digit";
  if (
    reservedFiles.has(segments.at(-1) ?? "") ||
    reservedPaths.has(first) ||
    (segments.length > 1 && reservedFolders.has(first))
  )
    return "is the name of one of the site's own files";
  return undefined;
};

export const checkSlug = (slug: string, field: string, found: Findings): string | undefined => {
  const problem = slugProblem(slug);
  if (problem === undefined) return slug;
  return found.refuse(
    "slug-unsafe",
    field,
    `The slug "${slug.slice(0, 80)}" ${problem}: give the document another \`slug\`.`,
  );
};

const maxSlug = 200;

/** FNV-1a of 32 bits, as eight hexadecimal digits. */
const shortHash = (text: string): string => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
};

/**
 * Returns at most 200 bytes, because a slug is in keys and in the names of files: the beginning of a longer slug, and a
 * hash of the whole, so that two of them do not become the same slug. The address of the page has all of it.
 */
export const shortenSlug = (slug: string): string => {
  if (Buffer.byteLength(slug) <= maxSlug) return slug;
  const end = `-${shortHash(slug)}`;
  const characters: string[] = [];
  let bytes = end.length;
  for (const character of slug) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxSlug) break;
    characters.push(character);
  }
  const last = characters.findLastIndex((character) => /[\p{L}\p{M}\p{N}]/u.test(character));
  return characters.slice(0, last + 1).join("") + end;
};

/** Other characters in a segment become a dash. A segment that has nothing else stays, and is refused. */
export const slugFromPath = (path: string): string =>
  path
    .split("/")
    .map((segment) => (/^\.*$/.test(segment) ? segment : slugFromName(segment) || segment))
    .join("/");

/** Makes a slug of a file's name: other characters become a dash. */
export const slugFromName = (name: string): string =>
  name
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N}._~-]+/gu, "-")
    .replaceAll(/^-+|(?<!-)-+$/g, "");
