import type { Findings } from "../domain/findings.ts";
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
export const readingTimeOf = (fields: Fields, html: string, found: Findings): number => {
  const minutes = fields("readingTime").map(({ key, value }) => {
    const given = /^\s*(\d{1,4})(?:\.\d+)?(?!\d)/.exec(String(value))?.[1];
    if (given === undefined)
      found.warn("value-unknown", key, `\`${key}\` is not a number of minutes: the words were counted.`);
    return Number(given ?? 0);
  });
  const minutesGiven = minutes.find((one) => one > 0) ?? 0;
  return minutesGiven > 0 ? minutesGiven : countMinutes(textOfHtml(html));
};
