import { decodePercent } from "../domain/address.ts";
import type { Findings } from "../domain/findings.ts";
import type { Site } from "../domain/site.ts";
import type { Instant } from "../domain/time.ts";
import { webUrl } from "../markdown/urls.ts";
import { readPath } from "./document-path.ts";
import { withTokens } from "./eleventy-permalink.ts";
import { type Fields, listOf, type TextField, textOf, textsOf } from "./fields.ts";
import { isPattern, type PageFacts, pagePath, pageUrl } from "./page-path.ts";
import { languageOf } from "./post-language.ts";
import { checkSlug, slugFromName } from "./slug.ts";

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
  textsOf(fields("permalink")).map(({ key, text }) => ({ key, text: withTokens(text) }));

const permalinksOf = (fields: Fields): readonly TextField[] => withoutTemplates(allPermalinks(fields));

const warnOfTemplates = (fields: Fields, found: Findings): void => {
  for (const { key, text } of allPermalinks(fields).filter(hasTemplate))
    found.warn(
      "permalink-template",
      key,
      `\`${key}: ${text.slice(0, 80)}\` has a template that Crier does not know; it was left out. It can have {{ page.fileSlug }}, {{ page.filePathStem }}, {{ title | slugify }}, {{ page.date | date: "%Y" }} and tokens such as :slug.`,
    );
};

/** The first permalink that is a path or a pattern for one. */
const relativePath = (texts: readonly TextField[]): TextField | undefined =>
  texts.find(({ text }) => !isAbsolute(text) && /[^/.]/.test(text));

const pathSlug = (text: string): string =>
  decodePercent(text.split(/[?#]/, 1)[0] ?? "")
    .normalize("NFC")
    .replaceAll(/^\/+|(?<!\/)\/+$/g, "")
    .replace(/(?:\/index)?\.html?$/i, "");

/** `slug` > the path of a permalink > the file's name. `slug` and the file's name are prefixed with the language of the path. */
const slugOf = (
  fields: Fields,
  permalink: TextField | undefined,
  path: string,
  found: Findings,
): string | undefined => {
  const { name, language } = readPath(path);
  const [given] = withoutTemplates(textsOf(fields("slug")));
  const withLanguage = (slug: string) =>
    language === undefined || slug.startsWith(`${language}/`) ? slug : `${language}/${slug}`;
  found.readFrom("slug", given?.key ?? permalink?.key ?? "the file's path");
  if (given !== undefined) {
    const slug = given.text.normalize("NFC").replaceAll(/^\/|\/$/g, "");
    return checkSlug(isAbsolute(slug) ? slug : withLanguage(slug), given.key, found);
  }
  if (permalink !== undefined) return checkSlug(pathSlug(permalink.text), permalink.key, found);
  const slug = slugFromName(name);
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

/** As long as in a sitemap (sitemaps.org). A network counts it again for each cut of a text. */
const maxUrl = 2048;

/** The URL of a page, which is refused where it is too long. */
export const checkUrl = (url: string, field: string, found: Findings): string | undefined =>
  url.length <= maxUrl
    ? url
    : found.refuse(
        "url-too-long",
        field,
        `The address of its page is longer than ${maxUrl.toLocaleString("en")} characters: give it a shorter one.`,
      );

/** The URL of the page; undefined where the field has no http(s) URL, which the findings say. */
const urlOfField = (field: TextField, url: string | undefined, found: Findings): string | undefined =>
  url ??
  found.refuse(
    "url-unsafe",
    field.key,
    `\`${field.key}: ${field.text.slice(0, 80)}\` is not an http(s) URL: correct or remove it.`,
  );

/** The path that the document itself gives its page. */
export const permalinkOf = (fields: Fields): TextField | undefined => {
  const own = relativePath(permalinksOf(fields));
  return own === undefined || isPattern(own) ? undefined : own;
};

export interface Located {
  readonly address: Address;
  /** Absent where the document gives the address of its page itself. */
  readonly facts: PageFacts | undefined;
}

const factsOf = (
  fields: Fields,
  { path, slug, language, published }: Pick<PageFacts, "path" | "slug" | "language" | "published">,
): PageFacts => {
  // In Jekyll `categories: a b` are two, and `category: a b` is one.
  const words = fields("categories")
    .filter(({ key }) => /categor/i.test(key))
    .flatMap(({ value }) => (typeof value === "string" ? value.split(/[\s,]+/) : listOf(value)));
  return {
    path,
    slug,
    hasOwnSlug: withoutTemplates(textsOf(fields("slug"))).length > 0,
    title: textsOf(fields("title"))[0]?.text ?? "",
    categories: [...fields("category").flatMap(({ value }) => listOf(value)), ...words].flatMap(
      (value) => textOf(value) ?? [],
    ),
    language,
    published,
  };
};

export const locate = (
  fields: Fields,
  path: string,
  { published, firstRead }: { readonly published: Instant | undefined; readonly firstRead?: Instant | undefined },
  site: Site,
  found: Findings,
): Located | undefined => {
  const texts = permalinksOf(fields);
  warnOfTemplates(fields, found);
  const permalink = permalinkOf(fields);
  const slug = slugOf(fields, permalink, path, found);
  const [canonical] = withoutTemplates(textsOf(fields("canonical")));
  const absolute = canonical ?? texts.find(({ text }) => isAbsolute(text));
  const [guid] = textsOf(fields("guid"));
  if (guid !== undefined) found.readFrom("guid", guid.key);
  const language = languageOf(fields, readPath(path).language, site, found);
  if (guid !== undefined && guid.text.length > 500)
    found.refuse("guid-too-long", guid.key, `\`${guid.key}\` is longer than 500 characters: shorten it.`);
  if (slug === undefined) return undefined;
  const located = (url: string | undefined, facts?: PageFacts): Located | undefined =>
    url === undefined || checkUrl(url, absolute?.key ?? permalink?.key ?? "path", found) === undefined
      ? undefined
      : { address: { slug, url, language, guid: guid?.text }, facts };
  found.readFrom("permalink", absolute?.key ?? permalink?.key ?? relativePath(texts)?.key ?? "the site");
  if (absolute !== undefined) return located(urlOfField(absolute, webUrl(absolute.text, site.url), found));
  if (permalink !== undefined) return located(urlOfField(permalink, pageUrl(withSlash(permalink), site), found));
  const pattern = relativePath(texts);
  const facts = factsOf(fields, { path, slug, language, published: published ?? firstRead });
  const page = pagePath(facts, published !== undefined, pattern, site, found);
  return located(pageUrl(page, site), pattern === undefined ? facts : undefined);
};
