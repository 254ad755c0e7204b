import type { Social } from "../domain/post.ts";
import { isRecord } from "../domain/records.ts";
import { cleanLine, cleanText } from "../domain/text.ts";
import { renderLine, snippetLabel } from "../markdown/markdown.ts";
import { sanitiseLine, textOfHtml } from "../markdown/sanitise.ts";
import { type Field, type Fields, isNo, isYes, listOf } from "./fields.ts";

const label = /^\s*(?:(?:\*\*|__)\s*)?Social Snippet\s*(?:(?:\*\*|__)\s*)?:/i;

/** True for `Social Snippet:  "…"`: a text for the networks in a field for readers. */
export const isSnippetText = (text: string): boolean => label.test(text);

export const isTruncated = (text: string): boolean => /(?:\.\.\.|…)["”']?\s*$/.test(text);

/** Without the label, and without quotes around the text. */
const withoutLabel = (text: string): string => {
  const unlabelled = text.replace(snippetLabel, "").trim();
  const quoted = /^["“„«'‘](.*)["”“»'’]$/su.exec(unlabelled);
  return (quoted?.[1] ?? unlabelled).trim();
};

/** Keeps line breaks. */
const socialText = (value: unknown): string | undefined => {
  const text = isRecord(value) ? (value.text ?? value.snippet) : value;
  if (typeof text !== "string") return undefined;
  const clean = cleanText(text).trim();
  return clean === "" ? undefined : clean;
};

/** `constructor` and `__proto__` as keys of an object would break the code that stores it. */
const canNameAccount = (key: string): boolean => !(key in {});

const textsFor = (fields: readonly Field[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fields
      .flatMap(({ value }) => (isRecord(value) ? Object.entries(value) : []))
      .flatMap(([key, value]) => {
        const text = canNameAccount(key.toLowerCase()) ? socialText(value) : undefined;
        return text === undefined ? [] : [[key.toLowerCase(), text] as const];
      })
      .toReversed(),
  );

const strings = (fields: readonly Field[]): readonly string[] =>
  fields
    .flatMap(({ value }) => listOf(value))
    .flatMap((value) => socialText(isYes(value) || isNo(value) ? undefined : value) ?? []);

const plainMarkdown = (markdown: string): string =>
  textOfHtml(sanitiseLine(renderLine(cleanLine(markdown)), "https://localhost/"));

/** The texts for the networks: from fields of their own, and with the label "Social Snippet:" from other fields and the body. */
export const socialOf = (fields: Fields, bodySnippets: readonly string[]): Omit<Social, "useSummary"> => {
  const switches = fields("social", "socialShare", "syndicate");
  const readerTexts = strings(fields("summary"));
  const copies = [
    ...strings(fields("snippet")),
    ...readerTexts.filter(isSnippetText),
    ...bodySnippets.map((raw) => plainMarkdown(raw)),
  ]
    .map(withoutLabel)
    .filter((text) => text !== "" && !isTruncated(text));
  const [share] = [
    ...strings(fields("socialShare")),
    ...strings(fields("social").filter(({ value }) => typeof value === "string")),
  ].map(withoutLabel);
  const [snippet] = copies.toSorted((a, b) => b.length - a.length);
  return {
    off: switches.some(({ value }) => isNo(value)),
    ...(share === undefined ? {} : { share }),
    ...(snippet === undefined ? {} : { snippet }),
    texts: textsFor(fields("social")),
  };
};
