import type { MarkdownIt } from "markdown-it";
import { contextOf } from "./context.ts";
import { leaveOut } from "./pieces.ts";
import { type BlockRule, beginOf, blockRule, indentOf, pushHtml } from "./rules.ts";
import { withoutJsx } from "./syntax.ts";

/** `import A from "./a";`. Sites that read `.md` as MDX have it, too. */
const importRule = blockRule(
  /import\s+(?:[\w*{][^;"'`]{0,500}?\sfrom\s+)?["'][^"'\n]{1,300}["'];?[ \t]*$/my,
  (state) => {
    leaveOut("An import", contextOf(state.env));
    return true;
  },
);

const count = (line: string, brackets: RegExp): number => line.match(brackets)?.length ?? 0;

/** An `export` of MDX: until its brackets are closed, or else to the next empty line. */
const exportRule = blockRule(
  /export\s+(?:const|let|var|default|async|function|class|\{|\*)/y,
  (state, _found, start, end) => {
    leaveOut("An export", contextOf(state.env));
    let open = 0;
    for (state.line = start; state.line < end; ) {
      const line = state.src.slice(beginOf(state, state.line), state.eMarks[state.line]);
      open += count(line, /[{([]/g) - count(line, /[})\]]/g);
      state.line += 1;
      if (open <= 0 && /^\s*$|[;})\]'"]\s*$/.test(line)) break;
    }
    return true;
  },
);

/** MDX has no code by indentation: indented lines are Markdown in the element that they are in. */
const indented: BlockRule = (state, start, end, silent) => {
  if (indentOf(state, start) < 4 || silent) return false;
  const { blkIndent } = state;
  state.blkIndent = state.sCount[start] ?? 0;
  state.md.block.tokenize(state, start, end);
  state.blkIndent = blkIndent;
  return true;
};

const markdownAttribute = /\smarkdown=["']?(?:1|block|span)["']?(?=[\s>])/;

/** `<div markdown="1">` of kramdown, and in MDX any element that is alone on its line: what is in it is Markdown. */
const element = blockRule(/<\/?(?!(?:pre|script|style|textarea)\b)[a-z][^\n]*>[ \t]*$/my, (state, [line]) => {
  const html = withoutJsx(line);
  const isOpen = contextOf(state.env).isMdx || markdownAttribute.test(html);
  if (!isOpen || !/^<\/?[a-z][\w-]*(?:\s(?:"[^"]*"|'[^']*'|[^<>"'])*)?>\s*$/.test(html)) return false;
  pushHtml(state, html.replace(markdownAttribute, ""));
  return true;
});

export const mdx = (md: MarkdownIt, isMdx: boolean): void => {
  const interrupts = { alt: ["paragraph", "reference", "blockquote"] };
  md.block.ruler.before("tag", "import", importRule, interrupts);
  md.block.ruler.before("html_block", "markdown_element", element, isMdx ? interrupts : {});
  if (!isMdx) return;
  md.disable("code");
  md.block.ruler.before("table", "indented", indented);
  md.block.ruler.before("tag", "export", exportRule, interrupts);
};
