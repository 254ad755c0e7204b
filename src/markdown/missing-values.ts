import type { MarkdownIt, Token } from "markdown-it";
import { contextOf } from "./context.ts";

/** Stands for a value that only the site knows. */
const value = "\uFFFC";

const textOf = ({ type, content }: Token): string => {
  if (type === "missing_value") return value;
  if (type === "image") return "picture";
  return /^(?:text|code_inline|text_special)$/.test(type) ? content : "\n";
};

/** `SIZE:` before a value. */
const label = new RegExp(
  String.raw`[\p{L}\p{N}][^:：=\n${value}]{0,40}[:：=][^\p{L}\p{N}${value}]{0,5}(?=${value})`,
  "gu",
);

/** True for text that has only labels, marks and values that are missing: `<>`, `SIZE:`. */
const isWithoutValues = (text: string): boolean =>
  text.includes(value) && !/[\p{L}\p{N}]/u.test(text.replaceAll(label, ""));

/** A block whose values are all missing is left out. The first one is a link to the page, which has them. */
export const missingValues = (md: MarkdownIt): void => {
  md.core.ruler.push("missing_values", (state) => {
    let hasLink = false;
    for (const [at, token] of state.tokens.entries()) {
      const children = token.children ?? [];
      if (token.type !== "inline" || !isWithoutValues(children.map(textOf).join(""))) continue;
      token.children = [];
      if (hasLink || state.tokens[at - 1]?.type !== "paragraph_open") continue;
      hasLink = true;
      md.inline.parse(`<${contextOf(state.env).page}>`, md, state.env, token.children);
    }
  });
  md.renderer.rules.missing_value = () => "";
};
