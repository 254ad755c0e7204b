/**
 * Repairs UTF-8 that was decoded as Windows-1252 (`â€“` for `–`, `ðŸ”‘` for 🔑). The whole document is the evidence.
 *
 * A run is a sequence of characters that Windows-1252 has above ASCII (its five undefined bytes become C1 controls, as
 * in the WHATWG's windows-1252). Only a run that encodes to valid UTF-8 as a whole can be repaired. Some of these are
 * genuine text: `5×£35`, `CAFÉ”`, `náš…`, `à\u00A0£20`. Nobody writes an emoji, a quotation mark or a dash as `â€…`, so
 * such a run proves that the document was decoded wrongly. Then every run is repaired, except on a line with a
 * character that a wrong decoding cannot produce. Without proof, only runs that cannot be genuine are repaired.
 */
const above7F = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

/**
 * Corrects text that `TextDecoder` read as windows-1252. Node 22.18 and others decode that like Latin-1 (nodejs/node#56542),
 * which leaves C1 controls.
 */
export const correctWindows1252 = (text: string): string =>
  text.replaceAll(/[\u0080-\u009F]/g, (char) => above7F[char.charCodeAt(0) - 0x80] ?? char);

const bytes = new Map([...above7F].map((char, index) => [char, 0x80 + index]));

const encodeChar = (char: string): number => bytes.get(char) ?? char.charCodeAt(0);

const runs = new RegExp(`[\\u0080-\\u00FF${above7F}]{2,}`, "g");

const trail = `[\\u0080-\\u00BF${above7F}]`;
const sequences = new RegExp(`[Â-ß]${trail}|[à-ï]${trail}{2}|[ð-ô]${trail}{3}`, "g");

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const decode = (run: string): string | undefined => {
  try {
    const text = decoder.decode(Uint8Array.from(run, encodeChar));
    // A result with C1 controls or characters that do not exist is not a repair.
    return /[\u0080-\u009F\p{Cn}]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
};

/** Characters after which any text may follow a word, even without a space. */
const openEnd = "–—…\\u00A0\\u00AD·•’";
/**
 * Characters that may follow a word: the above, closing quotation marks of all languages, marks, superscripts, primes.
 */
const closing = `${openEnd}“”‘»›«‹®™©°²³¹ªº„‚´¡¿`;
const letters = "ŠŽŒŸšžœ";

/**
 * Matches the rest of genuine sequences: `náš…`, `passé—œuvre`, `à\u00A0£20`, `hâlâ…”`. Not of `áº¿` and `áº¡`, which
 * are Vietnamese letters, or `ï»¿`, a byte order mark.
 */
const genuineTrail = new RegExp(`^(?:[${openEnd}].+|(?!º[¡¿]|»¿)[${closing}]+|[šžœ][šžœ†‡${closing}]+)$`, "u");

/**
 * Matches what may follow Â, Ã, Ä and Å in genuine text. Most wrongly decoded letters of Latin languages begin with
 * these.
 */
const followsLatin = new RegExp(`^[${closing}${letters}†‡]$`, "u");
const followsOther = new RegExp(`^[${closing}${letters}†‡§¶£¥¢]$`, "u");
const followsNoLetter = /^[®™©°²³¹ªº´¡¿\u00AD]$/u;

/** False if a person may have written these characters. `before` and `after` are the text around them. */
const cannotBeGenuine = (sequence: string, before: string, after: string): boolean => {
  const [lead = "", rest = ""] = [sequence.slice(0, 1), sequence.slice(1)];
  if (rest.length > 1) return !genuineTrail.test(rest) || (lead === "â" && !/\p{L}$/u.test(before));
  // A multiplication, a diameter, or a letter that ends words in lower case.
  if (/[×Øß]/.test(lead)) return false;
  const inWord = /\p{Ll}$/u.test(before);
  const beforeLetter = /^\p{Ll}/u.test(after);
  if (!/[ÂÃÄÅ]/.test(lead)) return !followsOther.test(rest) || (inWord && beforeLetter);
  // `5Å±0.1` is a length in ångströms.
  if (sequence === "Å±" && !inWord) return beforeLetter;
  if (!followsLatin.test(rest) || inWord) return true;
  if (/\p{Lu}$/u.test(before)) return beforeLetter && followsNoLetter.test(rest);
  return /^(?:Â|Ã[^“”‘’…])/.test(sequence) || /^\p{L}/u.test(after);
};

/** Matches genuine repetitions: `2×½×¼`, or a stutter such as `Ö…Ö…`. */
const genuineRepetition = /^(?:(?:×[¼-¾€£¥¢])+|(.{2,3})\1+)$/u;

const isGarbled = (run: string, at: number, text: string): boolean => {
  const found = [...run.matchAll(sequences)];
  if (found.length > 2) return !genuineRepetition.test(run);
  return found.some(({ 0: sequence, index }) => {
    const start = at + index;
    const end = start + sequence.length;
    return cannotBeGenuine(sequence, text.slice(Math.max(0, start - 2), start), text.slice(end, end + 2));
  });
};

/**
 * Matches repaired characters that prove a wrong decoding: an emoji, quotation marks, dashes and an ellipsis (all begin
 * with `â€`), or a byte order mark.
 */
const unmistakable = /\p{Emoji_Presentation}|[\u2000-\u203F]|^\uFEFF/u;

const isMisread = (text: string): boolean =>
  [...text.matchAll(runs)].some(
    ({ 0: run, index }) => unmistakable.test(decode(run) ?? "") && isGarbled(run, index, text),
  );

/** Matches the sequences that remain when a no-break space or a C1 control was dropped after the wrong decoding. */
const remains = /^(?:[ÂÃ]|â€)$/;

const hasGenuine = (line: string): boolean =>
  [...line.replaceAll(runs, (run) => (decode(run) === undefined ? run : " ")).matchAll(/[^\0-\x7F]+/g)].some(
    ([part]) => !remains.test(part),
  );

const repairOnce = (text: string): string => {
  const misread = isMisread(text);
  return text.replaceAll(/.+/g, (line) => {
    const isProved = misread && !hasGenuine(line);
    return line.replaceAll(runs, (run: string, at: number) =>
      isProved || isGarbled(run, at, line) ? (decode(run) ?? run) : run,
    );
  });
};

/**
 * Repairs a text twice, because some documents were decoded wrongly twice, and removes a byte order mark. A text
 * without such runs is returned unchanged.
 */
export const repairText = (text: string): string => {
  const once = repairOnce(text);
  return once === text ? text : repairOnce(once).replace(/^\uFEFF/, "");
};
