/** Escapes ASCII punctuation as character references, so that neither Markdown nor a template syntax is found in the text. */
export const escapePunctuation = (text: string): string =>
  text.replaceAll(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/**
 * TeX is shown as code: feed readers do not run MathJax. The class is the one of remark-math and of GitHub's fences. It has
 * no quotes, because a formula may be in the title of a link.
 */
const mathsHtml = (tex: string): string => `<code class=language-math>${escapePunctuation(tex.trim())}</code>`;

/** A line break within a formula. An empty line, a list or a quotation ends the formula. */
const lineBreak = String.raw`\n(?![ \t]*(?:\n|[>#*-]\s))`;
/** The same where the delimiters are unambiguous. */
const anyLineBreak = String.raw`\n(?![ \t]*\n)`;

/**
 * The rule of Pandoc for dollars: no space inside of them, and no digit after them, which excludes most prices. Also no
 * letter after them, which excludes `$HOME/$USER`. `\(…\)` and `\[…\]` have one backslash or, in Jekyll and Hexo, two.
 */
export const maths: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\\$\w])\$\$(?!\$)(?<display>(?:[^$\\\n]|\\[^\n]|${anyLineBreak}){1,1000}?)\$\$`),
  new RegExp(
    String.raw`(?<![\\$\w/?=&#])\$(?=[^\s$])(?<dollars>(?:[^$\\\n]|\\[^\n]|${lineBreak}){1,500}?)(?<=[^\s\\])\$(?![\w$])`,
  ),
  new RegExp(String.raw`\\{1,2}\((?<round>(?:[^\\\n]|\\(?![\\)(])|\\\\(?!\))|${lineBreak}){1,500}?)\\{1,2}\)`),
  new RegExp(
    String.raw`^[ \t]{0,3}\\{1,2}\[(?<square>(?:[^\\\n]|\\(?![\\\][])|\\\\(?!\])|${anyLineBreak}){1,1000}?)\\{1,2}\][ \t]*$`,
  ),
  /^[ \t]{0,3}(?<environment>\\begin\{(?<kind>[a-z]{1,20}\*?)\}(?:[^\n]|\n(?![ \t]*\n)){1,1000}?\\end\{\k<kind>\})/,
];

const mathsMarks = /[\\^_={}+<>|*]/;
/** A tag, a link or code begins between the dollars: it is not a formula. */
const notMaths = /\{%|(?<![\^_}])\{\{|\]\(|`/;

/** `$5, or 6$` is an amount of money, and `\(aside\)` has escaped brackets. */
const isMaths = (tex: string, isDollars: boolean): boolean => {
  if (notMaths.test(tex)) return false;
  if (!isDollars) return mathsMarks.test(tex) || /^\s*\p{L}\s*$/u.test(tex);
  return /^\S{1,12}$/.test(tex) || (/^\d[^\n]*\s/.test(tex) ? /[\\^_=]/ : mathsMarks).test(tex);
};

/** The HTML of a match of `maths`; undefined where the match is prose. */
export const renderMaths = (group: (name: string) => string | undefined): string | undefined => {
  const unambiguous = group("display") ?? group("environment");
  if (unambiguous !== undefined) return mathsHtml(unambiguous);
  const dollars = group("dollars");
  const formula = dollars ?? group("round") ?? group("square");
  return formula !== undefined && isMaths(formula, dollars !== undefined)
    ? mathsHtml(formula.replaceAll(/\s+/g, " "))
    : undefined;
};
