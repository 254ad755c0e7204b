/** Every mark of ASCII as a reference, so that neither Markdown nor a template finds anything in it. */
export const escapePunctuation = (text: string): string =>
  text.replaceAll(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/**
 * TeX stays readable, as code: feed readers run no MathJax. The class is the one of remark-math and of GitHub's fences; it stands
 * without quotes, because a formula may stand in a link's title.
 */
const mathsHtml = (tex: string): string => `<code class=language-math>${escapePunctuation(tex.trim())}</code>`;

/** A line break within a formula; an empty line, a list or a quote ends it. */
const lineBreak = String.raw`\n(?![ \t]*(?:\n|[>#*-]\s))`;
/** The same where the marks are certain. */
const anyLineBreak = String.raw`\n(?![ \t]*\n)`;

/**
 * Pandoc's rule for dollars: no space inside of them and no digit behind them, which tells most prices apart; no letter either,
 * which tells `$HOME/$USER` apart. `\(…\)` and `\[…\]` come with one backslash or, from Jekyll and Hexo, with two.
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
/** It is no formula: a tag, a link or code began between two dollars. */
const notMaths = /\{%|(?<![\^_}])\{\{|\]\(|`/;

/** `$5, or 6$` is a sum of money, `\(aside\)` an escaped bracket. */
const isMaths = (tex: string, isDollars: boolean): boolean => {
  if (notMaths.test(tex)) return false;
  if (!isDollars) return mathsMarks.test(tex) || /^\s*\p{L}\s*$/u.test(tex);
  return /^\S{1,12}$/.test(tex) || (/^\d[^\n]*\s/.test(tex) ? /[\\^_=]/ : mathsMarks).test(tex);
};

/** What a match of `maths` says, as HTML; undefined where it is prose after all. */
export const renderMaths = (group: (name: string) => string | undefined): string | undefined => {
  const certain = group("display") ?? group("environment");
  if (certain !== undefined) return mathsHtml(certain);
  const dollars = group("dollars");
  const bracketed = dollars ?? group("round") ?? group("square");
  return bracketed !== undefined && isMaths(bracketed, dollars !== undefined)
    ? mathsHtml(bracketed.replaceAll(/\s+/g, " "))
    : undefined;
};
