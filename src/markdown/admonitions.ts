import type { MarkdownIt } from "markdown-it";
import { pushBoxTag, pushLabel } from "./boxes.ts";
import { contextOf } from "./context.ts";
import { embedOf } from "./embeds.ts";
import { leaveOut } from "./pieces.ts";
import { blockRule, interrupts, pushParagraph } from "./rules.ts";
import { tagOfShortcode } from "./tag.ts";

const capitalised = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1).toLowerCase();

/** Docusaurus and VuePress: `:::tip Title` or `:::tip[Title]`, closed by `:::`. */
const colons = blockRule(/:{3,}[ \t]*(?:([\w-]+)(?![\w-])(.*))?$/my, (state, [, name, rest = ""]) => {
  const title = rest
    .trim()
    .replaceAll(/^\[|\]$|\{[^{}]*\}/g, "")
    .trim();
  const attributes = new Map(title === "" ? [] : [["title", title]]);
  const part = name === undefined ? "closing" : "opening";
  pushBoxTag(state, { name: name ?? "", part, attributes, positional: [] }, ":::", name);
  return true;
});

/** A directive on one line: `::youtube[Title]{#id}`. */
const directive = blockRule(
  /::([a-z][\w-]*)(?:\[([^\]\n]*)\])?\{([^{}\n]*)\}[ \t]*$/imy,
  (state, [, name, title = "", options = ""]) => {
    const embed = embedOf(tagOfShortcode(`${name} ${options.replace(/#(\S+)/, "id=$1")} title="${title}"`));
    if (embed === undefined) leaveOut(`The directive \`${name}\``, contextOf(state.env));
    else pushParagraph(state, embed);
    return true;
  },
);

/** GitHub and Obsidian: `> [!NOTE]`, with or without a title, in the first line of a quotation. */
const alert = blockRule(/\\?\[!([\w-]{1,40})\][+-]?(.*)$/my, (state, [, kind = "", title = ""]) => {
  if (state.tokens.at(-1)?.type !== "blockquote_open") return false;
  pushLabel(state, title.trim() || capitalised(kind));
  return true;
});

/** Material for MkDocs: `!!! note "Title"`. What is indented below it is in it. */
const admonition = blockRule(
  /(?:!!!|\?\?\?\+?)[ \t]+([\w-]+)(?![\w-])(?:[^"\n]*"([^"\n]*)")?[ \t]*$/my,
  (state, [, name = "", title], start, end) => {
    state.push("blockquote_open", "blockquote", 1);
    pushLabel(state, title ?? capitalised(name));
    state.blkIndent += 4;
    state.md.block.tokenize(state, start + 1, end);
    state.blkIndent -= 4;
    state.push("blockquote_close", "blockquote", -1);
    return true;
  },
);

/** Boxes in the syntaxes that are neither tags nor components. */
export const admonitions = (md: MarkdownIt): void => {
  md.block.ruler.before("fence", "colons", colons, interrupts);
  md.block.ruler.before("fence", "directive", directive, interrupts);
  md.block.ruler.before("fence", "admonition", admonition, interrupts);
  md.block.ruler.before("paragraph", "alert", alert);
};
