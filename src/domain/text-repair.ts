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

const fromBytes = (run: string, encode: (char: string) => number): string | undefined => {
  try {
    return decoder.decode(Uint8Array.from(run, encode));
  } catch {
    return undefined;
  }
};

/** A result with C1 controls or characters that do not exist is not a repair. */
const isNoText = (text: string): boolean => /[\u0080-\u009F\p{Cn}]/u.test(text);

const decode = (run: string): string | undefined => {
  const once = fromBytes(run, encodeChar);
  if (once === undefined || !isNoText(once)) return once;
  // A letter of Hebrew, Thai or Japanese that was decoded wrongly twice may contain a C1 control.
  const twice = once.replaceAll(runs, (inner) => fromBytes(inner, encodeChar) ?? inner);
  return twice === once || isNoText(twice) ? undefined : twice;
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

/** Matches UTF-8 that was decoded as Windows-1250. Only some of its letters look like Windows-1252 (`Ä™`). */
const asCentralEuropean = /Ă[ˇ©­ł¶ş˝Ľ¤]|Ĺ[™ˇľĄŻ‚„›ş‘]/u;

/** The text is split, because a greedy `.+` remembers each letter of a line, and a line of megabytes is more than V8 holds. */
const repairOnce = (text: string): string => {
  const misread = isMisread(text);
  const repairLine = (line: string): string => {
    if (asCentralEuropean.test(line)) return line;
    const isProved = misread && !hasGenuine(line);
    return line.replaceAll(runs, (run: string, at: number) =>
      isProved || isGarbled(run, at, line) ? (decode(run) ?? run) : run,
    );
  };
  return text
    .split(/([\n\r\u2028\u2029])/)
    .map(repairLine)
    .join("");
};

/** The names of the characters from U+00A0 to U+00FF, and of those that Windows-1252 has besides (HTML §13.5). */
const latinNames =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
const otherNames =
  "euro € sbquo ‚ fnof ƒ bdquo „ hellip … dagger † Dagger ‡ circ ˆ permil ‰ Scaron Š lsaquo ‹ OElig Œ lsquo ‘ rsquo ’ ldquo “ rdquo ” bull • ndash – mdash — tilde ˜ trade ™ scaron š rsaquo › oelig œ Yuml Ÿ";
const characters = new Map<string, string>([
  ...latinNames.split(" ").map((name, at) => [name, String.fromCharCode(0xa0 + at)] as const),
  ...[...otherNames.matchAll(/\b(\w+) (\S)/g)].map(([, name = "", char = ""]) => [name, char] as const),
]);

const reference = "&(?:#\\d{2,4}|#[xX][\\da-fA-F]{2,4}|[a-zA-Z]{2,6}[1-4]{0,2});";
const referenceRuns = new RegExp(`(?:[\\u0080-\\u00FF${above7F}]|${reference}){2,}`, "g");

const characterOf = (whole: string): string => {
  const name = whole.slice(1, -1);
  if (!name.startsWith("#")) return characters.get(name) ?? whole;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  // In HTML, a number of a C1 control is the character that Windows-1252 has there.
  return correctWindows1252(String.fromCharCode(code));
};

/** Replaces the references of a text that was decoded wrongly before it was escaped: `caf&Atilde;&copy;`. */
const unescapeGarbled = (text: string): string => {
  const replaceRuns = (isMeant: (run: string, before: string, after: string) => boolean): string =>
    text.replaceAll(referenceRuns, (whole: string, at: number) => {
      const run = whole.replaceAll(/&[^;&]*;/g, characterOf);
      const [before, after] = [
        text.slice(Math.max(0, at - 2), at),
        text.slice(at + whole.length, at + whole.length + 2),
      ];
      return run !== whole && decode(run) !== undefined && isMeant(run, before, after) ? run : whole;
    });
  const isProved = isMisread(replaceRuns(() => true));
  return replaceRuns((run, before, after) => isProved || isGarbled(run, before.length, before + run + after));
};

interface CodePage {
  /** The characters of its bytes from 0x80. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly runs: RegExp;
  /** Matches the letters that text in its languages has most, as UTF-8 that was decoded as this code page. */
  readonly typical: RegExp;
  /** Matches the letters of its languages. */
  readonly letters: RegExp;
  /**
   * Ordinary text of these languages has such a letter in at least this share of its words: Slovenian in about 8 of
   * 100, German in 14, Polish in 22, and Russian in nearly all.
   */
  readonly share: number;
}

const charactersAbove7F = (label: string): string =>
  new TextDecoder(label).decode(Uint8Array.from({ length: 128 }, (_, at) => 0x80 + at));

const byteMap = (all: string): ReadonlyMap<string, number> =>
  new Map(Array.from(all, (char, at) => [char, 0x80 + at] as const));

const centralEuropean = charactersAbove7F("windows-1250");
const cyrillic = charactersAbove7F("windows-1251");

/** UTF-8 was decoded as one of these in Central and Eastern Europe. */
const codePages: readonly CodePage[] = [
  {
    bytes: byteMap(centralEuropean),
    runs: new RegExp(`[${centralEuropean}]{2,}`, "gu"),
    typical: new RegExp(`${asCentralEuropean.source}|Ä[ŤŹ›‡™…]`, "gu"),
    letters: /^[\u00C0-\u017F–—‘-„…]+$/u,
    share: 1 / 16,
  },
  {
    bytes: byteMap(cyrillic),
    runs: new RegExp(`[${cyrillic}]{2,}`, "gu"),
    typical: /Р[°µёѕЅІґєї»]|С[‚ѓЃЂЏЊ‹]/gu,
    letters: /^[\u0401-\u0491–—‘-„…«»]+$/u,
    share: 1 / 2,
  },
];

/** So many typical letters do not come together by accident. */
const enough = 5;

/** Stops at the last match that is needed. */
const hasEnough = (text: string, typical: RegExp): boolean => {
  let count = 0;
  for (const _ of text.matchAll(typical)) {
    count += 1;
    if (count === enough) return true;
  }
  return false;
};

/**
 * Code, lines of tables, quotations, addresses and tags: an article about encodings shows there what a wrong decoding
 * looks like.
 */
const quoted =
  /^(```|~~~)[\s\S]*?^\1|^(?: {4}|\t).*|^[ \t]*\|.*|`[^`\n]+`|"[^"\n]+"|(?<=^|[\s(])(?:“[^“”\n]+”|„[^„“”\n]+[“”])|<[a-z/][^<>]*>|https?:\/\/\S+/gimu;

/**
 * Repairs UTF-8 that was decoded as such a code page, if the whole document proves it: outside of quotations it has many
 * of the letters that the misreading makes of usual ones, in as many words as ordinary text of these languages, not
 * together as in a quotation, and hardly a correct letter above ASCII.
 */
const repairCodePage = (text: string, { bytes, runs, typical, letters, share }: CodePage): string => {
  // Nearly every text ends here.
  if (!hasEnough(text, typical)) return text;
  const repaired = (run: string): string | undefined => {
    const decoded = fromBytes(run, (char) => bytes.get(char) ?? 0);
    return decoded !== undefined && letters.test(decoded) ? decoded : undefined;
  };
  const prose = text.replaceAll(quoted, " ");
  let misread = 0;
  const marked = prose.replaceAll(runs, (run) => {
    const decoded = repaired(run);
    misread += decoded?.length ?? 0;
    return decoded === undefined ? run : "\uFFFD";
  });
  const words = marked.split(/\s+/).filter((word) => /[\p{L}\uFFFD]/u.test(word));
  const isMisreadWord = (word = ""): boolean => word.includes("\uFFFD");
  const misreadWords = words.filter(isMisreadWord).length;
  const places = words.filter((word, at) => isMisreadWord(word) && !isMisreadWord(words[at - 1])).length;
  const correct = marked.match(/[\p{L}--[\0-\x7F]]/gv)?.length ?? 0;
  const isFrequent = misreadWords >= share * words.length;
  const isTogether = misreadWords >= 3 * places && misreadWords < words.length / 2;
  const isProved = hasEnough(prose, typical) && isFrequent && !isTogether && correct <= 0.1 * misread;
  return isProved ? text.replaceAll(runs, (run) => repaired(run) ?? run) : text;
};

/** Repairs twice, because some documents were decoded wrongly twice, and removes a byte order mark. */
const repairAll = (text: string): string => {
  const plain = codePages.reduce(repairCodePage, text.includes("&") ? unescapeGarbled(text) : text);
  const once = repairOnce(plain);
  return once === text ? text : repairOnce(once).replace(/^\uFEFF/, "");
};

const frontMatter = /^---\n[\s\S]*?\n---\n/;

/**
 * True for text that was decoded correctly, and has wrongly decoded runs in quotations and in code only. In front matter,
 * quotation marks are no quotation.
 */
const onlyQuotes = (text: string): boolean => {
  const [front = ""] = frontMatter.exec(text) ?? [];
  const prose = front + text.slice(front.length).replaceAll(quoted, " ");
  return hasGenuine(prose) && repairAll(prose) === prose;
};

/** Repairs a whole document. One without such runs is returned unchanged, and so is one that only quotes them. */
export const repairText = (text: string): string => {
  const repaired = repairAll(text);
  return repaired === text || onlyQuotes(text) ? text : repaired;
};
