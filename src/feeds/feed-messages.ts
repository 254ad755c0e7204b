/// <reference lib="esnext.intl" />

import { html } from "hono/html";
import { writtenLanguage } from "../domain/text.ts";
import { de, en, es, fr, it, type Messages, nl, pl, pt } from "./feed-messages-latin.ts";
import { ar, he, ja, ru, zh, zhHant } from "./feed-messages-non-latin.ts";
import type { Html } from "./page-layout.ts";

/** The keys are language subtags, with the script if it is not the usual one of the language. */
export const translations: Readonly<Record<string, Messages>> = {
  ar,
  de,
  en,
  es,
  fr,
  he,
  it,
  ja,
  nl,
  pl,
  pt,
  ru,
  zh,
  "zh-hant": zhHant,
};

const subtag = (language: string): string => language.split("-", 1)[0]?.toLowerCase() ?? "";

const translatedKey = (language: string): string | undefined =>
  [writtenLanguage(language), subtag(language)].find((key) => Object.hasOwn(translations, key));

/** Returns English if the language has no translation. */
export const messagesFor = (language: string): Messages => translations[translatedKey(language) ?? "en"] ?? en;

/** Returns the language of a page's own text: that of its feed, or English. */
const wordsLanguage = (language: string): string => (translatedKey(language) === undefined ? "en" : language);

const placeholders = /\{(\w+)\}/g;

/** Replaces the placeholders of the text. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(placeholders, (whole, name: string) => values[name] ?? whole);

/** Replaces the placeholders by HTML. Plain values are escaped. */
export const fillHtml = (text: string, values: Readonly<Record<string, Html | string>>): Html =>
  html`${text.split(placeholders).map((part, index) => (index % 2 === 0 ? part : (values[part] ?? "")))}`;

/** A tool that helped to write an entry is never its author. */
export const disclosureText = (disclosure: string, { disclosure: text }: Messages): string =>
  fill(text, { tool: disclosure });

const locale = (tag: string): Intl.Locale | undefined => {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
};

/** Returns the language with its most likely region, as the Open Graph protocol writes it: `pt_BR`. */
export const languageWithRegion = (tag: string): string | undefined => {
  const { language, region } = locale(tag)?.maximize() ?? {};
  return region === undefined ? undefined : `${language}_${region}`;
};

/** Returns left to right if the tag is not valid. */
const textDirection = (tag: string): "ltr" | "rtl" => {
  const known: (Intl.Locale & { readonly textInfo?: Intl.TextInfo }) | undefined = locale(tag);
  // Node 22 has the property of an earlier draft of the specification.
  const textInfo = known?.getTextInfo?.() ?? known?.textInfo;
  return textInfo?.direction === "rtl" ? "rtl" : "ltr";
};

/** A language's text, dates and numbers on a page. */
export interface PageLanguage {
  readonly messages: Messages;
  /** The attributes of the page. */
  readonly page: Html;
  /** The attributes of text in another language than the page's (WCAG 3.1.2). */
  readonly attributesFor: (language: string) => Html | string;
  readonly date: (at: number, timeZone: string) => string;
  readonly minutes: (count: number) => string;
  /** Joins links to a list. Each is isolated: names of the other direction would change places (UAX 9). */
  readonly list: (parts: readonly Html[]) => Html;
}

const attributes = (tag: string, direction: string | undefined): Html =>
  html` lang="${tag}"${direction === undefined ? "" : html` dir="${direction}"`}`;

/** An unknown time zone is replaced by UTC. */
const dateFormat = (tag: string, timeZone: string): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat(tag, { dateStyle: "long", timeZone });
  } catch {
    return new Intl.DateTimeFormat(tag, { dateStyle: "long", timeZone: "UTC" });
  }
};

const makeLanguage = (feedLanguage: string): PageLanguage => {
  const tag = wordsLanguage(feedLanguage);
  const direction = textDirection(tag);
  const dates = new Map<string, Intl.DateTimeFormat>();
  const minutes = new Intl.NumberFormat(tag, { style: "unit", unit: "minute", unitDisplay: "short" });
  return {
    messages: messagesFor(tag),
    page: attributes(tag, direction === "rtl" ? direction : undefined),
    attributesFor: (language) => {
      if (language === "" || language === tag) return "";
      const own = textDirection(language);
      return attributes(language, own === direction ? undefined : own);
    },
    date: (at, timeZone) => {
      const format = dates.get(timeZone) ?? dateFormat(tag, timeZone);
      dates.set(timeZone, format);
      return format.format(at);
    },
    minutes: (count) => minutes.format(count),
    list: (parts) =>
      html`${new Intl.ListFormat(tag, { type: "conjunction", style: "narrow" })
        .formatToParts(parts.map((_, index) => String(index)))
        .map(({ type, value }) => (type === "element" ? html`<bdi>${parts[Number(value)] ?? ""}</bdi>` : value))}`,
  };
};

/** No site has as many languages. */
const maxMade = 20;

const made = new Map<string, PageLanguage>();

/** The formats are kept, because making one takes longer than rendering a post of the page. */
export const pageLanguage = (feedLanguage: string): PageLanguage => {
  const language = made.get(feedLanguage) ?? makeLanguage(feedLanguage);
  if (made.size >= maxMade) made.clear();
  made.set(feedLanguage, language);
  return language;
};
