import {
  fillPermalink,
  hasLanguage,
  needsDate,
  type PermalinkValues,
  permalinkTokens,
  unknownTokens,
} from "../domain/address.ts";
import type { Findings } from "../domain/findings.ts";
import type { Site } from "../domain/site.ts";
import { isSameLanguage } from "../domain/text.ts";
import { type Instant, localDay } from "../domain/time.ts";
import { webUrl } from "../markdown/urls.ts";
import { readPath } from "./document-path.ts";
import type { TextField } from "./fields.ts";
import { slugFromName } from "./slug.ts";

/** What a permalink is filled with. */
export interface PageFacts {
  readonly path: string;
  /** With the language of the path. */
  readonly slug: string;
  /** The document gives the slug itself. */
  readonly hasOwnSlug: boolean;
  readonly title: string;
  /** Of `category` and `categories`. */
  readonly categories: readonly string[];
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

/** As Hugo does: most signs are left out, and spaces become dashes. */
const slugFromTitle = (title: string): string =>
  title
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}._~@#/\s+-]/gu, "")
    .trim()
    .replaceAll(/[\s+-]+/g, "-");

/** As Jekyll does: with the folders above `_posts`. */
const categoryPath = ({ path, categories }: PageFacts): string => {
  const [above = ""] = /^.*?(?=_posts\/)/.exec(path) ?? [];
  const named = categories.map((category) => category.replaceAll("/", " ").toLowerCase());
  return [...new Set([...above.split("/"), ...named])].filter(Boolean).join("/");
};

export const permalinkValues = (facts: PageFacts, site: Site): PermalinkValues => {
  const { path, hasOwnSlug, published } = facts;
  const { file, folders, language } = readPath(path);
  const isLower = site.permalinkCase === "lower";
  const cased = (text: string) => (isLower ? text.toLowerCase() : text);
  // Generators that keep upper case (Eleventy, Hexo) keep spaces, too.
  const named = (name: string) => (isLower ? slugFromName(name).toLowerCase() : name.normalize("NFC"));
  const slug = cased(
    language !== undefined && facts.slug.startsWith(`${language}/`)
      ? facts.slug.slice(language.length + 1)
      : facts.slug,
  );
  const filename = named(file) || slug;
  const sections = folders.map(named).filter(Boolean);
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
    lang: cased(language ?? (isSameLanguage(facts.language, site.language) ? "" : facts.language)),
  };
};

/** Where `permalinks` look for a document: `de/` means a folder and, where it is a language, all documents in it. */
const placesOf = ({ path, language }: Pick<PageFacts, "path" | "language">): readonly string[] => {
  const inLanguage = `${readPath(path).language ?? language}/`;
  const bare = path.startsWith(inLanguage) ? path.slice(inLanguage.length) : path;
  return [bare, inLanguage + bare];
};

/** The folders of `permalinks` that none of the documents is in. */
export const unusedPermalinks = (
  documents: readonly Pick<PageFacts, "path" | "language">[],
  { permalinks }: Site,
): readonly string[] => {
  const places = documents.flatMap(placesOf);
  return Object.keys(permalinks ?? {}).filter((folder) => !places.some((place) => place.startsWith(folder)));
};

/**
 * The site's permalink for a document. A language that the path names, and the permalink does not, comes before all else.
 */
const permalinkFor = (facts: PageFacts, site: Site): string => {
  const { language } = readPath(facts.path);
  const places = placesOf(facts);
  const [folder, permalink] = Object.entries(site.permalinks ?? {})
    .toSorted(([a], [b]) => b.length - a.length)
    .find(([one]) => places.some((place) => place.startsWith(one))) ?? ["", site.permalink];
  return language === undefined || folder.startsWith(`${language}/`) || hasLanguage(permalink)
    ? permalink
    : `/:lang${permalink}`;
};

/**
 * A page of the site. A generator puts the path of its base URL before every permalink; a permalink that begins with it
 * is meant from the root of the host.
 */
export const pageUrl = (path: string, site: Site): string | undefined => {
  const base = new URL(site.url).pathname;
  return webUrl(`./${path.startsWith(base) ? path.slice(base.length) : path.replace(/^\/+/, "")}`, site.url);
};

/** The page of a document that gives no address of its own. */
export const urlByPermalink = (facts: PageFacts, site: Site): string | undefined =>
  pageUrl(fillPermalink(permalinkFor(facts, site), permalinkValues(facts, site)), site);

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
export const pagePath = (
  facts: PageFacts,
  isDated: boolean,
  own: TextField | undefined,
  site: Site,
  found: Findings,
): string => {
  const permalink = own !== undefined && isUsable(own, found) ? own.text : permalinkFor(facts, site);
  if (!isDated && needsDate(permalink))
    found.warn(
      "address-undated",
      "date",
      `The permalink ${permalink.slice(0, 80)} needs a date, and the document has none: its address has the day on which Crier first read it. Add \`date\`.`,
    );
  return fillPermalink(permalink, permalinkValues(facts, site));
};
