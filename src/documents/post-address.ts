import type { Findings } from "../domain/findings.ts";
import type { Site } from "../domain/site.ts";
import { webUrl } from "../markdown/urls.ts";
import { readPath } from "./document-path.ts";
import { type Field, type Fields, type TextField, textsOf } from "./fields.ts";
import { checkSlug, slugFromName } from "./slug.ts";

export interface Address {
  readonly slug: string;
  readonly url: string;
  readonly language: string;
  readonly guid: string | undefined;
}

const isAbsolute = (text: string): boolean => /^[a-z][a-z0-9+.-]*:|^\/\//i.test(text);

/** A value with a template (Eleventy: `/blog/{{ page.fileSlug }}/`) is filled in only by the site's generator. */
const withoutTemplates = (texts: readonly TextField[]): readonly TextField[] =>
  texts.filter(({ text }) => !/\{\{|\{%/.test(text));

/** The first permalink that is a path, and not a pattern of Jekyll (`/:year/:title/`). */
const relativePath = (texts: readonly TextField[]): TextField | undefined =>
  texts.find(({ text }) => !isAbsolute(text) && !/(^|\/):\w/.test(text) && /[^/.]/.test(text));

const decodePercent = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const pathSlug = (text: string): string =>
  decodePercent(text.replace(/[?#].*$/, ""))
    .normalize("NFC")
    .replaceAll(/^\/+|\/+$/g, "")
    .replace(/(?:\/index)?\.html?$/i, "");

const languageOf = (fields: Fields, pathLanguage: string | undefined, site: Site, found: Findings): string => {
  const [given] = textsOf(fields("language"));
  try {
    if (given !== undefined) return Intl.getCanonicalLocales(given.text.replaceAll("_", "-"))[0] ?? site.language;
  } catch {
    found.warn(
      "language-unknown",
      given?.key,
      `\`${given?.key}: ${given?.text.slice(0, 40)}\` is not a language tag (BCP 47); it was left out.`,
    );
  }
  return pathLanguage === undefined
    ? site.language
    : (Intl.getCanonicalLocales(pathLanguage.replaceAll("_", "-"))[0] ?? site.language);
};

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

/** The URL of the page; undefined where the field has no http(s) URL, which the findings say. */
const urlOfField = (
  field: Pick<Field, "key"> & { readonly text: string },
  site: Site,
  found: Findings,
): string | undefined =>
  webUrl(field.text, site.url) ??
  found.refuse(
    "url-unsafe",
    field.key,
    `\`${field.key}: ${field.text.slice(0, 80)}\` is not an http(s) URL: correct or remove it.`,
  );

export const permalinkOf = (fields: Fields): TextField | undefined =>
  relativePath(withoutTemplates(textsOf(fields("permalink"))));

export const addressOf = (fields: Fields, path: string, site: Site, found: Findings): Address | undefined => {
  const texts = withoutTemplates(textsOf(fields("permalink")));
  const permalink = relativePath(texts);
  const slug = slugOf(fields, permalink, path, found);
  const [canonical] = withoutTemplates(textsOf(fields("canonical")));
  const page = canonical ?? texts.find(({ text }) => isAbsolute(text)) ?? permalink;
  const [guid] = textsOf(fields("guid"));
  const language = languageOf(fields, readPath(path).language, site, found);
  const encodedSlug = (slug ?? "").split("/").map(encodeURIComponent).join("/");
  const url =
    page === undefined
      ? webUrl(
          site.permalink.replace(":slug", () => encodedSlug),
          site.url,
        )
      : urlOfField(page, site, found);
  if (guid !== undefined && guid.text.length > 500)
    found.refuse("guid-too-long", guid.key, `\`${guid.key}\` is longer than 500 characters: shorten it.`);
  return slug === undefined || url === undefined ? undefined : { slug, url, language, guid: guid?.text };
};
