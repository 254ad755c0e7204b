import type { MarkdownIt, StateBlock } from "markdown-it";
import { captionHtml, codeTagCaption } from "./code-captions.ts";
import { blockRule, inlineRule, interrupts, lineIndent, lineStart, pushCode, pushHtml } from "./rules.ts";
import { firstAttribute, parseComponent } from "./templates.ts";

/** This module shows as code what is no code block of Markdown: tags of code, terminals, and formulas in TeX. */

/** The line, by the kind of block, up to which a search for the end found none. No later search repeats it. */
const searched = new WeakMap<object, Map<string, number>>();

interface Closing {
  /** The kind of block. */
  readonly name: string;
  readonly test: (line: string) => boolean;
}

/** Returns the line that closes a block, within its list or quotation. A block without an end is not a block. */
const closingLine = (
  state: StateBlock,
  start: number,
  end: number,
  closing: Closing,
  isInside = (_line: string): boolean => true,
): number | undefined => {
  const known = searched.get(state.env) ?? new Map<string, number>();
  searched.set(state.env, known);
  if (start < (known.get(closing.name) ?? 0)) return undefined;
  let at = start + 1;
  for (; at < end && (lineIndent(state, at) >= 0 || state.isEmpty(at)); at += 1) {
    const line = state.src.slice(lineStart(state, at), state.eMarks[at]);
    if (closing.test(line)) return at;
    if (!isInside(line)) break;
  }
  known.set(closing.name, at);
  return undefined;
};

