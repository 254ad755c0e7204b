import type { MarkdownIt, StateBlock } from "markdown-it";
import { beginOf, blockRule, indentOf, interrupts, pushCode } from "./rules.ts";
import { attributeOf, tagOfComponent } from "./tag.ts";

/** Up to which line a search for the end of a block found none, by its kind: no other search repeats it. */
const searched = new WeakMap<object, Map<string, number>>();

export interface Closing {
  /** Of its kind. */
  readonly name: string;
  readonly test: (line: string) => boolean;
}

/** The line that closes a block, within its list or quotation. A block without an end is not a block. */
export const closingLine = (
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
  for (; at < end && (indentOf(state, at) >= 0 || state.isEmpty(at)); at += 1) {
    const line = state.src.slice(beginOf(state, at), state.eMarks[at]);
    if (closing.test(line)) return at;
    if (!isInside(line)) break;
  }
  known.set(closing.name, at);
  return undefined;
};

const languageOf = (name: string, options: string): string => {
  if (/^(?:math|mathjax|katex)$/.test(name)) return "math";
  const [, given] = /lang(?:uage)?[:=]"?([\w+#.-]+)/.exec(options) ?? [];
  return given ?? (name === "highlight" ? (/^[\s("]*([\w+#.-]*)/.exec(options)?.[1] ?? "") : "");
};

const closingTag = /^(?:\{%-?\s*(?:end|\/\s*)([a-z]+)\s*-?%\}|\{\{[<%]\s*\/\s*([a-z]+)\s*[>%]\}\})\s*$/;
const closingComment = /^\{:\/(?:comment)?\}\s*$/;

/** `{% highlight js %}` … `{% endhighlight %}`: code, formulas and comments. */
const codeTag = blockRule(
  /(?:\{%-?\s*|\{\{[<%]\s*|\{::)(highlight|codeblock|code|math|mathjax|katex|comment)\b([^%}\n]*)(?:[%>]?\}\}?)[ \t]*$/my,
  (state, [, name = "", options = ""], start, end) => {
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
    if (name !== "comment") pushCode(state, languageOf(name, options), code);
    state.line = close + 1;
    return true;
  },
);

/** ``<CodeBlock language="js">{`…`}</CodeBlock>``. */
const codeElement = blockRule(
  /<(CodeBlock|Code|CodeSnippet|Highlight)\b([^<>]{0,300})>\s{0,99}\{`([^`]{0,5000})`\}\s{0,99}<\/\1>[ \t]*$/my,
  (state, [, name, options, code = ""]) => {
    const language = attributeOf(tagOfComponent(`<${name}${options}>`), "language", "lang");
    pushCode(state, language ?? "", `${code.replace(/^\n/, "")}\n`);
    return true;
  },
);

export const codeTags = (md: MarkdownIt): void => {
  md.block.ruler.before("tag", "code_tag", codeTag, interrupts);
  md.block.ruler.before("tag", "code_element", codeElement, interrupts);
};
