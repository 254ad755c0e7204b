import { cleanLine, hasVisibleText } from "../domain/text.ts";
import { htmlBlocks } from "../markdown/html-blocks.ts";
import { textOfHtml } from "../markdown/sanitise.ts";
import { isTruncated } from "./social.ts";

/** A passage is looked for in this many blocks, and in this much of each. */
const maxBlocks = 20;
const maxHtml = 20_000;
/** A longer passage is cut before its end. */
const maxText = 5_000;

/** A block of the body as plain text. */
export interface Part {
  readonly tag: string;
  readonly text: string;
}

const footnote = /<sup><a [^<>]*>\[?\d+\]?<\/a><\/sup>/g;

/** Not in the text of sanitised HTML. */
const itemEnd = "\u2028";

/** The items of a list are divided by semicolons. */
const joinItems = (items: readonly string[]): string =>
  items
    .map((item, at) => (at === items.length - 1 || /\p{Po}[\p{Pf}\p{Pe}]*$/u.test(item) ? item : `${item};`))
    .join(" ");

export const partsOf = (html: string): readonly Part[] =>
  htmlBlocks(html, maxBlocks).map(({ tag, html }) => {
    const marked = html.slice(0, maxHtml).replaceAll(footnote, "").replaceAll("</li>", `${itemEnd}$&`);
    return { tag, text: joinItems(textOfHtml(marked).split(itemEnd).map(cleanLine).filter(hasVisibleText)) };
  });

export const textOf = (parts: readonly Part[]): string =>
  parts
    .map(({ text }) => text)
    .filter((text) => text !== "")
    .join(" ");

/** Numbers of issues (`#12, #15`) and addresses alone say nothing. */
export const isText = ({ tag, text }: Part): boolean =>
  tag === "p" && /\p{L}/u.test(text.replaceAll(/https?:\/\/\S+/gu, ""));
const isList = ({ tag }: Part): boolean => /^[ou]l$/.test(tag);

/** What can follow a text that ends in a colon; code, a table, a picture and a heading cannot. */
const canFollow = (part: Part): boolean => isText(part) || isList(part) || part.tag === "blockquote";

/** The end of a text to which more belongs. An emoji (👇) may follow it. */
const stub = /(?<!\s)\s*[:,：，、،](?:\s|\p{RGI_Emoji})*$/v;

export const greeting =
  /^[¡\s]*(?:hi|hello|hey|dear|hola|bonjour|salut|hallo|ciao|olá|привет|こんにちは|你好|大家好)(?![\p{L}-])/iu;

/** `refs: …` */
const labelled = /^\p{Ll}\S*:\s/u;

const ended = /\p{Sentence_Terminal}(?:["'\p{Pe}\p{Pf}\s]|\p{RGI_Emoji})*$/v;

const fewWords = 4;

export const wordsIn = (text: string, language: string): number =>
  [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)].filter(({ isWordLike }) => isWordLike)
    .length;

/** True for text that can be read on its own: not a greeting, not the beginning of a list, not cut. */
export const isWholeSentences = (text: string, language: string): boolean =>
  wordsIn(text, language) >= fewWords &&
  ended.test(text) &&
  !isTruncated(text) &&
  !greeting.test(text) &&
  !labelled.test(text);

/** A paragraph that only greets. */
const isGreeting = ({ text }: Part, language: string): boolean =>
  greeting.test(text) && wordsIn(text, language) <= fewWords;

/** With the white space behind them. */
export const sentencesIn = (text: string, language: string): readonly string[] =>
  [...new Intl.Segmenter(language, { granularity: "sentence" }).segment(text)].map(({ segment }) => segment);

const withoutLastSentence = (text: string, language: string): string =>
  sentencesIn(text, language).slice(0, -1).join("").trimEnd();

/**
 * The first `count` parts. Of a stub the sentences before the last one, or else the stub with what follows; undefined
 * where nothing follows that can.
 */
const complete = (parts: readonly Part[], count: number, language: string): string | undefined => {
  const text = textOf(parts.slice(0, count));
  if (text.length > maxText || !stub.test(text)) return text;
  const sentences = withoutLastSentence(text, language);
  if (wordsIn(sentences, language) >= fewWords) return sentences;
  const next = parts[count];
  return next !== undefined && canFollow(next) ? complete(parts, count + 1, language) : undefined;
};

/** The first paragraph that is not a greeting and not a stub without an end. */
export const firstPassage = (parts: readonly Part[], language: string): string | undefined => {
  for (const [at, part] of parts.entries()) {
    const passage = isText(part) && !isGreeting(part, language) ? complete(parts.slice(at), 1, language) : undefined;
    if (passage !== undefined) return passage;
  }
  return undefined;
};

/** All text before the fold. */
export const passageBeforeFold = (
  before: readonly Part[],
  parts: readonly Part[],
  language: string,
): string | undefined => {
  const kept = before.filter((part) => canFollow(part) && !isGreeting(part, language));
  return kept.some(isText) ? complete([...kept, ...parts.slice(before.length)], kept.length, language) : undefined;
};

/** For a body in which every paragraph is a greeting or a stub. */
export const textWithoutPassage = (parts: readonly Part[]): string => {
  const some = [parts.filter(isText), parts.filter(canFollow), parts].find(({ length }) => length > 0) ?? [];
  return textOf(some).replace(stub, "");
};
