import type { Findings } from "../domain/findings.ts";
import type { Social } from "../domain/post.ts";
import { cleanLine, firstSentences } from "../domain/text.ts";
import type { Body } from "../markdown/body.ts";
import { sanitiseBody, textOfHtml } from "../markdown/sanitise.ts";
import { chooseText, type Fields, type TextField, textsOf } from "./fields.ts";
import { leadOf } from "./lead.ts";
import { firstPassage, isText, partsOf, passageBeforeFold, textOf, textWithoutPassage } from "./passages.ts";
import { plainText } from "./plain-text.ts";
import { isSnippetText, isTruncated } from "./social.ts";

const maxParagraph = 300;
const maxSummary = 1000;

/** Some exports have HTML here. */
const plain = ({ key, text }: TextField, base: string, found: Findings): string =>
  /^<(p|div|span|em|strong|a)\b/i.test(text)
    ? cleanLine(textOfHtml(sanitiseBody(text, base)))
    : plainText(text, key, found);

/** `preview` and `teaser` are a text on some sites and a picture on others. */
const isPicture = (text: string): boolean => /^\S+\.(?:png|jpe?g|gif|webp|avif|svg)$/i.test(text);

const cutMark = /(?<!\s)\s*(?:\.\.\.|…)$/;

interface Summary {
  readonly text: string;
  /** How it announces the post. */
  readonly social: Pick<Social, "useSummary" | "lead">;
}

/** Plain text: the document's own, else the part before `<!--more-->`, else the first paragraph that can be read alone. */
export const summaryOf = (fields: Fields, body: Body, base: string, language: string, found: Findings): Summary => {
  const given = textsOf(fields("summary"))
    .filter(({ text }) => !isSnippetText(text) && !isPicture(text))
    .map((field) => ({ ...field, text: plain(field, base, found) }));
  const parts = partsOf(body.html);
  const { before } = body.rendered;
  const beforeFold = before === undefined ? [] : partsOf(sanitiseBody(before, base));
  const others = [...given.map(({ text }) => text), textOf(beforeFold), textOf(parts.filter(isText).slice(0, 1))];
  // A text that is cut off is not used where another field has the whole text.
  const isCut = (one: string) =>
    isTruncated(one) && others.some((other) => other !== one && other.startsWith(one.replace(cutMark, "")));
  const own = chooseText(
    "summary",
    given.filter((field) => !isCut(field.text)),
    found,
  );
  if (own !== undefined) return { text: firstSentences(own.text, maxSummary, language), social: { useSummary: true } };
  found.readFrom("summary", "the body");
  const fold = passageBeforeFold(beforeFold, parts, language);
  const passage = fold ?? firstPassage(parts, language);
  const limit = fold === undefined ? maxParagraph : maxSummary;
  const text = firstSentences(passage ?? textWithoutPassage(parts), limit, language);
  // As much behind the fold as completes a paragraph before it.
  const candidates = fold === undefined ? parts : [...beforeFold, ...parts.slice(beforeFold.length)];
  const lead = leadOf(candidates, language);
  return { text, social: { useSummary: lead !== undefined, ...(lead !== undefined && lead !== text && { lead }) } };
};
