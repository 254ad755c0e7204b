/// <reference lib="esnext.intl" />
import { html } from "hono/html";
import type { Html } from "./page-layout.ts";
import type { Words } from "./words/word-keys.ts";
import { wordsFor, wordsLanguage } from "./words.ts";

const locale = (tag: string): Intl.Locale | undefined => {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
};

/** Left to right where the tag is not valid. */
const textDirection = (tag: string): "ltr" | "rtl" => {
  const known: (Intl.Locale & { readonly textInfo?: Intl.TextInfo }) | undefined = locale(tag);
  // Node 22 has the property of an earlier draft.
  const textInfo = known?.getTextInfo?.() ?? known?.textInfo;
  return textInfo?.direction === "rtl" ? "rtl" : "ltr";
};

/** How a page writes its own words, dates and numbers. */
export interface PageLanguage {
  readonly words: Words;
  /** The attributes of the page. */
  readonly page: Html;
  /** The attributes of text in another language than the page's (WCAG 3.1.2). */
  readonly of: (language: string) => Html | string;
  readonly date: (at: number, timeZone: string) => string;
  readonly minutes: (count: number) => string;
  /** Text or links, one after the other. */
  readonly list: (parts: readonly Html[]) => Html;
}

const attributes = (tag: string, direction: string | undefined): Html =>
  html` lang="${tag}"${direction === undefined ? "" : html` dir="${direction}"`}`;

/** A time zone that is unknown is UTC. */
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
    words: wordsFor(tag),
    page: attributes(tag, direction === "rtl" ? direction : undefined),
    of: (language) => {
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
        .map(({ type, value }) => (type === "element" ? (parts[Number(value)] ?? "") : value))}`,
  };
};

/** More than a site has. */
const maxMade = 20;

const made = new Map<string, PageLanguage>();

/** Its formats are kept: to make one takes longer than to render a post of the page. */
export const pageLanguage = (feedLanguage: string): PageLanguage => {
  const language = made.get(feedLanguage) ?? makeLanguage(feedLanguage);
  if (made.size >= maxMade) made.clear();
  made.set(feedLanguage, language);
  return language;
};
