import { decodePercent } from "../domain/address.ts";
import { languageFeed } from "../domain/feed-key.ts";
import type { Findings } from "../domain/findings.ts";
import type { TranslationGroup } from "../domain/post.ts";
import type { Site } from "../domain/site.ts";
import { isSameLanguage, languageAmong } from "../domain/text.ts";
import type { Instant } from "../domain/time.ts";
import { webUrl } from "../markdown/urls.ts";
import { asFlatList, asLine, asLines, chooseText, type Fields, type TextField } from "./front-matter.ts";
import {
  checkSlug,
  isPattern,
  type PageFacts,
  pagePath,
  pageUrl,
  readPath,
  shortenSlug,
  slugFromName,
  slugFromPath,
} from "./page-path.ts";

export interface Address {
  readonly slug: string;
  readonly url: string;
  readonly language: string;
  readonly guid: string | undefined;
}

const isAbsolute = (text: string): boolean => /^[a-z][a-z0-9+.-]*:|^\/\//i.test(text);

/** A value with a template is filled in only by the site's generator. */
const hasTemplate = ({ text }: TextField): boolean => /\{\{|\{%/.test(text);

const withoutTemplates = (texts: readonly TextField[]): readonly TextField[] =>
  texts.filter((one) => !hasTemplate(one));

const allPermalinks = (fields: Fields): readonly TextField[] =>
  asLines(fields("permalink")).map(({ key, text }) => ({ key, text: withTokens(text) }));

const isLong = ({ text }: TextField): boolean => text.length > maxUrl;

const readPermalinks = (fields: Fields): readonly TextField[] =>
  withoutTemplates(allPermalinks(fields)).filter((one) => !isLong(one));

/** A warning names each that is longer than a URL may be. */
const withoutLong = (texts: readonly TextField[], found: Findings): readonly TextField[] => {
  for (const { key } of texts.filter(isLong))
    found.warn("url-too-long", key, `\`${key}\` is longer than ${maxUrl} characters: it was left out.`);
  return texts.filter((one) => !isLong(one));
};

const warnOfTemplates = (fields: Fields, found: Findings): void => {
  for (const { key, text } of allPermalinks(fields).filter(hasTemplate))
    found.warn(
      "permalink-template",
      key,
      `\`${key}: ${text.slice(0, 80)}\` has a template that Crier does not know; it was left out. It can have {{ page.fileSlug }}, {{ page.filePathStem }}, {{ title | slugify }}, {{ page.date | date: "%Y" }} and tokens such as :slug.`,
    );
};

/** Returns the first permalink that is a path or a pattern for one. */
const relativePath = (texts: readonly TextField[]): TextField | undefined =>
  texts.find(({ text }) => !isAbsolute(text) && /[^/.]/.test(text));

const pathSlug = (text: string): string =>
  decodePercent(text.split(/[?#]/, 1)[0] ?? "")
    .normalize("NFC")
    .replaceAll(/^\/+|(?<!\/)\/+$/g, "")
    .replace(/(?:\/index)?\.html?$/i, "");

/**
 * The order is `slug`, the path of a permalink, the file's name, and the title if the name has no letter and no digit.
 * All but the permalink are prefixed with the language of the path.
 */
const readSlug = (
  fields: Fields,
  permalink: TextField | undefined,
  path: string,
  found: Findings,
): string | undefined => {
  const { name, language } = readPath(path);
  const [given] = withoutTemplates(asLines(fields("slug")));
  const withLanguage = (slug: string) =>
    language === undefined || slug.startsWith(`${language}/`) ? slug : `${language}/${slug}`;
  found.readFrom("slug", given?.key ?? permalink?.key ?? "the file's path");
  if (given !== undefined) {
    const text = given.text.normalize("NFC").replaceAll(/^\/|\/$/g, "");
    if (isAbsolute(text)) return checkSlug(text, given.key, found);
    const slug = slugFromPath(text);
    if (slug !== text)
      found.warn(
        "slug-changed",
        given.key,
        `\`${given.key}: ${text.slice(0, 80)}\` has other characters than letters, digits and \`. _ ~ - /\`: the slug is "${slug.slice(0, 80)}". If the page has another address, give it as \`permalink\`.`,
      );
    return checkSlug(withLanguage(slug), given.key, found);
  }
  // The address of the page keeps its characters: only the post's name has others.
  if (permalink !== undefined) return checkSlug(slugFromPath(pathSlug(permalink.text)), permalink.key, found);
  const [title] = asLines(fields("title"));
  const slug = slugFromName(name) || slugFromName(title?.text ?? "");
  return slug === ""
    ? found.refuse(
        "slug-unsafe",
        "path",
        `The file's name "${name.slice(0, 80)}" cannot be a slug: give the document a \`slug\`.`,
      )
    : checkSlug(withLanguage(slug), "path", found);
};

/** Hugo (`url`), Zola and Gatsby (`path`) put a page without an extension into a folder. */
const withSlash = ({ key, text }: TextField): string =>
  /^permalink$/i.test(key) || /(?:\/|\.\w*html?)(?:[?#]|$)/i.test(text) ? text : text.replace(/(?=[?#]|$)/, "/");

/** The limit of sitemaps (sitemaps.org). A network counts the URL again for each cut of a text. */
const maxUrl = 2048;

/** Returns the URL of a page, or refuses it if it is too long. */
export const checkUrl = (url: string, field: string, found: Findings): string | undefined =>
  url.length <= maxUrl
    ? url
    : found.refuse(
        "url-too-long",
        field,
        `The address of its page is longer than ${maxUrl.toLocaleString("en")} characters: give it a shorter one.`,
      );

const maxGuid = 500;

/** Returns a guid that is not too long. Without it a post is known by its address. */
export const checkGuid = (guid: string | undefined, key: string, found: Findings): string | undefined =>
  guid === undefined || guid.length <= maxGuid
    ? guid
    : found.warn(
        "guid-too-long",
        key,
        `\`${key}\` is longer than ${maxGuid} characters and was left out: the post is known by its address.`,
      );

const readGuid = (fields: Fields, found: Findings): string | undefined => {
  const [given] = asLines(fields("guid"));
  const guid = given && checkGuid(given.text, given.key, found);
  if (given !== undefined && guid !== undefined) found.readFrom("guid", given.key);
  return guid;
};

/** Returns the URL of the page. Returns undefined if the field has no http(s) URL, and the findings say so. */
const urlOfField = (field: TextField, url: string | undefined, found: Findings): string | undefined =>
  url ??
  found.refuse(
    "url-unsafe",
    field.key,
    `\`${field.key}: ${field.text.slice(0, 80)}\` is not an http(s) URL: correct or remove it.`,
  );

/** Returns the path that the document itself gives its page. */
export const readPermalink = (fields: Fields): TextField | undefined => {
  const own = relativePath(readPermalinks(fields));
  return own === undefined || isPattern(own) ? undefined : own;
};

export interface Located {
  readonly address: Address;
  /** Absent if the document itself gives the address of its page. */
  readonly facts: PageFacts | undefined;
}

const makePageFacts = (
  fields: Fields,
  { path, slug, language, published }: Pick<PageFacts, "path" | "slug" | "language" | "published">,
): PageFacts => {
  // In Jekyll `categories: a b` are two, and `category: a b` is one.
  const words = fields("categories")
    .filter(({ key }) => /categor/i.test(key))
    .flatMap(({ value }) => (typeof value === "string" ? value.split(/[\s,]+/) : asFlatList(value)));
  return {
    path,
    slug,
    hasOwnSlug: withoutTemplates(asLines(fields("slug"))).length > 0,
    title: asLines(fields("title"))[0]?.text ?? "",
    categories: [...fields("category").flatMap(({ value }) => asFlatList(value)), ...words].flatMap(
      (value) => asLine(value) ?? [],
    ),
    language,
    published,
    keys: new Map(
      [...fields.top].flatMap(([key, { value }]) => {
        const text = asLine(value);
        return text === undefined ? [] : [[key, text] as const];
      }),
    ),
  };
};

export const locate = (
  fields: Fields,
  path: string,
  { published, firstRead }: { readonly published: Instant | undefined; readonly firstRead?: Instant | undefined },
  site: Site,
  found: Findings,
): Located | undefined => {
  const texts = withoutLong(withoutTemplates(allPermalinks(fields)), found);
  warnOfTemplates(fields, found);
  const permalink = readPermalink(fields);
  const full = readSlug(fields, permalink, path, found);
  const canonical = withoutLong(withoutTemplates(asLines(fields("canonical"))), found).at(0);
  const absolute = canonical ?? texts.find(({ text }) => isAbsolute(text));
  const guid = readGuid(fields, found);
  const language = readLanguage(fields, readPath(path).language, site, found);
  if (full === undefined) return undefined;
  const slug = shortenSlug(full);
  const located = (url: string | undefined, facts?: PageFacts): Located | undefined =>
    url === undefined || checkUrl(url, absolute?.key ?? permalink?.key ?? "path", found) === undefined
      ? undefined
      : { address: { slug, url, language, guid }, facts };
  found.readFrom("permalink", absolute?.key ?? permalink?.key ?? relativePath(texts)?.key ?? "the site");
  if (absolute !== undefined) return located(urlOfField(absolute, webUrl(absolute.text, site.url), found));
  if (permalink !== undefined) return located(urlOfField(permalink, pageUrl(withSlash(permalink), site), found));
  const pattern = relativePath(texts);
  const facts = makePageFacts(fields, { path, slug: full, language, published: published ?? firstRead });
  const page = pagePath(facts, published !== undefined, pattern, site, found);
  return located(pageUrl(page, site), pattern === undefined ? facts : undefined);
};

const canonical = (tag: string): string | undefined => Intl.getCanonicalLocales(tag.replaceAll("_", "-"))[0];

const writtenLanguage = (fields: Fields, found: Findings): string | undefined => {
  const [given] = asLines(fields("language"));
  try {
    if (given === undefined) return undefined;
    found.readFrom("language", given.key);
    return canonical(given.text);
  } catch {
    return found.warn(
      "language-unknown",
      given?.key,
      `\`${given?.key}: ${given?.text.slice(0, 40)}\` is not a language tag (BCP 47); it was left out.`,
    );
  }
};

/** The order is the front matter, the path, the site. */
export const readLanguage = (fields: Fields, pathLanguage: string | undefined, site: Site, found: Findings): string => {
  const ofPath = pathLanguage === undefined ? undefined : canonical(pathLanguage);
  const written = writtenLanguage(fields, found);
  const language = written ?? ofPath ?? site.language;
  if (written === undefined) found.readFrom("language", ofPath === undefined ? "the site" : "the file's path");
  if (site.feeds.main === "site-language" && !site.languages.some((known) => isSameLanguage(known, language)))
    found.warn(
      "language-not-configured",
      "language",
      `It is in "${language}", and the site in "${site.language}": it is in the feed ${languageFeed(languageAmong([], language))}, not in the main one. If that is right, name "${language}" in the site's \`languages\`.`,
    );
  return language;
};

const maxKey = 500;

/**
 * `posts/hello.md`, `de/posts/hello.md` and `posts/hello.ja.md` have the same key. Documents with the same
 * `translationKey` have, too.
 */
export const readTranslationGroup = (fields: Fields, path: string, found: Findings): TranslationGroup => {
  const { folders, file } = readPath(path);
  const own = [...folders, file].join("/").normalize("NFC");
  const given = chooseText("translationKey", asLines(fields("translationKey")), found);
  if (given === undefined) return { key: own, path: own };
  if (given.text.length <= maxKey) return { key: given.text.normalize("NFC"), path: own };
  found.warn(
    "translation-key-too-long",
    given.key,
    `\`${given.key}\` is longer than ${maxKey} characters; it was left out.`,
  );
  return { key: own, path: own };
};

const dateTokens = new Map([
  ["%Y", ":year"],
  ["%m", ":month"],
  ["%-m", ":i_month"],
  ["%d", ":day"],
  ["%-d", ":i_day"],
]);

const dateToken = (format: string): string => format.replaceAll(/%-?[a-z]/gi, (one) => dateTokens.get(one) ?? one);

const expressions: readonly (readonly [RegExp, (format: string) => string])[] = [
  [/^page\.fileSlug(?:\s*\|\s*slug(?:ify)?)?$/, () => ":slug"],
  // `page.filePathStem` begins with a slash.
  [/^page\.filePathStem$/, () => "/:sections/:slug"],
  [/^title\s*\|\s*slug(?:ify)?$/, () => ":post_title"],
  [/^page\.date\s*\|\s*date:\s*["']([^"']*)["']$/, dateToken],
];

/**
 * Replaces Eleventy's expressions by tokens: `/blog/{{ page.fileSlug }}/` becomes `/blog/:slug/`. Other expressions
 * stay.
 */
const withTokens = (permalink: string): string =>
  permalink.replaceAll(/\{\{((?:(?!\{\{|\}\}).)*)\}\}/g, (whole, inside: string) => {
    const expression = inside.replaceAll(/^-|-$/g, "").trim();
    for (const [pattern, token] of expressions) {
      const found = pattern.exec(expression);
      if (found !== null) return token(found[1] ?? "");
    }
    return whole;
  });
