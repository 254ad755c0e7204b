import { html } from "hono/html";
import { writtenLanguage } from "../domain/text.ts";
import type { Html } from "./page-layout.ts";
import { ar } from "./words/ar.ts";
import { de } from "./words/de.ts";
import { en } from "./words/en.ts";
import { es } from "./words/es.ts";
import { fr } from "./words/fr.ts";
import { it } from "./words/it.ts";
import { ja } from "./words/ja.ts";
import { nl } from "./words/nl.ts";
import { pl } from "./words/pl.ts";
import { pt } from "./words/pt.ts";
import { ru } from "./words/ru.ts";
import type { Words } from "./words/word-keys.ts";
import { zh } from "./words/zh.ts";
import { zhHant } from "./words/zh-hant.ts";

/** By the language subtag, with the script where it is not the usual one of the language. */
export const table: Readonly<Record<string, Words>> = {
  ar,
  de,
  en,
  es,
  fr,
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

const keyOf = (language: string): string | undefined =>
  [writtenLanguage(language), subtag(language)].find((key) => Object.hasOwn(table, key));

/** In English where there are none in the language. */
export const wordsFor = (language: string): Words => table[keyOf(language) ?? "en"] ?? en;

/** The language of a page's own words: that of its feed, or English. */
export const wordsLanguage = (language: string): string => (keyOf(language) === undefined ? "en" : language);

const placeholders = /\{(\w+)\}/g;

/** The text with its placeholders replaced. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(placeholders, (whole, name: string) => values[name] ?? whole);

/** The same with HTML. Plain values are escaped. */
export const fillHtml = (text: string, values: Readonly<Record<string, Html | string>>): Html =>
  html`${text.split(placeholders).map((part, index) => (index % 2 === 0 ? part : (values[part] ?? "")))}`;
