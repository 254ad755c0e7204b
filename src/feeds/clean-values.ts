import { cleanLine as cleanAnyLine, cleanText } from "../domain/text.ts";

/** The characters that `cleanText` removes. Most texts have none, and a test is several times faster than a replacement. */
const unclean = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF]/;

/** True where the text may be in a file of any format. */
export const isClean = (text: string): boolean => text.isWellFormed() && !unclean.test(text);

/** The text without characters that a format does not allow. */
export const clean = (text: string): string => (isClean(text) ? text : cleanText(text));

/** What `cleanAnyLine` replaces or removes. */
const uncleanLine = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]| {2}|^\s|\s$/;

/** The text on one line, as `cleanLine` of the domain has it. */
export const cleanLine = (text: string): string =>
  text.isWellFormed() && !uncleanLine.test(text) ? text : cleanAnyLine(text);

/** Plain text as HTML. */
export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A cleaned line; undefined where there is none, or where it is empty. */
export const optionalLine = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : cleanLine(text) || undefined;

/** The URL, normalised and in ASCII; undefined unless it is an absolute http(s) URL. */
export const webUrl = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  return parsed?.protocol === "https:" || parsed?.protocol === "http:" ? parsed.href : undefined;
};

/** Without repetitions and invalid URLs. */
export const webUrls = (urls: readonly string[]): readonly string[] => [
  ...new Set(urls.map(webUrl).filter((url) => url !== undefined)),
];
