import type { MarkdownIt } from "markdown-it";
import emoji from "markdown-it-emoji/lib/data/full.mjs";
import { inlineRule } from "./rules.ts";

/** `H~2~O` and `x^2^`: right behind a word, so that `(^_^)` and `~5` are text. */
const raised = /(?<=[\p{L}\p{N})\]])([~^])(?![~^])((?:[^\s~^\\]|\\[^\p{L}\p{N}\s]){1,100})\1(?!\1)/uy;

/** Marks within a line that CommonMark does not have: subscript, superscript and emoji by their names. */
export const inlineMarks = (md: MarkdownIt): void => {
  const raise = inlineRule(raised, (state, [, mark, text = ""]) => {
    const tag = mark === "~" ? "sub" : "sup";
    state.push(`${tag}_open`, tag, 1);
    state.push("text", "", 0).content = text.replaceAll(/\\(.)/g, "$1");
    state.push(`${tag}_close`, tag, -1);
  });
  md.inline.ruler.after("emphasis", "raised", raise);

  const named = inlineRule(/(?<![\w:]):([a-z0-9_+-]{1,50}):(?!\w)/y, (state, [whole, name = ""]) => {
    state.pending += Object.hasOwn(emoji, name) ? emoji[name] : whole;
  });
  md.inline.ruler.push("emoji", named);

  // The element of GFM, which says that the text is deleted.
  md.renderer.rules.s_open = () => "<del>";
  md.renderer.rules.s_close = () => "</del>";
};
