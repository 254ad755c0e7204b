import type { MarkdownIt, StateBlock, Token } from "markdown-it";
import { blockRule, documentContext, interrupts, pushHtml, pushParagraph } from "./rules.ts";
import { firstAttribute, leaveOut, parseShortcode, renderEmbed, type Tag } from "./templates.ts";

const kinds: ReadonlyMap<string, string> = new Map([
  ..."note tip info warning caution danger important success error hint example question abstract todo"
    .split(" ")
    .map((kind) => [kind, kind.charAt(0).toUpperCase() + kind.slice(1)] as const),
  ["warn", "Warning"],
  ["pitfall", "Pitfall"],
  ["deepdive", "Deep dive"],
]);
const calloutNames = new Set("callout admonition alert aside notice box panel banner".split(" "));
const quotes = new Set("quote blockquote pullquote".split(" "));
/** The content of these layouts is kept, some with a heading. */
const layouts = new Set(
  "tabs tab tabitem tabpane tabpanel tabgroup codegroup codetabs steps step card cards cardgroup cardgrid columns column grid center left right details expand accordion accordiongroup accordionitem collapse collapsible intro layout fragment div span section".split(
    " ",
  ),
);
const titledLayouts = /^(tab|tabitem|tabpane|details|expand|collapse|accordion|accordionitem|step|card)$/;

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, "");

/** Returns what a tag or component stands for, or undefined if it is neither a callout nor a layout. */
export const structureRole = (name: string): "callout" | "quote" | "layout" | undefined => {
  const plain = plainName(name);
  if (quotes.has(plain)) return "quote";
  if (calloutNames.has(plain) || kinds.has(plain)) return "callout";
  return layouts.has(plain) ? "layout" : undefined;
};

const labelOf = (tag: Tag): string | undefined => {
  const title =
    firstAttribute(tag, "title", "label", "heading", "summary", "header") ??
    tag.positional.find((one) => /\s/.test(one));
  if (title !== undefined) return title;
  const name = plainName(tag.name);
  if (layouts.has(name))
    return titledLayouts.test(name) ? (firstAttribute(tag, "value", "name") ?? tag.positional[0]) : undefined;
  return [firstAttribute(tag, "type", "kind", "variant", "intent", "level"), tag.positional[0], name]
    .map((one) => kinds.get((one ?? "").toLowerCase()))
    .find((one) => one !== undefined);
};

/** Reads `{% blockquote David Levithan, Wide Awake https://… %}`. */
const quotedAuthor = (tag: Tag): string => {
  const words = [firstAttribute(tag, "author", "by", "source"), ...tag.positional].filter((one) => one !== undefined);
  return /^(block)?quote$/.test(tag.name) ? words.filter((one) => !/^https?:/.test(one)).join(" ") : "";
};

/** Adds a bold paragraph in HTML, which is not used as the first sentence of the post. */
const pushLabel = (state: StateBlock, label = ""): void => {
  if (label.trim() !== "") pushHtml(state, `<p><strong>${state.md.utils.escapeHtml(label.trim())}</strong></p>`);
};

/** Adds the beginning or the end of a callout. `kind` is the same for both, and differs between syntaxes. */
export const pushCalloutTag = (state: StateBlock, tag: Tag, kind: string, otherLabel?: string): void => {
  const role = structureRole(tag.name);
  if (tag.part !== "self-closing" && role !== "layout")
    state.push("callout", "blockquote", 0).meta = {
      kind,
      isOpening: tag.part === "opening",
      author: quotedAuthor(tag),
    };
  if (tag.part !== "closing" && role !== "quote") pushLabel(state, labelOf(tag) ?? otherLabel);
};

/**
 * Makes a quotation of each callout. A tag without the matching one, in the same list item or quotation, is removed.
 */
export const callouts = (md: MarkdownIt): void => {
  md.core.ruler.after("block", "callouts", (state) => {
    const parents: number[] = [];
    const open = new Map<string, Token[]>();
    for (const [at, token] of state.tokens.entries()) {
      if (token.nesting > 0) parents.push(at);
      if (token.nesting < 0) parents.pop();
      if (token.type !== "callout") continue;
      const key = `${parents.at(-1)} ${token.meta?.kind}`;
      const others = open.get(key) ?? [];
      open.set(key, others);
      const opening = token.meta?.isOpening === true ? undefined : others.pop();
      if (token.meta?.isOpening === true) others.push(token);
      if (opening === undefined) continue;
      Object.assign(opening, { type: "blockquote_open", nesting: 1 });
      Object.assign(token, { type: "blockquote_close", nesting: -1, meta: opening.meta });
    }
    state.tokens = state.tokens.filter(({ type }) => type !== "callout");
  });
  md.renderer.rules.blockquote_close = (tokens, at) => {
    const author = String(tokens[at]?.meta?.author ?? "");
    return `${author === "" ? "" : `<p>— ${md.utils.escapeHtml(author)}</p>\n`}</blockquote>\n`;
  };
};

const capitalised = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1).toLowerCase();

/** Reads the syntax of Docusaurus and VuePress: `:::tip Title` or `:::tip[Title]`, closed by `:::`. */
const colons = blockRule(/:{3,}[ \t]*(?:([\w-]+)(?![\w-])(.*))?$/my, (state, [, name, rest = ""]) => {
  const title = rest
    .trim()
    .replaceAll(/^\[|\]$|\{[^{}]*\}/g, "")
    .trim();
  const attributes = new Map(title === "" ? [] : [["title", title]]);
  const part = name === undefined ? "closing" : "opening";
  pushCalloutTag(state, { name: name ?? "", part, attributes, positional: [], text: "" }, ":::", name);
  return true;
});

/** Reads a directive on one line: `::youtube[Title]{#id}`. */
const directive = blockRule(
  /::([a-z][\w-]*)(?:\[([^\]\n]*)\])?\{([^{}\n]*)\}[ \t]*$/imy,
  (state, [, name, title = "", options = ""]) => {
    const embed = renderEmbed(parseShortcode(`${name} ${options.replace(/#(\S+)/, "id=$1")} title="${title}"`));
    if (embed === undefined) leaveOut(`The directive \`${name}\``, documentContext(state.env));
    else pushParagraph(state, embed);
    return true;
  },
);

/** Reads the syntax of GitHub and Obsidian: `> [!NOTE]`, with or without a title, in the first line of a quotation. */
const alert = blockRule(/\\?\[!([\w-]{1,40})\][+-]?(.*)$/my, (state, [, kind = "", title = ""]) => {
  if (state.tokens.at(-1)?.type !== "blockquote_open") return false;
  pushLabel(state, title.trim() || capitalised(kind));
  return true;
});

/** Reads the syntax of Material for MkDocs: `!!! note "Title"`. Its content is indented below it. */
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

/** Reads callouts in the syntaxes that are neither tags nor components. */
export const admonitions = (md: MarkdownIt): void => {
  md.block.ruler.before("fence", "colons", colons, interrupts);
  md.block.ruler.before("fence", "directive", directive, interrupts);
  md.block.ruler.before("fence", "admonition", admonition, interrupts);
  md.block.ruler.before("paragraph", "alert", alert);
};
