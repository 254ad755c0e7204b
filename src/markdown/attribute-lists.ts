import type { MarkdownIt } from "markdown-it";
import { blockRule, inlineRule, interrupts } from "./rules.ts";

/** On lines of its own. Also a table of contents, which the site makes: the item that kramdown replaces, and `[[toc]]`. */
const lines =
  /(?:(?:[*+-]|1\.)[ \t][^\n]*\n[ \t]*\{:[ \t]*toc\b[^}\n]*\}|\[\[?toc\]?\]|\{[:#.](?!:)(?:[^{}\n]|\n(?![ \t]*\n)){0,500}\})[ \t]*$/imy;

const list = String.raw`\{(?:[:#.](?!:)|(?:width|height|align|class|style|target|loading)=)[^{}\n]{1,100}\}`;
/** Behind what it belongs to, or at the end of a line. */
const inline = new RegExp(String.raw`(?<=[)\]*_\`])${list}|${list}(?=[ \t]*(?:\n|$))`, "y");

/** `{: .class}` of kramdown, `{#id}` and `{.class}` of Pandoc and Hugo: ids and styles, which a feed has no use for. */
export const attributeLists = (md: MarkdownIt): void => {
  const skip = blockRule(lines, () => true);
  md.block.ruler.before("list", "attribute_list", skip, interrupts);
  const skipInline = inlineRule(inline, (state) => {
    state.pending = state.pending.trimEnd();
  });
  md.inline.ruler.before("tag", "attribute_list", skipInline);
};
