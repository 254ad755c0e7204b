import type { Findings } from "../domain/findings.ts";
import {
  fillPermalink,
  hasLanguage,
  needsDate,
  type PermalinkValues,
  permalinkTokens,
  unknownTokens,
} from "../domain/permalink.ts";
import type { Site } from "../domain/site.ts";
import type { Instant } from "../domain/time.ts";
import { readPath } from "./document-path.ts";
import { type Fields, listOf, type TextField, textOf, textsOf } from "./fields.ts";
import { localDay } from "./local-time.ts";
import { slugFromName } from "./slug.ts";

/** What a permalink is filled with. */
export interface PageFacts {
  readonly fields: Fields;
  readonly path: string;
  /** With the language of the path. */
  readonly slug: string;
  /** BCP 47. */
  readonly language: string;
  readonly published: Instant | undefined;
}

const pad = (number: number): string => String(number).padStart(2, "0");

const dateValues = (published: Instant | undefined, zone: string) => {
  if (published === undefined) return { year: "", month: "", i_month: "", day: "", i_day: "" };
  const { year, month, day } = localDay(published, zone);
  return { year: String(year), month: pad(month), i_month: String(month), day: pad(day), i_day: String(day) };
};

/** As Hugo does: what is neither a letter nor a digit is left out, and spaces become dashes. */
const slugFromTitle = (title: string): string =>
  title
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}._~\s-]/gu, "")
    .trim()
    .replaceAll(/[\s-]+/g, "-");

/** As Jekyll does: the folders above `_posts`, then `category` as it is, and the words of `categories`. In lower case. */
const categoryPath = (fields: Fields, path: string): string => {
  const [above = ""] = /^.*?(?=_posts\/)/.exec(path) ?? [];
  const words = fields("categories")
    .filter(({ key }) => /categor/i.test(key))
    .flatMap(({ value }) => (typeof value === "string" ? value.split(/[\s,]+/) : listOf(value)));
  const named = [...fields("category").map(({ value }) => value), ...words].map((value) =>
    textOf(value)?.replaceAll("/", " ").toLowerCase(),
  );
  return [...new Set([...above.split("/"), ...named])].filter(Boolean).join("/");
};

const permalinkValues = (facts: PageFacts, site: Site): PermalinkValues => {
  const { fields, path, published } = facts;
  const { file, folders, language } = readPath(path);
  const cased = (text: string) => (site.permalinkCase === "lower" ? text.toLowerCase() : text);
  const slug = cased(
    language !== undefined && facts.slug.startsWith(`${language}/`)
      ? facts.slug.slice(language.length + 1)
      : facts.slug,
  );
  const hasSlug = textsOf(fields("slug")).length > 0;
  const filename = cased(slugFromName(file)) || slug;
  const sections = folders.map((folder) => cased(slugFromName(folder))).filter(Boolean);
  return {
    ...dateValues(published, site.timeZone),
    slug,
    title: slug,
    post_title: hasSlug ? slug : slugFromTitle(textsOf(fields("title"))[0]?.text ?? "") || slug,
    filename,
    path: [...sections, hasSlug ? slug : filename].join("/"),
    section: sections[0] ?? "",
    sections: sections.join("/"),
    categories: categoryPath(fields, path),
    lang: cased(language ?? (facts.language === site.language ? "" : facts.language)),
  };
};

/**
 * The site's permalink for a document. `de/` means a folder and, where it is a language, all documents in it. A language
 * that the path names, and the permalink does not, comes before all else.
 */
const permalinkFor = ({ path, language: tag }: PageFacts, site: Site): string => {
  const { language } = readPath(path);
  const inLanguage = `${language ?? tag}/`;
  const bare = path.startsWith(`${language}/`) ? path.slice(inLanguage.length) : path;
  const [folder, permalink] = Object.entries(site.permalinks ?? {})
    .toSorted(([a], [b]) => b.length - a.length)
    .find(([one]) => bare.startsWith(one) || `${inLanguage}${bare}`.startsWith(one)) ?? ["", site.permalink];
  return language === undefined || folder.startsWith(inLanguage) || hasLanguage(permalink)
    ? permalink
    : `/:lang${permalink}`;
};

/** `/:year/:title/` in a document: a pattern of its own, in place of the site's. */
export const isPattern = ({ text }: TextField): boolean => /(^|\/):\w/.test(text);

const isUsable = ({ key, text }: TextField, found: Findings): boolean => {
  const [unknown] = unknownTokens(text);
  if (unknown === undefined) return true;
  found.warn(
    "permalink-token-unknown",
    key,
    `\`${key}: ${text.slice(0, 80)}\` has the unknown token ":${unknown}"; it was left out. Known are ${permalinkTokens.map((name) => `:${name}`).join(", ")}.`,
  );
  return false;
};

/** The path of a document's page, by its own pattern or the site's. */
export const pagePath = (facts: PageFacts, own: TextField | undefined, site: Site, found: Findings): string => {
  const permalink = own !== undefined && isUsable(own, found) ? own.text : permalinkFor(facts, site);
  if (facts.published === undefined && needsDate(permalink))
    found.warn(
      "address-undated",
      "date",
      `The permalink ${permalink.slice(0, 80)} needs a date, and the document has none, so that its address lacks it: add \`date\`.`,
    );
  return fillPermalink(permalink, permalinkValues(facts, site));
};
