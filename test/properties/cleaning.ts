/**
 * The expected cleaning of every text, implemented independently of the code under test: well-formed Unicode, line ends
 * `\n`, no C0 except tab and newline, no DEL, no C1, no U+FFFE and U+FFFF.
 */
export const expectedText = (text: string): string => {
  let clean = "";
  for (const character of text.replaceAll(/\r\n?/g, "\n")) {
    const code = character.codePointAt(0) ?? 0;
    const isControl = (code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code <= 0x9f);
    const isLoneSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (!isControl && code !== 0xfffe && code !== 0xffff) clean += isLoneSurrogate ? "\ufffd" : character;
  }
  return clean;
};

const isBidi = (code: number): boolean => (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);

/** A line break between characters of Chinese or Japanese, which have no spaces. */
const brokenInCjk =
  /(?<=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}、。！，．：；？）」』])\n(?=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}（「『])/gu;

/** A title, name or tag: one line, without characters that change the direction of the following text. */
export const expectedLine = (text: string): string =>
  [...expectedText(text)]
    .filter((character) => !isBidi(character.codePointAt(0) ?? 0))
    .join("")
    .replaceAll(brokenInCjk, "")
    .split(/[\t\n \u2028\u2029]+/)
    .join(" ")
    .trim();

/** A title without visible characters is not a title. */
export const isVisible = (text: string): boolean => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
