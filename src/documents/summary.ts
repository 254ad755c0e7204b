import type { Findings } from "../domain/findings.ts";
import { cleanLine, firstSentences, hasInk } from "../domain/text.ts";
import type { Rendered } from "../markdown/markdown.ts";
import { sanitiseBody, textOfHtml } from "../markdown/sanitise.ts";
import { type Fields, textsOf, winner } from "./fields.ts";
import { isSnippetText, isTruncated } from "./social.ts";

const maxParagraph = 300;
const maxSummary = 1000;

/** Some exports write HTML here. */
const plain = (text: string, base: string): string =>
  /^<(p|div|span|em|strong|a)\b/i.test(text) ? cleanLine(textOfHtml(sanitiseBody(text, base))) : text;

const cutMark = /\s*(?:\.\.\.|…)$/;

/** Plain text: the document's own, else the part before `<!--more-->`, else the first paragraph of text. */
export const summaryOf = (
  fields: Fields,
  rendered: Rendered,
  base: string,
  language: string,
  found: Findings,
): string => {
  const text = (html: string | undefined) => cleanLine(html === undefined ? "" : textOfHtml(sanitiseBody(html, base)));
  const given = textsOf(fields("metaDescription", "description", "summary", "customExcerpt", "excerpt", "subtitle"))
    .filter(({ text }) => !isSnippetText(text))
    .map((field) => ({ ...field, text: plain(field.text, base) }));
  const before = text(rendered.before);
  const rivals = [...given.map((field) => field.text), before, text(rendered.paragraphs[0])];
  // A copy that was cut off loses to the whole of it.
  const isCut = (one: string) =>
    isTruncated(one) && rivals.some((rival) => rival !== one && rival.startsWith(one.replace(cutMark, "")));
  const own = winner(
    given.filter((field) => !isCut(field.text)),
    found,
  );
  if (own !== undefined) return firstSentences(own.text, maxSummary, language);
  if (hasInk(before)) return firstSentences(before, maxSummary, language);
  // A body of lists alone has no paragraph: then what stands first in it.
  const first = rendered.paragraphs.map(text).find(hasInk) ?? text(rendered.html);
  return firstSentences(first, maxParagraph, language);
};
