import type { Findings } from "../domain/findings.ts";
import type { Social } from "../domain/post.ts";
import { unspaced } from "../domain/snippet.ts";
import { cleanLine, firstSentences, hasVisibleText, sentencesIn, withEllipsis } from "../domain/text.ts";
import type { Body } from "../markdown/markdown.ts";
import { htmlBlocks, sanitiseBody, textOfHtml } from "../markdown/sanitise.ts";
import { embedLabels } from "../markdown/urls.ts";
import { showFormulas } from "./formulas.ts";
import { asLines, chooseText, type Fields, type TextField } from "./front-matter.ts";
import { plainText, unescapeOnce, withinBounds } from "./plain-text.ts";
import { isSnippetText, isTruncated } from "./social.ts";

const maxParagraph = 300;
const maxSummary = 1000;

/** Returns a text of the front matter as plain text. Some exports have HTML in this field. */
const plain = ({ key, text }: TextField, base: string, found: Findings): string => {
  if (!/^<(p|div|span|em|strong|a)\b/i.test(text)) return plainText(text, key, found);
  return withinBounds(() => cleanLine(textOfHtml(sanitiseBody(unescapeOnce(text), base))), key, found);
};

/** `preview` and `teaser` are a text on some sites and a picture on others. */
const isPicture = (text: string): boolean => /^\S+\.(?:png|jpe?g|gif|webp|avif|svg)$/i.test(text);

const cutMark = /(?<!\s)\s*(?:\.\.\.|…)$/;
const cutMarkInBrackets = /(?<!\s)\s*[[(](?:…|\.\.\.)[\])]$/;

/** Returns a text that a generator or another platform cut with one kind of mark at its end: `…` for `[...]`. */
export const withCutMark = (text: string): string => text.replace(cutMarkInBrackets, "…");

/** Generators write other quotation marks and spaces than authors do. */
const comparable = (text: string): string =>
  text.normalize("NFKC").replaceAll(/[‘’]/g, "'").replaceAll(/[“”„]/g, '"').replaceAll(/\s+/g, " ");

/** A shorter text is not cut: generators and platforms keep at least this much. */
const leastCut = 40;

const address = /https?:|\w\/|\w\.\w/;

/** Matches more of an address. The punctuation of a sentence may follow a whole one. */
const addressContinuation = new RegExp(String.raw`^(?!${unspaced})[.:]?[\p{L}\p{N}_]|^[/?#&=%~@]`, "u");

/** A version or a name with a dot may stand whole before an ellipsis. */
const halfAddress = /https?:|\w\.\p{L}{2,}\//u;

const lastWord = (text: string): string => text.slice(text.lastIndexOf(" ") + 1);

/** True if the body has the end of the text only with more of its last word. */
const endsWithin = (text: string, body: string): boolean => {
  const end = comparable(text).slice(-leastCut);
  const rests = comparable(body).split(end).slice(1);
  const continuation = address.test(lastWord(end)) ? addressContinuation : wordContinuation;
  return text.length >= leastCut && rests.length > 0 && rests.every((rest) => continuation.test(rest));
};

/** Matches a letter or a digit of a script with spaces between its words. */
const wordContinuation = new RegExp(String.raw`^(?!${unspaced})[\p{L}\p{N}]`, "u");

