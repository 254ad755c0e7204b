import { endsSentence, graphemes, longestOf, readable, segmentEnds, sentences, words } from "../domain/shorten.ts";
import { hasVisibleText } from "../domain/text.ts";
import { countedLinks, linksIn } from "./links-in-text.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

const mentionOrTag = /[@＠][\w.@-]+|[#＃][\p{L}\p{M}\p{N}_]+/gu;

/** What is never divided: links, bare domains, mentions and hashtags. */
const wholeSpans = (text: string): readonly Span[] => [
  ...linksIn(text),
  ...countedLinks(text, true),
  ...[...text.matchAll(mentionOrTag)].map(({ index, 0: found }) => ({ start: index, end: index + found.length })),
];

/** Behind white space; where a script has none, not before punctuation, and not behind what opens or joins. */
const isBetweenWords = (text: string, cut: number): boolean => {
  if (/\s/.test(text.charAt(cut - 1))) return true;
  return !/[\p{Pd}\p{Ps}\p{Pi}'"&/@#_.]/u.test(text.charAt(cut - 1)) && !/[\p{P}\s]/u.test(text.charAt(cut));
};

const endsParagraph = (text: string, cut: number): boolean => {
  const end = text.slice(Math.max(0, cut - 9), cut);
  return end.slice(end.trimEnd().length).includes("\n");
};

const cutsIn = (text: string) => {
  const spans = wholeSpans(text);
  // Its end is no cut: the text does not fit, or goes on.
  const isSafe = (cut: number) => cut < text.length && !spans.some(({ start, end }) => start < cut && cut < end);
  const safe = segmentEnds(graphemes, text).filter(isSafe);
  const known = new Set(safe);
  const safeEnds = (segmenter: Intl.Segmenter) => segmentEnds(segmenter, text).filter((cut) => known.has(cut));
  return {
    safe,
    words: safeEnds(words).filter((cut) => isBetweenWords(text, cut)),
    sentences: safeEnds(sentences).filter((cut) => endsSentence(text, cut) || endsParagraph(text, cut)),
  };
};

type Fits = (part: string) => boolean;

/**
 * The start of a text that does not fit as a whole: all sentences that fit, where the next one fits by itself or they are
 * half of what would fit; else all words, else as much of a word. Empty where nothing fits.
 */
const startOf = (text: string, fits: Fits, fitsAlone: Fits): string => {
  const cuts = cutsIn(text);
  const longest = (ends: readonly number[]) => longestOf(ends, (end) => text.slice(0, end).trimEnd(), fits);
  const atSentence = longest(cuts.sentences);
  const atWord = longest(cuts.words);
  if (atSentence !== "") {
    const end = cuts.sentences.find((cut) => text.slice(0, cut).trimEnd().length > atSentence.length);
    const next = text.slice(atSentence.length, end);
    if (fitsAlone(next.trim()) || atSentence.length * 2 >= atWord.length) return atSentence;
  }
  return atWord === "" ? longest(cuts.safe) : atWord;
};

interface Room {
  /** Of the first part, which has link and hashtags, too. */
  readonly fitsFirst: Fits;
  readonly fits: Fits;
  /** Of one part. */
  readonly limit: number;
  readonly most: number;
}

/** The parts of a text in their order, and what is left of it after the last one. Undefined where it cannot be divided. */
export const splitText = (
  text: string,
  { fitsFirst, fits, limit, most }: Room,
): { readonly parts: readonly string[]; readonly left: string } | undefined => {
  const parts: string[] = [];
  let left = text.trim();
  while (hasVisibleText(left) && parts.length < most) {
    const fitsHere = parts.length === 0 ? fitsFirst : fits;
    const near = left.slice(0, readable(limit));
    const part = near.length === left.length && fitsHere(left) ? left : startOf(near, fitsHere, fits);
    if (part === "") return undefined;
    parts.push(part);
    left = left.slice(part.length).trim();
  }
  return { parts, left: hasVisibleText(left) ? left : "" };
};