const codeLanguage = (name: string, options: string): string => {
  if (/^(?:math|mathjax|katex)$/.test(name)) return "math";
  const [, given] = /lang(?:uage)?[:=]"?([\w+#.-]+)/.exec(options) ?? [];
  return given ?? (name === "highlight" ? (/^[\s("]*([\w+#.-]*)/.exec(options)?.[1] ?? "") : "");
};

const closingTag = /^(?:\{%-?\s*(?:end|\/\s*)([a-z]+)\s*-?%\}|\{\{[<%]\s*\/\s*([a-z]+)\s*[>%]\}\})\s*$/;
const closingComment = /^\{:\/(?:comment)?\}\s*$/;

/** Matches a tag whose words are a caption. In quotation marks, `{% code "js" %}` names a language. */
const hexoTag = /^\{%-?\s*(?:codeblock\b|code\b(?![^\n]*\s["']))/;

/** Reads `{% highlight js %}` … `{% endhighlight %}`: code, formulas and comments. */
const codeTag = blockRule(
  /(?:\{%-?\s*|\{\{[<%]\s*|\{::)(highlight|codeblock|code|math|mathjax|katex|comment)\b([^%}\n]*)(?:[%>]?\}\}?)[ \t]*$/my,
  (state, [whole, name = "", options = ""], start, end) => {
    const closing = {
      name,
      test: (line: string) => {
        const [, tag, shortcode] = closingTag.exec(line) ?? [];
        return tag === name || shortcode === name || closingComment.test(line);
      },
    };
    const close = closingLine(state, start, end, closing);
    if (close === undefined) return false;
    const code = state.getLines(start + 1, close, state.sCount[start] ?? 0, true);
    const caption = hexoTag.test(whole) ? codeTagCaption(options.replace(/-$/, "")) : undefined;
    if (caption !== undefined) pushHtml(state, captionHtml(caption));
    if (name !== "comment") pushCode(state, codeLanguage(name, options), code);
    state.line = close + 1;
    return true;
  },
);

/** Reads ``<CodeBlock language="js">{`…`}</CodeBlock>``. */
const codeElement = blockRule(
  /<(CodeBlock|Code|CodeSnippet|Highlight)\b([^<>]*)>\s*\{`([^`]*)`\}\s*<\/\1>[ \t]*$/my,
  (state, [, name, options, code = ""]) => {
    const language = firstAttribute(parseComponent(`<${name}${options}>`), "language", "lang");
    pushCode(state, language ?? "", `${code.replace(/^\n/, "")}\n`);
    return true;
  },
);

/** Matches a line that a terminal does not show: of a tag, an expression, a heading (`# ` is a comment), a picture, a link or a fence. */
const markup = /^(?:<|\{`|#{2,6} |!\[|`{3}|~{3})|\]\(/;

/** Reads `<TerminalBlock>`, with the lines of the terminal as its content. With Markdown in it, it is not code. */
const terminal = blockRule(
  /<((?:Terminal|Console|Shell)(?:Block|Code|Command|Output|Session)?)(?=[\s>])[^<>]*(?<!\/)>[ \t]*$/my,
  (state, [, name = ""], start, end) => {
    const first = state.line;
    const closing = { name: "terminal", test: (line: string) => line.trimEnd() === `</${name}>` };
    const close = closingLine(state, first - 1, end, closing, (line) => !markup.test(line));
    if (close === undefined) return false;
    const lines = state.getLines(first, close, state.sCount[start] ?? 0, true).split("\n");
    const isText = (line: string): boolean => line.trim() !== "";
    pushCode(state, "", `${lines.slice(lines.findIndex(isText), lines.findLastIndex(isText) + 1).join("\n")}\n`);
    state.line = close + 1;
    return true;
  },
);

export const codeTags = (md: MarkdownIt): void => {
  md.block.ruler.before("tag", "terminal", terminal, interrupts);
  md.block.ruler.before("tag", "code_tag", codeTag, interrupts);
  md.block.ruler.before("tag", "code_element", codeElement, interrupts);
};

/** Matches a line break within a formula. An empty line, a list or a quotation ends the formula. */
const lineBreak = String.raw`\n(?![ \t]*(?:\n|[>#*-]\s))`;
/** Matches a line break within unambiguous delimiters. */
const anyLineBreak = String.raw`\n(?![ \t]*\n)`;

/**
 * A closing dollar is followed by no digit, as in Pandoc, which excludes most prices, and by no letter, which excludes
 * `$HOME/$USER`. `\(…\)` and `\[…\]`, alone on a line, have one backslash or, in Jekyll and Hexo, two.
 */
const formula = new RegExp(
  [
    String.raw`(?<![\\$\w])\$\$(?!\$)(?<display>(?:[^$\\\n]|\\[^\n]|${anyLineBreak}){1,1000}?)\$\$`,
    String.raw`(?<environment>\\begin\{(?<kind>[a-z]{1,20}\*?)\}[^\n]{1,1000}?\\end\{\k<kind>\})`,
    String.raw`(?<![\\$\w/?=&#])\$(?<dollars>(?:[^$\\\n]|\\[^\n]|${lineBreak}){1,500}?)(?<!\\)\$(?![\w$])`,
    String.raw`\\{1,2}\((?<round>(?:[^\\\n]|\\(?![\\)(])|\\\\(?!\))|${lineBreak}){1,500}?)\\{1,2}\)`,
    String.raw`(?<=^|\n)\\{1,2}\[(?<square>(?:[^\\\n]|\\(?![\\\][])|\\\\(?!\])){1,1000}?)\\{1,2}\](?=[ \t]*(?:\n|$))`,
  ].join("|"),
  "y",
);

const marks = /[\\^_={}+<>|*]/;
/** If a tag, a link or code begins between the dollars, they do not enclose a formula. */
const notMaths = /\{%|(?<![\^_}])\{\{|\]\(|`/;
/** True if the text has words, except for the commands of TeX. */
const hasWord = (tex: string): boolean => /\p{L}{4}/u.test(tex.replaceAll(/\\\p{L}+/gu, ""));

/** The brackets of `\(aside\)` are escaped brackets, not a formula. */
const isBracketed = (tex: string): boolean => !notMaths.test(tex) && (marks.test(tex) || /^\s*\p{L}\s*$/u.test(tex));

/** `$5, or 6$` is an amount of money. */
const isBetweenDollars = (tex: string): boolean => {
  if (notMaths.test(tex)) return false;
  // In `$ N_1 $` there are spaces on both sides, and a letter with an index, a power or a command.
  if (/^\s|\s$/.test(tex)) return /^\s.*\s$/.test(tex) && /[\p{L})}\]][_^]|\\\p{L}/u.test(tex) && !hasWord(tex);
  if (/^\S{1,12}$/.test(tex)) return true;
  if (/^\d[^\n]*\s/.test(tex)) return /[\\^_=]/.test(tex);
  return marks.test(tex) || (/\s-\s/.test(tex) && !hasWord(tex));
};

const matchedTex = ({ groups }: RegExpExecArray): string | undefined => {
  const { display, environment, dollars, round, square } = groups ?? {};
  const bracketed = round ?? square;
  if (dollars !== undefined) return isBetweenDollars(dollars) ? dollars : undefined;
  if (bracketed !== undefined) return isBracketed(bracketed) ? bracketed : undefined;
  return display ?? environment;
};

/** Reads a formula of several lines, without an empty one. */
const block = blockRule(
  /(?:(\$\$)(?![^\n]*\$\$)|(\\{1,2})\[(?![^\n]*\\\])|\\begin\{([a-z]{1,20})(\*?)\}(?![^\n]*\\end))/y,
  (state, [open, dollars, brackets, name, star], start, end) => {
    const mark = dollars === undefined ? (brackets === undefined ? `\\end{${name}${star}}` : "\\]") : "$$";
    const isTex = (line: string): boolean => brackets === undefined || !notMaths.test(line);
    const closing = { name: mark, test: (line: string) => line.trimEnd().endsWith(mark) && isTex(line) };
    const close = closingLine(state, start, end, closing, (line) => line.trim() !== "" && isTex(line));
    if (close === undefined) return false;
    const text = state.getLines(start, close + 1, state.sCount[start] ?? 0, false).trim();
    const tex = name === undefined ? text.slice(open.length).replace(/(?:\$\$|\\{1,2}\])$/, "") : text;
    if (brackets !== undefined && !isBracketed(tex)) return false;
    pushCode(state, "math", `${tex.replace(/^[ \t]*\n/, "").trimEnd()}\n`);
    state.line = close + 1;
    return true;
  },
);

/** TeX is shown as code, because feed readers do not run MathJax. The class is the one of remark-math and of GitHub's fences. */
export const maths = (md: MarkdownIt): void => {
  const inline = inlineRule(
    formula,
    (state, found) => {
      const token = state.push("code_inline", "code", 0);
      token.attrs = [["class", "language-math"]];
      token.content = (matchedTex(found) ?? "").trim().replaceAll(/\s+/g, " ");
    },
    (found) => matchedTex(found) !== undefined,
  );
  md.inline.ruler.before("escape", "maths", inline);
  md.block.ruler.before("fence", "maths", block, interrupts);
};
