export const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Finds words in Thai, Chinese and Japanese, too, which have no spaces. Its own language does not matter. */
export const words = new Intl.Segmenter("en", { granularity: "word" });
export const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

export const segmentEnds = (segmenter: Intl.Segmenter, text: string): readonly number[] =>
  [...segmenter.segment(text)].map(({ index, segment }) => index + segment.length);

/** A part of a text, at UTF-16 indices. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const matchSpans = (text: string, pattern: RegExp): readonly Span[] =>
  [...text.matchAll(pattern)].map(({ index, 0: found }) => ({ start: index, end: index + found.length }));

/** A longer run has too few other places for a cut. */
const longestRun = 200;

/** Matches an address without a scheme, a mail address, `@user@host`, a path, a version, and an id. */
const address = /[\w~][@/:\\][^\s]|\w\.\w|\d[-_]\w|\w[-_]\d|^(?=.{12})(?=.*\d)\w+$/;

/** Matches words with no-break spaces between them, such as a formula. */
const joinedWords = /(?<!\S)\S+(?:\u00A0\S+)+/gu;

const addressSpans = (text: string): readonly Span[] => matchSpans(text, /https?:\/\/\S+/giu);

/** Returns the addresses, ids and formulas of a text: half of one means nothing, or something else. */
export const wholeSpans = (text: string): readonly Span[] => [
  ...addressSpans(text),
  ...[
    ...matchSpans(text, /[!-~]+/g).filter(({ start, end }) => address.test(text.slice(start, end))),
    ...matchSpans(text, joinedWords),
  ].filter(({ start, end }) => end - start <= longestRun),
];

/** Returns a test for cuts within one of the spans, which takes the same time for any number of them. */
export const cutsWithin = (spans: readonly Span[]): ((cut: number) => boolean) => {
  const within = new Set(
    spans.flatMap(({ start, end }) => Array.from({ length: end - start - 1 }, (_, at) => start + 1 + at)),
  );
  return (cut) => within.has(cut);
};

/** True for characters that are removed before an ellipsis. `%` and closing brackets stay. */
const isTrailing = (character: string): boolean => /[\s\p{Pd}\p{Ps}\p{Pi}.,;:!?…&#@/、。，．；：！？]/u.test(character);

const withoutTrailing = (text: string): string => {
  let end = text.length;
  while (end > 0 && isTrailing(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "（": "）", "「": "」" };

/** Removes a bracket that would stay open, unless half of the text is in it. */
const withoutOpenBracket = (text: string): string => {
  const open = Object.keys(closing)
    .map((bracket) => text.lastIndexOf(bracket))
    .filter((at) => at * 2 >= text.length && !text.includes(closing[text.charAt(at)] ?? "", at));
  return open.length === 0 ? text : withoutTrailing(text.slice(0, Math.min(...open)));
};

const cutAt = (text: string, end: number): string => {
  const kept = withoutOpenBracket(withoutTrailing(text.slice(0, end)));
  // One short word of the next sentence has no meaning.
  const [word] = /(?<=[.!?]\s{1,9})\p{L}{1,4}$/u.exec(kept.slice(-20)) ?? [];
  if (word !== undefined) return `${kept.slice(0, -word.length).trimEnd()} …`;
  return kept === "" ? "" : `${kept}…`;
};

/**
 * Returns how much of a text is read. More cannot fit, even if it contains long links, and counting links takes time.
 */
export const readable = (limit: number): number => 4 * limit + 4000;

export interface Readable {
  readonly text: string;
  readonly isCut: boolean;
}

export const cutToReadable = (text: string, limit: number): Readable => {
  const trimmed = text.trim();
  const isCut = trimmed.length > readable(limit);
  const kept = isCut ? trimmed.slice(0, readable(limit)).toWellFormed() : trimmed;
  return { text: kept.normalize("NFC"), isCut };
};

const ended = /\p{Sentence_Terminal}["'\p{Pe}\p{Pf}]*$/u;
/** Matches abbreviations such as `e.g.`, `U.S.` and `Dr.`, which do not end a sentence. */
const abbreviated = /(?:^|[\s("'])(?:(?:\p{L}\.)+|\p{Lu}\p{Ll}{1,2}\.|(?:vs|etc|ca|bzw|approx|incl)\.)$/u;

export const endsSentence = (text: string, end: number): boolean => {
  const last = text.slice(Math.max(0, end - 30), end).trimEnd();
  return ended.test(last) && !abbreviated.test(last);
};

/**
 * Returns the longest start that fits, or an empty text. The binary search is valid because a longer start is also
 * longer by the network's rule.
 */
export const longestFitting = (
  cuts: readonly number[],
  startAt: (cut: number) => string,
  fits: (text: string) => boolean,
): string => {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fits(startAt(cuts[middle - 1] ?? 0))) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : startAt(cuts[low - 1] ?? 0);
};

/**
 * Returns the longest start of `text` that `fits`. It is cut after a sentence, else with an ellipsis after a word, else
 * within a word, but never within a grapheme or an address. A better cut is preferred even if it leaves half as much
 * text. Only where nothing would be left, it is cut within a name, an id or a formula.
 */
export const shorten = (given: Readable, fits: (text: string) => boolean): string => {
  if (!given.isCut && fits(given.text)) return given.text;
  const start = startWithout(wholeSpans(given.text), given, fits);
  return start === "" ? startWithout(addressSpans(given.text), given, fits) : start;
};

/** Returns the longest start that is not cut within one of the spans. */
const startWithout = (spans: readonly Span[], { text, isCut }: Readable, fits: (text: string) => boolean): string => {
  const isWithin = cutsWithin(spans);
  // An address at the end of a text that was cut is not whole.
  const isHalf = isCut && spans.some(({ end }) => end === text.length);
  const safeCuts = segmentEnds(graphemes, text).filter((cut) => !(isWithin(cut) || (isHalf && cut === text.length)));
  const safe = new Set(safeCuts);
  const safeEnds = (segmenter: Intl.Segmenter) => segmentEnds(segmenter, text).filter((cut) => safe.has(cut));
  const cutWithMark = (cuts: readonly number[]) => longestFitting(cuts, (cut) => cutAt(text, cut), fits);
  const atGrapheme = cutWithMark(safeCuts);
  const atWord = cutWithMark(safeEnds(words));
  const ends = safeEnds(sentences).filter((cut) => endsSentence(text, cut));
  const atSentence = longestFitting(ends, (cut) => text.slice(0, cut).trimEnd(), fits);
  if (atSentence !== "" && atSentence.length * 2 >= atWord.length) return atSentence;
  return atWord.length * 2 >= atGrapheme.length ? atWord : atGrapheme;
};
