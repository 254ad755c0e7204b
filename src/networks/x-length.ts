import { countedLinks, textBetween } from "./links-in-text.ts";

/** twitter-text configuration v3: a code point in these ranges weighs 1, any other 2; an emoji weighs 2 and a link 23. */
const singleWeight = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
] as const;
const linkWeight = 23;
const emojiWeight = 2;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

// twitter-text has the emoji of 2020; the runtime's Unicode tables are current.
const emoji = /^(?:\p{RGI_Emoji}|[0-9#*]\u20E3)$/v;

const codePointWeight = (character: string): number => {
  const code = character.codePointAt(0) ?? 0;
  return singleWeight.some(([first, last]) => first <= code && code <= last) ? 1 : 2;
};

const graphemeWeight = (grapheme: string): number =>
  emoji.test(grapheme) ? emojiWeight : [...grapheme].reduce((sum, character) => sum + codePointWeight(character), 0);

/** The length that X counts (docs.x.com, "Counting characters"): at most 280. */
export const weightedLength = (text: string): number => {
  const normal = text.normalize("NFC");
  const links = countedLinks(normal, true);
  return textBetween(normal, links)
    .flatMap((piece) => [...graphemes.segment(piece)])
    .reduce((sum, { segment }) => sum + graphemeWeight(segment), links.length * linkWeight);
};
