/**
 * Characters that XML 1.0 §2.2 or feed readers do not accept: C0 except tab and newline, DEL, C1, and two
 * noncharacters.
 */
const illegalCharacters = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]/g;

/**
 * Embeddings, overrides and isolates: in a title they would reorder the text after it. Marks (U+200E, U+200F) are kept.
 */
const bidiControls = /[\u202A-\u202E\u2066-\u2069]/g;

/** Returns well-formed Unicode without illegal characters. Lines end with `\n`. */
export const cleanText = (text: string): string =>
  text.toWellFormed().replaceAll(/\r\n?/g, "\n").replaceAll(illegalCharacters, "");

/** Matches a line break within Chinese or Japanese text, which has no spaces between its characters. */
const breakInCjk =
  /(?<=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}、。！，．：；？）」』])\n(?=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}（「『])/gu;

/**
 * Cleans a text and puts it on one line, for titles, names and summaries. No-break spaces stay, because French needs
 * them.
 */
export const cleanLine = (text: string): string =>
  cleanText(text)
    .replaceAll(bidiControls, "")
    .replaceAll(breakInCjk, "")
    .replaceAll(/[\t\n \u2028\u2029]+/g, " ")
    .trim();

/** False for a text of white space and zero-width characters only. */
export const hasVisibleText = (text: string): boolean => /[^\s\p{C}\p{Z}\p{M}]/u.test(text);

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The length in graphemes: what people count as characters. */
export const lengthOf = (text: string): number => [...graphemes.segment(text)].length;

/** Returns the end of the first `count` graphemes, or the text's length if it has no more. */
const graphemeEnd = (text: string, count: number): number => {
  let seen = 0;
  for (const { index } of graphemes.segment(text)) {
    if (seen === count) return index;
    seen += 1;
  }
  return text.length;
};

/** True if the text has more graphemes. It reads no more of the text than that takes. */
export const isLongerThan = (text: string, limit: number): boolean => graphemeEnd(text, limit) < text.length;

const abbreviation = String.raw`\p{L}{1,4}(?:\.[ \u00A0]?\p{L}{1,4}){0,3}`;

/** Matches a bracket that opens before an abbreviation: `(e.g.`, `(z. B.`, `(cf`. What is explained by it was cut off. */
const openAbbreviation = new RegExp(String.raw`[(\[（]${abbreviation}[.,]{0,2}$`, "u");

/** An abbreviation in a bracket has fewer characters. */
const maxAbbreviation = 40;

/** Matches the abbreviation with its full stop, which is not the end of a sentence. */
const abbreviationInBracket = new RegExp(String.raw`[(\[（]${abbreviation}\.\s*$`, "u");

/** Ends a text that was cut after a word with an ellipsis, instead of with punctuation or with `(e.g.`. */
export const withEllipsis = (cut: string): string => {
  const start = cut.search(openAbbreviation);
  const text = start > 0 ? cut.slice(0, start) : cut;
  return `${text.replace(/(?<![\s\p{Pd}\p{Po}])[\s\p{Pd}\p{Po}]+$/u, "")}…`;
};

/**
 * Returns the sentences of a text, each with the white space after it. A mark that a small letter follows ends none:
 * `(we are far from done!) is`, `Yahoo! is`, `(e.g. Hexo)`.
 */
export const sentencesIn = (text: string, language: string): readonly string[] => {
  const sentences: string[] = [];
  for (const { segment } of new Intl.Segmenter(localeOf(language), { granularity: "sentence" }).segment(text)) {
    const before = sentences.at(-1) ?? "";
    const goesOn = /^\p{Ll}/u.test(segment) || abbreviationInBracket.test(before.slice(-maxAbbreviation));
    if (before !== "" && goesOn) sentences[sentences.length - 1] = before + segment;
    else sentences.push(segment);
  }
  return sentences;
};

/**
 * Returns the first sentences, in at most `limit` graphemes. A longer first sentence is cut after a word and ends with
 * an ellipsis.
 */
export const firstSentences = (text: string, limit: number, language: string): string => {
  const end = graphemeEnd(text, limit);
  if (end === text.length) return text;
  const whole = sentencesIn(text.slice(0, end + 1), language).slice(0, -1);
  if (whole.length > 0) return whole.join("").trimEnd();
  const start = text.slice(0, graphemeEnd(text, limit - 1));
  const isWhole = /^[\t\n ]/.test(text.slice(start.length));
  // A no-break space joins the parts of a formula. It ends a word only in a text without other spaces.
  const breaking = start.lastIndexOf(" ");
  const lastSpace = isWhole ? 0 : breaking > 0 ? breaking : start.search(/\s\S*$/u);
  return withEllipsis(lastSpace > 0 ? start.slice(0, lastSpace) : start);
};

/** Returns a language for `Intl`, which throws for a tag that is not well-formed (ECMA-402 §6.2.2). */
export const localeOf = (tag: string): string => {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? "en";
  } catch {
    return "en";
  }
};

/** Returns the name of a language in that language: Deutsch for `de`. */
export const languageName = (tag: string): string => {
  const name = new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
};

/**
 * Returns the written language in lower case: `en` for `en-GB`. It names the script if that is not the usual one of the
 * language: `zh-hant` for `zh-TW`.
 */
export const writtenLanguage = (tag: string): string => {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    const isUsual = script === undefined || script === new Intl.Locale(language).maximize().script;
    return (isUsual ? language : `${language}-${script}`).toLowerCase();
  } catch {
    return tag.toLowerCase();
  }
};

/**
 * True if readers of one language can read the other: `en` and `en-GB`, not `zh-CN` and `zh-TW`. The tags are BCP 47.
 */
export const isSameLanguage = (a: string, b: string): boolean => a === b || writtenLanguage(a) === writtenLanguage(b);

/** Returns the site's language that a text belongs to, else the text's own language without its region. */
export const languageAmong = (languages: readonly string[], tag: string): string =>
  languages.find((one) => one.toLowerCase() === tag.toLowerCase()) ??
  languages.find((one) => isSameLanguage(one, tag)) ??
  writtenLanguage(tag);
