import { cleanLine, cleanText } from "../domain/text.ts";

/** What `cleanText` takes out. Most texts hold none of it, and to look is several times faster than to replace. */
const unclean = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF]/;

/** True for text that any format may carry. */
export const isClean = (text: string): boolean => text.isWellFormed() && !unclean.test(text);

/** Text that any format may carry. */
export const clean = (text: string): string => (isClean(text) ? text : cleanText(text));

/** Plain text as HTML. */
export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A line that may be missing, or empty once it is clean. */
export const optionalLine = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : cleanLine(text) || undefined;
