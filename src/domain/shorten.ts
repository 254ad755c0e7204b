const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const words = new Intl.Segmenter("en", { granularity: "word" });

const segmentEnds = (segmenter: Intl.Segmenter, text: string): readonly number[] =>
  [...segmenter.segment(text)].map(({ index, segment }) => index + segment.length);

/** No cut falls inside a link: half a link does not work. */
const cutsLinkIn = (text: string): ((cut: number) => boolean) => {
  const links = [...text.matchAll(/https?:\/\/\S+/giu)].map(
    ({ index, 0: link }) => [index, index + link.length] as const,
  );
  return (cut) => links.some(([start, end]) => start < cut && cut < end);
};

/** Not kept before an ellipsis; `%` and closing brackets are kept. */
const isTrailing = (character: string): boolean => /[\s\p{Pd}\p{Ps}\p{Pi}.,;:!?…&#@/、。，．；：！？]/u.test(character);

const withoutTrailing = (text: string): string => {
  let end = text.length;
  while (end > 0 && isTrailing(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};

const cutAt = (text: string, end: number): string => {
  const kept = withoutTrailing(text.slice(0, end));
  // One short word of the next sentence has no meaning.
  const [word] = /(?<=[.!?]\s{1,9})\p{L}{1,4}$/u.exec(kept.slice(-20)) ?? [];
  if (word !== undefined) return `${kept.slice(0, -word.length).trimEnd()} …`;
  return kept === "" ? "" : `${kept}…`;
};

/** A text of which this much is read: more cannot fit, even with long links in it. What counts links takes its time. */
const readable = (limit: number): number => 4 * limit + 4000;

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

/** The longest start of `text` that `fits`, with an ellipsis. It is cut at a word, else within one, never within a grapheme. */
export const shorten = ({ text, isCut }: Readable, fits: (text: string) => boolean): string => {
  if (!isCut && fits(text)) return text;
  const longest = (cuts: readonly number[]): string => {
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (fits(cutAt(text, cuts[middle - 1] ?? 0))) low = middle;
      else high = middle - 1;
    }
    return cutAt(text, cuts[low - 1] ?? 0);
  };
  const cutsLink = cutsLinkIn(text);
  const safeCuts = segmentEnds(graphemes, text).filter((cut) => !cutsLink(cut));
  const safe = new Set(safeCuts);
  const atWord = longest(segmentEnds(words, text).filter((cut) => safe.has(cut)));
  const atGrapheme = longest(safeCuts);
  // A very long word is cut, not dropped.
  return atWord.length * 2 >= atGrapheme.length ? atWord : atGrapheme;
};
