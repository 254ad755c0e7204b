import { cleanLine as cleanAnyLine, cleanText } from "../domain/text.ts";

/** The characters that `cleanText` removes. Most texts have none, and a test is several times faster than a replacement. */
const unclean = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF]/;

/** True if the text may be in a file of any format. */
export const isClean = (text: string): boolean => text.isWellFormed() && !unclean.test(text);

/** Returns the text without characters that a format does not allow. */
export const clean = (text: string): string => (isClean(text) ? text : cleanText(text));

/** Matches the characters that `cleanAnyLine` replaces or removes. */
const uncleanLine = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]| {2}|^\s|\s$/;

/** Returns the text on one line, like `cleanLine` of the domain. */
export const cleanLine = (text: string): string =>
  text.isWellFormed() && !uncleanLine.test(text) ? text : cleanAnyLine(text);

/** Returns plain text as HTML. */
export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Returns a cleaned line, or undefined if it is absent or empty. */
export const optionalLine = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : cleanLine(text) || undefined;

/** Returns the URL, normalised and in ASCII, or undefined if it is not an absolute http(s) URL. */
export const webUrl = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  return parsed?.protocol === "https:" || parsed?.protocol === "http:" ? parsed.href : undefined;
};

/** Removes repetitions and invalid URLs. */
export const webUrls = (urls: readonly string[]): readonly string[] => [
  ...new Set(urls.map(webUrl).filter((url) => url !== undefined)),
];
