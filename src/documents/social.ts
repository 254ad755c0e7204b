import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import type { Social } from "../domain/post.ts";
import { cleanLine, cleanText } from "../domain/text.ts";
import { snippetLabel } from "../markdown/markdown.ts";
import { asFlatList, type Field, type Fields, isNo, isYes, type TextField } from "./front-matter.ts";
import { plainLines, plainMarkdown, plainText } from "./plain-text.ts";

const label = /^\s*(?:(?:\*\*|__)\s*)?Social Snippet\s*(?:(?:\*\*|__)\s*)?:/i;

/** True for `Social Snippet:  "…"`: a text for the networks in a field for readers. */
export const isSnippetText = (text: string): boolean => label.test(text);

export const isTruncated = (text: string): boolean => /(?:\.\.\.|…)["”']?\s*$/.test(text);

/** Removes the label, and quotes around the text. */
const withoutLabel = (text: string): string => {
  const unlabelled = text.replace(snippetLabel, "").trim();
  const quoted = /^["“„«'‘](.*)["”“»'’]$/su.exec(unlabelled);
  return (quoted?.[1] ?? unlabelled).trim();
};

/** Line breaks are kept. */
const socialText = (value: unknown): string | undefined => {
  const text = isRecord(value) ? (value.text ?? value.snippet) : value;
  if (typeof text !== "string") return undefined;
  const clean = cleanText(text).trim();
  return clean === "" ? undefined : clean;
};

/** `constructor` and `__proto__` as keys of an object would break the code that stores it. */
const canNameAccount = (key: string): boolean => !(key in {});

const textsFor = (fields: readonly Field[], found: Findings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fields
      .flatMap(({ key, value }) =>
        isRecord(value) ? Object.entries(value).map(([name, one]) => ({ key, name, one })) : [],
      )
      .flatMap(({ key, name, one }) => {
        if (isNo(one))
          found.warn(
            "value-unknown",
            `${key}.${name}`,
            `\`${key}.${name}\` is no text: it was left out, and the post is announced there, too. \`socialShare: false\` announces it nowhere.`,
          );
        const text = canNameAccount(name.toLowerCase()) ? socialText(one) : undefined;
        return text === undefined ? [] : [[name.toLowerCase(), plainLines(text, `${key}.${name}`, found)] as const];
      })
      .filter(([, text]) => text !== "")
      .toReversed(),
  );

const strings = (fields: readonly Field[]): readonly TextField[] =>
  fields.flatMap(({ key, value }) =>
    asFlatList(value).flatMap((one) => {
      const text = socialText(isYes(one) || isNo(one) ? undefined : one);
      return text === undefined ? [] : [{ key, text }];
    }),
  );

/** Returns the page that a document answers, as it is written. A letter is no page. */
const answeredPage = (value: unknown): readonly string[] =>
  asFlatList(value).flatMap((one) => {
    const given = isRecord(one) ? (one.url ?? one.href) : one;
    const text = typeof given === "string" ? cleanLine(given) : "";
    const [, address = text] = /^(?:<|\[.*\]\()(.+)[>)]$/.exec(text) ?? [];
    const isPage = address !== "" && !/^[^/:@]+@[^/:@]+$|^(?:javascript|data|mailto):/i.test(address);
    return isPage ? [address.slice(0, 500)] : [];
  });

/**
 * Returns the texts for the networks: from fields of their own, and with the label "Social Snippet:" from other fields
 * and the body.
 */
export const readSocial = (
  fields: Fields,
  bodySnippets: readonly string[],
  found: Findings,
  { isNote = false } = {},
): Omit<Social, "useSummary" | "lead"> => {
  const switches = fields("social", "socialShare", "syndicate");
  const plain = ({ key, text }: TextField): string => plainLines(withoutLabel(text), key, found);
  const labelled = strings(fields("summary")).filter(({ text }) => isSnippetText(text));
  const copies = [
    ...[...strings(fields("snippet")), ...labelled].map(plain),
    ...bodySnippets.map((raw) => withoutLabel(plainMarkdown(raw))),
  ].filter((text) => text !== "" && !isTruncated(text));
  const [share] = [
    ...strings(fields("socialShare")),
    ...strings(fields("social").filter(({ value }) => typeof value === "string")),
  ]
    .map(plain)
    .filter((text) => text !== "");
  const [contentWarning] = strings(fields("contentWarning"))
    .map(({ key, text }) => plainText(text, key, found))
    .filter((text) => text !== "");
  // In an article, `reply_to` is an address for letters.
  const [answers] = fields("reply")
    .filter(({ key }) => isNote || /^in/i.test(key))
    .flatMap(({ value }) => answeredPage(value));
  const isSensitive = fields("sensitive", "contentWarning").some(({ value }) => isYes(value));
  const [snippet] = copies.toSorted((a, b) => b.length - a.length);
  return {
    off: answers !== undefined || switches.some(({ value }) => isNo(value)),
    ...(answers === undefined ? {} : { answers }),
    ...(share === undefined ? {} : { share }),
    ...(snippet === undefined ? {} : { snippet }),
    ...(contentWarning === undefined ? {} : { contentWarning }),
    ...(isSensitive ? { sensitive: true } : {}),
    texts: textsFor(fields("social"), found),
  };
};