/** Matches the beginning of a link of Markdown, and of a character reference. */
const halfMark = /\[([^[\]]*)\]\([^()\s]*$|&#\w{0,6}$/;

/**
 * Ends a text that was cut within a word, an address or a mark at the last whole word, with an ellipsis. `body` is the
 * text from which it may have been cut.
 */
const endAtWord = (given: string, body: string): string => {
  const text = withCutMark(given);
  const cut = text.replace(cutMark, "");
  const bare = cut.replace(halfMark, "$1");
  const start = bare.lastIndexOf(" ");
  const isHalfAddress = cut !== text && halfAddress.test(lastWord(bare));
  if (start > 0 && (isHalfAddress || endsWithin(bare, body))) return withEllipsis(bare.slice(0, start));
  return bare === cut ? text : `${bare.trimEnd()}…`;
};

interface Summary {
  readonly text: string;
  /** How the summary announces the post. */
  readonly social: Pick<Social, "useSummary" | "lead">;
}

/**
 * Returns plain text: the document's own summary, else the part before `<!--more-->`, else the first paragraph that can
 * be read alone. `read` returns a field as plain text.
 */
export const readSummary = (
  fields: Fields,
  body: Body,
  base: string,
  language: string,
  found: Findings,
  read: (field: TextField) => string = (field) => plain(field, base, found),
): Summary => {
  const parts = splitBlocks(body.html, language);
  const bodyText = joinTexts(parts);
  const given = asLines(fields("summary"))
    .filter(({ text }) => !isSnippetText(text) && !isPicture(text))
    .map((field) => ({ ...field, text: endAtWord(read(field), bodyText) }))
    .filter(({ text }) => text !== "");
  const { before } = body.rendered;
  const beforeFold = before === undefined ? [] : splitBlocks(sanitiseBody(before, base), language);
  const others = [...given.map(({ text }) => text), joinTexts(beforeFold), joinTexts(parts.filter(isParagraph))];
  // A text that is cut off is not used where another field or the body has the whole text.
  const isCut = (one: string) =>
    isTruncated(one) &&
    others.some((other) => other !== one && comparable(other).startsWith(comparable(one.replace(cutMark, ""))));
  const own = chooseText(
    "summary",
    given.filter((field) => !isCut(field.text)),
    found,
  );
  if (own !== undefined) return { text: firstSentences(own.text, maxSummary, language), social: { useSummary: true } };
  found.readFrom("summary", "the body");
  const fold = passageBeforeFold(beforeFold, parts, language);
  const passage = fold ?? withoutPointers(firstPassage(parts, language) ?? textWithoutPassage(parts), language);
  const limit = fold === undefined ? maxParagraph : maxSummary;
  const text = firstSentences(passage, limit, language);
  // The text after the fold is used only as far as it completes a paragraph before it.
  const candidates = fold === undefined ? parts : [...beforeFold, ...parts.slice(beforeFold.length)];
  const lead = findLead(candidates, language);
  return { text, social: { useSummary: lead !== undefined, ...(lead !== undefined && lead !== text && { lead }) } };
};

/** A passage is searched in this many blocks, and in this many characters of each. */
const maxBlocks = 20;
const maxHtml = 20_000;
/** A longer passage is cut before its end. */
const maxText = 5_000;

/** A block of the body as plain text. */
interface Part {
  readonly tag: string;
  readonly text: string;
  /** True if it only refers to other pages: "More info: changelog". */
  readonly isReference: boolean;
}

/** Matches the end of a text that is incomplete. An emoji (👇) may follow it. */
const stub = /(?<!\s)\s*[:,：，、،](?:\s|\p{RGI_Emoji})*$/v;

const footnote = /<sup><a [^<>]*>\[?\d+\]?<\/a><\/sup>/g;

/** Characters that the text of sanitised HTML does not contain. The second one stands for code. */
const itemEnd = "\u2028";
const codeMark = "\uFFFE";
/** The code may follow the end of an item in it. */
const spaceBeforeCode = /(?<!\s)\s+(?=\uFFFE)/g;

/** An item ends before the list that is in it, too. */
const itemEnds = /<\/li>|<[uo]l\b/g;

const codeTitle = "<p><strong>[^<>]*</strong>(?: <a [^<>]*>[^<>]*</a>)?</p>";

/** Matches code within a list or a quotation, with its title. A block of a formula is text. */
const innerCode = new RegExp(
  String.raw`(?:${codeTitle}\s*)?<pre\b[^<>]*>(?!<code class="language-math">)[\s\S]*?(?:</pre>|$)`,
  "g",
);

/** Matches the label of a callout. */
const calloutLabel = /(<blockquote>\s*)<p><strong>([^<>]*[\p{L}\p{N}])<\/strong><\/p>/gu;

/** Matches a mark that ends or divides a sentence, in any script. Quotation marks and brackets may follow it. */
const punctuated = /[\p{Sentence_Terminal}\p{Terminal_Punctuation}…‥]["'\p{Pf}\p{Pe}]*$/u;

/** Semicolons divide the items of a list, and a list from what follows it. */
const endItem = (item: string): string => (punctuated.test(item) ? item : `${item};`);

const joinItems = (items: readonly string[]): string =>
  items.map((item, at) => (at === items.length - 1 ? item : endItem(item))).join(" ");

/** Matches code of a template in a text, which looks like a tag that was not read. */
const templateTag = /\{[%{]/;

/** Returns the texts of a list's items, without the colon before code that was left out, and without pointers. */
const itemTexts = (text: string): readonly string[] => {
  const items = text
    .replaceAll(spaceBeforeCode, "")
    .split(itemEnd)
    .map((item) => (item.endsWith(codeMark) ? cleanLine(item).replace(stub, "") : cleanLine(item)))
    .filter(hasVisibleText);
  return items.filter((item) => items.length === 1 || !(isPointer(item) || templateTag.test(item)));
};

/** Matches a bold paragraph, with a link or without one. Directly above code it is the title of the code. */
const boldParagraph = new RegExp(`^${codeTitle}$`);

const link = /<a [^<>]*>[\s\S]*?<\/a>/;

/** True for links of which at most a few words say what they are, and not in a sentence: a label, or "Changes in v4.0.0". */
const isReferenceOnly = (html: string, text: string, language: string): boolean => {
  const words = textOfHtml(html.split(link).join(" "));
  const isLabel = /^[^:：]*[:：]\P{L}*$/u.test(words);
  return link.test(html) && (isLabel || !ended.test(text)) && wordsIn(words, language) < fewWords;
};

const splitBlocks = (html: string, language: string): readonly Part[] =>
  htmlBlocks(html, maxBlocks).map(({ tag, html }, at, blocks) => {
    const marked = html
      .slice(0, maxHtml)
      .replaceAll(footnote, "")
      .replaceAll(innerCode, (code) => (tag === "pre" ? code : `${codeMark}${itemEnd}`))
      .replaceAll(itemEnds, `${itemEnd}$&`)
      .replaceAll(calloutLabel, "$1<p>$2:</p>");
    const isTitle = boldParagraph.test(html) && blocks[at + 1]?.tag === "pre";
    const text = joinItems(itemTexts(textOfHtml(showFormulas(marked))));
    return {
      tag: isTitle ? "pre" : tag,
      text,
      isReference: /^(?:p|blockquote)$/.test(tag) && isReferenceOnly(marked, text, language),
    };
  });

const joinTexts = (parts: readonly Part[]): string =>
  parts
    .filter(({ text }) => text !== "")
    .map((part, at, { length }) => (isList(part) && at < length - 1 ? endItem(part.text) : part.text))
    .join(" ");

const labels: ReadonlySet<string> = new Set(Object.values(embedLabels));

/** Numbers of issues (`#12, #15`), addresses alone and what is embedded are not text. */
const isParagraph = ({ tag, text }: Part): boolean =>
  tag === "p" && !labels.has(text) && /\p{L}/u.test(text.replaceAll(/https?:\/\/\S+/gu, ""));
const isText = (part: Part): boolean => isParagraph(part) && !part.isReference;
const isList = ({ tag }: Part): boolean => /^[ou]l$/.test(tag);

/**
 * A text that ends in a colon can be followed by text, a list or a quotation, but not by code, a table, a picture or a
 * heading.
 */
const canFollow = (part: Part): boolean => isParagraph(part) || isList(part) || part.tag === "blockquote";

const greeting =
  /^[¡\s]*(?:hi|hello|hey|dear|greetings|hola|bonjour|salut|hallo|ciao|olá|привет|こんにちは|你好|大家好)(?![\p{L}-])/iu;

/** Matches a remark about the document itself: "Updated September 24th, 2025 – …". */
const remark = /^(?:updated?|edit(?:ed)?)\b[^.!?]{0,40}\d{4}/i;

/** Matches `refs: …`. */
const labelled = /^\p{Ll}\S*:\s/u;

const ended = /\p{Sentence_Terminal}(?:["'\p{Pe}\p{Pf}\s]|\p{RGI_Emoji})*$/v;

const fewWords = 4;

const wordsIn = (text: string, language: string): number =>
  [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)].filter(({ isWordLike }) => isWordLike)
    .length;

/** True for text that can be read on its own: it is not a greeting, not the beginning of a list, and not cut. */
const isWholeSentences = (text: string, language: string): boolean =>
  wordsIn(text, language) >= fewWords &&
  ended.test(text) &&
  !isTruncated(text) &&
  !greeting.test(text) &&
  !labelled.test(text);

/** True for a paragraph that only greets. */
const isGreeting = ({ text }: Part, language: string): boolean =>
  greeting.test(text) && wordsIn(text, language) <= fewWords;

const withoutLastSentence = (text: string, language: string): string =>
  sentencesIn(text, language).slice(0, -1).join("").trimEnd();

/**
 * Returns the first `count` parts. If they end in a stub, the result is the sentences before the last one, or else the
 * stub with the parts that follow. Returns undefined if no suitable part follows.
 */
const complete = (parts: readonly Part[], count: number, language: string): string | undefined => {
  const text = joinTexts(parts.slice(0, count));
  if (text.length > maxText || !stub.test(text)) return text;
  const sentences = withoutLastSentence(text, language);
  if (wordsIn(sentences, language) >= fewWords) return sentences;
  const next = parts[count];
  return next !== undefined && canFollow(next) ? complete(parts, count + 1, language) : undefined;
};

/** True for a paragraph that can be read alone: no label such as "Author's note". */
const isOwnText = (part: Part, language: string): boolean =>
  isText(part) &&
  !isGreeting(part, language) &&
  !remark.test(part.text) &&
  (ended.test(part.text) || stub.test(part.text) || wordsIn(part.text, language) >= fewWords) &&
  !sentencesIn(part.text, language).every(isPointer);

/** Returns the first paragraph that is not a greeting, no pointer to another page and not a stub without an end. */
const firstPassage = (parts: readonly Part[], language: string): string | undefined => {
  for (const [at, part] of parts.entries()) {
    const passage = isOwnText(part, language) ? complete(parts.slice(at), 1, language) : undefined;
    if (passage !== undefined) return passage;
  }
  return undefined;
};

/** Returns all text before the fold. */
const passageBeforeFold = (before: readonly Part[], parts: readonly Part[], language: string): string | undefined => {
  const kept = before.filter((part) => canFollow(part) && !isGreeting(part, language));
  return kept.some(isText) ? complete([...kept, ...parts.slice(before.length)], kept.length, language) : undefined;
};

/** Leaves out the sentences that only point to another page, unless there are no others. */
const withoutPointers = (text: string, language: string): string =>
  sentencesIn(text, language)
    .filter((sentence) => !isPointer(sentence))
    .join("")
    .trim() || text;

/** Returns a text of a body in which every paragraph is a greeting or a stub. */
const textWithoutPassage = (parts: readonly Part[]): string => {
  const whole = parts.filter((part) => !part.isReference && !(isParagraph(part) && stub.test(part.text)));
  const choices = [
    whole.filter(isText),
    whole.filter(canFollow),
    parts.filter(isText),
    parts.filter(isParagraph),
    parts,
  ];
  const some = choices.find(({ length }) => length > 0) ?? [];
  return joinTexts(some).replace(stub, "");
};

/** The first sentences of a longer paragraph announce the post. */
const maxLead = 300;

/** A sentence that only greets has at most this many words. */
const maxGreeting = 8;

/**
 * Matches sentences that have a meaning only on the page: "Read below for more.", "The release notes can be found
 * here."
 */
const pointers = [
  /\bbelow(?: for [^.!?]{1,99})?[.!?)\s]{0,9}$/i,
  /\bhere[.!?)\s]{0,9}$/i,
  /^(?:continue|keep) reading\b|^read on\b/i,
  /^the following (?:is|are)\b/i,
  /^you can (?:check|find|see)\b/i,
  /\bcheck out (?:that|the|this|our|my)\b[^.!?]{0,60}\b(?:posts?|articles?|announcement)\b/i,
  /^see (?:also|here|this|these|(?:the )?[^.!?]{0,40}(?:notes|changelog|docs|documentation|section|guide))\b[^.!?]{0,60}[.!?)\s]{0,9}$/i,
];

/** Matches words in brackets that were the text of a link: "(click to see in your time zone)". */
const clickHere = /(?<!\s)\s*\((?:click|tap)\b[^()]{0,80}\)/gi;

const isPointer = (sentence: string): boolean => pointers.some((pointer) => pointer.test(sentence.trim()));

/**
 * Returns a paragraph as it is read outside of the page: without a greeting, and without sentences that point to the
 * page.
 */
const readAlone = (text: string, language: string): string => {
  const [first = "", ...rest] = sentencesIn(text.replaceAll(clickHere, ""), language);
  const isGreeting = rest.length > 0 && greeting.test(first) && wordsIn(first, language) <= maxGreeting;
  const kept = (isGreeting ? rest : [first, ...rest]).filter((sentence) => !isPointer(sentence));
  return kept.join("").trim();
};

/**
 * Returns the text that announces a post whose author wrote no summary: whole sentences of the first paragraph that is
 * not a greeting or a stub.
 */
const findLead = (parts: readonly Part[], language: string): string | undefined => {
  const text = firstPassage(parts, language) ?? "";
  const isOfOnePart = parts.some((part) => part.text.startsWith(text));
  const lead = readAlone(firstSentences(text, maxLead, language), language);
  return isOfOnePart && isWholeSentences(lead, language) ? lead : undefined;
};
