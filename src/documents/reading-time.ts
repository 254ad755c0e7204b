import { textOfHtml } from "../markdown/sanitise.ts";
import type { Fields } from "./fields.ts";

const wordsPerMinute = 220;
/** Chinese, Japanese and Korean are read at about 500 characters a minute. */
const wordsPerCharacter = 0.44;

const countMinutes = (text: string): number => {
  const characters = text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0;
  const words =
    text
      .replaceAll(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu, " ")
      .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu)?.length ?? 0;
  return Math.max(1, Math.ceil((words + characters * wordsPerCharacter) / wordsPerMinute));
};

/** In minutes: as the document says (`5`, `"5 min read"`), else counted. */
export const readingTimeOf = (fields: Fields, html: string): number => {
  const [given] = fields("readingTime").flatMap(
    ({ value }) => /^\s*(\d{1,4})(?:\.\d+)?(?!\d)/.exec(String(value))?.[1] ?? [],
  );
  const minutesGiven = Number(given ?? 0);
  return minutesGiven > 0 ? minutesGiven : countMinutes(textOfHtml(html));
};
