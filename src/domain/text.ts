/** What neither XML 1.0 §2.2 nor a reader bears: C0 but tab and newline, DEL, C1, and the two noncharacters. */
const illegalCharacters = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]/g;

/** Embeddings, overrides and isolates: in a title they turn around what stands behind it. Marks (U+200E, U+200F) stay. */
const bidiControls = /[\u202A-\u202E\u2066-\u2069]/g;

/** Well-formed Unicode without illegal characters; line ends are `\n`. */
export const cleanText = (text: string): string =>
  text.toWellFormed().replaceAll(/\r\n?/g, "\n").replaceAll(illegalCharacters, "");

/** The same on one line, for titles, names, summaries. No-break spaces stay: French is written with them. */
export const cleanLine = (text: string): string =>
  cleanText(text)
    .replaceAll(bidiControls, "")
    .replaceAll(/[\t\n \u2028\u2029]+/g, " ")
    .trim();

/** True where there is something to see: a title of zero-width characters is none. */
export const hasVisibleText = (text: string): boolean => /[^\s\p{C}\p{Z}\p{M}]/u.test(text);

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Where the grapheme after the first `count` begins; the text's length where there are no more. */
const graphemeEnd = (text: string, count: number): number => {
  let seen = 0;
  for (const { index } of graphemes.segment(text)) {
    if (seen === count) return index;
    seen += 1;
  }
  return text.length;
};

/** The first sentences of the text in at most `limit` graphemes; within the first one cut at a word, with an ellipsis. */
export const firstSentences = (text: string, limit: number, language: string): string => {
  const end = graphemeEnd(text, limit);
  if (end === text.length) return text;
  const sentences = new Intl.Segmenter(language, { granularity: "sentence" }).segment(text.slice(0, end + 1));
  const starts = [...sentences].map(({ index }) => index);
  const last = starts.at(-1) ?? 0;
  if (last > 0) return text.slice(0, last).trimEnd();
  const start = text.slice(0, graphemeEnd(text, limit - 1));
  const lastSpace = /^\s/u.test(text.slice(start.length)) ? 0 : start.search(/\s\S*$/u);
  return `${(lastSpace > 0 ? start.slice(0, lastSpace) : start).replace(/[\s\p{Pd}\p{Po}]+$/u, "")}…`;
};

/** A language's own name for itself: `de` is Deutsch. */
export const languageName = (tag: string): string => {
  const name = new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
};
