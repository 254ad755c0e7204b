import type { Findings } from "../domain/findings.ts";
import { cleanLine, firstSentences, hasVisibleText } from "../domain/text.ts";
import type { Rendered } from "../markdown/markdown.ts";
import { sanitiseBody, textOfHtml } from "../markdown/sanitise.ts";
import { chooseText, type Fields, textsOf } from "./fields.ts";
import { isSnippetText, isTruncated } from "./social.ts";

const maxParagraph = 300;
const maxSummary = 1000;

/** Some exports have HTML here. */
const plain = (text: string, base: string): string =>
  /^<(p|div|span|em|strong|a)\b/i.test(text) ? cleanLine(textOfHtml(sanitiseBody(text, base))) : text;

/** `preview` and `teaser` are a text on some sites and a picture on others. */
const isPicture = (text: string): boolean => /^\S+\.(?:png|jpe?g|gif|webp|avif|svg)$/i.test(text);

const cutMark = /\s*(?:\.\.\.|…)$/;

interface Summary {
  readonly text: string;
  /** Good enough to announce the post: the author wrote it, or it is whole sentences. */
  readonly announces: boolean;
}

/** Plain text: the document's own, else the part before `<!--more-->`, else the first paragraph of text. */
export const summaryOf = (
  fields: Fields,
  rendered: Rendered,
  base: string,
  language: string,
  found: Findings,
): Summary => {
  const text = (html: string | undefined) => cleanLine(html === undefined ? "" : textOfHtml(sanitiseBody(html, base)));
  const given = textsOf(fields("summary"))
    .filter(({ text }) => !isSnippetText(text) && !isPicture(text))
    .map((field) => ({ ...field, text: plain(field.text, base) }));
  const before = text(rendered.before);
  const others = [...given.map((field) => field.text), before, text(rendered.paragraphs[0])];
  // A text that is cut off is not used where another field has the whole text.
  const isCut = (one: string) =>
    isTruncated(one) && others.some((other) => other !== one && other.startsWith(one.replace(cutMark, "")));
  const own = chooseText(
    given.filter((field) => !isCut(field.text)),
    found,
  );
  if (own !== undefined) return { text: firstSentences(own.text, maxSummary, language), announces: true };
  if (hasVisibleText(before)) return derived(before, rendered.before ?? "", maxSummary, language);
  // A body that is only a list has no paragraph: then its first text.
  const first = rendered.paragraphs.find((html) => hasVisibleText(text(html))) ?? rendered.html;
  return derived(text(first), first, maxParagraph, language);
};

const derived = (whole: string, html: string, limit: number, language: string): Summary => {
  const text = firstSentences(whole, limit, language);
  return { text, announces: !blocks.test(html) && isWholeSentences(text, language) };
};

/** Elements that are not running text. */
const blocks = /<(?:h[1-6]|li|pre|table)\b/i;

const greeting =
  /^[¡\s]*(?:hi|hello|hey|dear|hola|bonjour|salut|hallo|ciao|olá|привет|こんにちは|你好|大家好)(?![\p{L}-])/iu;

/** `refs: …` */
const labelled = /^\p{Ll}\S*:\s/u;

const ended = /\p{Sentence_Terminal}(?:["'\p{Pe}\p{Pf}\s]|\p{RGI_Emoji})*$/v;

const fewWords = 4;

/** True for text that can be read on its own: not a greeting, not the beginning of a list, not cut. */
const isWholeSentences = (text: string, language: string): boolean => {
  const words = [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)];
  return (
    words.filter(({ isWordLike }) => isWordLike).length >= fewWords &&
    ended.test(text) &&
    !isTruncated(text) &&
    !greeting.test(text) &&
    !labelled.test(text)
  );
};
