import { type Findings, findings } from "../domain/findings.ts";
import { cleanLine, hasVisibleText } from "../domain/text.ts";
import { TooCostly } from "../markdown/bounds.ts";
import { renderLine } from "../markdown/markdown.ts";
import { sanitiseLine, textOfHtml } from "../markdown/sanitise.ts";
import { showFormulas } from "./formulas.ts";

/** Returns one line of Markdown as a reader sees it. */
export const plainMarkdown = (markdown: string, found: Findings = findings()): string =>
  textOfHtml(showFormulas(sanitiseLine(renderLine(cleanLine(markdown), found), "https://localhost/")));

/** Matches a reference that was escaped twice: `&amp;#8217;`. */
const escapedTwice = /&amp;((?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});)/gi;

/** Matches the text before and after a word. */
const beforeWord = /(?:^|[\s(["'“„«/])$/u;
const afterWord = /^(?:$|[\s)\]"'”“»/.,:;!?])/u;

/** Matches references to white space and to characters without width. */
const blank =
  /^&(?:[a-z]{1,5}sp|emsp1[34]|tab|newline|shy|zwn?j|[lr]rm|#(?:160|173|819[2-9]|820[0-7]|8239|xa0|xad|x200[\da-f]|x202f));$/i;

/** True for `&nbsp;` and the like as a word of its own: it is what the text is about. */
const isNamed = (reference: string, before: string, after: string): boolean =>
  beforeWord.test(before) && afterWord.test(after) && blank.test(reference);

/** Matches an element of code. */
const codeElement = /(<code\b[^<>]*>[^<]*<\/code>)/i;

/**
 * Changes a text of Markdown or HTML so that references which were escaped twice are read as what they stand for. In the
 * address of a text no reference is read, and in an element of code each stays as it is.
 */
export const unescapeOnce = (text: string): string => changeBetween(codeElement, text, unescapeText);

const unescapeText = (text: string): string =>
  text
    .replaceAll(escapedTwice, (whole, rest: string, at: number) => {
      const end = at + whole.length;
      return isNamed(`&${rest}`, text.slice(Math.max(0, at - 1), at), text.slice(end, end + 1)) ? whole : `&${rest}`;
    })
    .replaceAll(/https?:\/\/[^\s<>"]+/g, (url) => url.replaceAll("&amp;", "&"));

/** A text without any of these characters has no markup. */
const mark = /[&\\`*_~^=$:<[{]/;

const formatting =
  /^<(\/?)(a|abbr|b|cite|code|del|div|em|font|i|ins|kbd|mark|p|q|s|small|span|strong|sub|sup|u|br)\b[^<>]*>/i;

/** `<dialog>` in a title is its subject; `<b>…</b>` is formatting. */
const escapeTags = (text: string): string => {
  const closed = new Set([...text.matchAll(/<\/(\w{1,10})>/g)].map(([, name = ""]) => name.toLowerCase()));
  return text.replaceAll(/(?<!\{\{)<(?!https?:)/gi, (mark, at: number) => {
    const [, slash, found = ""] = formatting.exec(text.slice(at, at + 1000)) ?? [];
    const name = found.toLowerCase();
    const isPair = name !== "" && (slash === "/" || closed.has(name));
    return isPair || name === "br" ? mark : "&lt;";
  });
};

/** `5*3*2`, `f*ck`, `__init__` and a shrug are not emphasis in a text that was not written as Markdown. */
const escapeMarks = (text: string): string =>
  text
    .replaceAll(/(?<=[a-z0-9])\*(?=[a-z0-9])/gi, String.raw`\*`)
    .replaceAll(/(?<!\w)__(?=[a-z][a-z0-9]*(?:_[a-z0-9]+)*__(?!\w))/g, String.raw`\_\_`)
    .replaceAll(/¯\\_\((.)\)_\/¯/gu, String.raw`¯\\\_($1)\_/¯`);

/** Changes the text between the matches of a pattern, which captures the whole match. */
const changeBetween = (pattern: RegExp, text: string, change: (part: string) => string): string =>
  text
    .split(pattern)
    .map((part, at) => (at % 2 === 0 ? change(part) : part))
    .join("");

const backticks = /(`[^`]+`)/;

const emojiName = /(?<![\w:/]):(?=[a-z][a-z0-9_+-]{1,49}:(?![\w/:]))[^:]+:/g;

/**
 * Returns a text of the front matter as a reader sees it: without the marks of Markdown, HTML, shortcodes and character
 * references. A part without visible text is removed, and a warning names it. A text that consists only of marks stays
 * as it is.
 */
export const plainText = (text: string, key: string, found: Findings): string => {
  const line = cleanLine(text);
  if (!mark.test(line)) return line;
  return withinBounds(
    () => {
      const lost = findings();
      const plain = cleanLine(readMarks(line, key, lost));
      if (!hasVisibleText(plain)) return line;
      for (const { code, message } of lost.warnings) found.warn(code, key, message);
      return plain;
    },
    key,
    found,
  );
};

/** Returns "" for a text that would take too long to read. It is left out, and a warning names it. */
export const withinBounds = (read: () => string, key: string, found: Findings): string => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    found.warn("text-dropped", key, `\`${key}\` was left out: ${error.message}`);
    return "";
  }
};

const readMarks = (line: string, key: string, lost: Findings): string => {
  const markdown = changeBetween(backticks, line, (part) => escapeMarks(escapeTags(unescapeOnce(part))));
  return plainMarkdown(markdown, lost).replaceAll(emojiName, (name) => {
    lost.warn("emoji-dropped", key, `There is no emoji "${name}": it was left out of \`${key}\`.`);
    return "";
  });
};

/** The same as `plainText` for a text of several lines. */
export const plainLines = (text: string, key: string, found: Findings): string =>
  text
    .split("\n")
    .map((line) => plainText(line.replace(/^ {0,3}#{1,6}[ \t]+/, ""), key, found))
    .join("\n")
    .trim();
