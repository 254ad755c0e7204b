import type { Env, MarkdownIt, Token } from "markdown-it";
import emoji from "markdown-it-emoji/lib/data/full.mjs";
import footnote from "markdown-it-footnote";
import { TooCostly } from "./bounds.ts";
import { captionHtml, fenceCaption } from "./code-captions.ts";
import { type BlockRule, blockRule, documentContext, inlineRule, interrupts, lineIndent, lineStart } from "./rules.ts";
import { anchorPrefix } from "./sanitise.ts";
import { indexText, tagAt } from "./syntax.ts";

type Linkify = MarkdownIt["linkify"];

/**
 * Returns the length of the address after its scheme. A letter of Chinese or Japanese after a Latin one belongs to the
 * sentence.
 */
const lengthOf = (text: string, at: number, { re }: Linkify): number => {
  const pattern = re.get_http_validator();
  pattern.lastIndex = at;
  const [found = ""] = pattern.exec(text) ?? [];
  const sentence = found.search(/(?<=[\w~-])[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u);
  return sentence < 0 ? found.length : sentence;
};

const maxAddress = 2000;
/** Replaces a character of a template tag, which may be a space, a quote or a bracket. */
const placeholder = "\uE000";

/**
 * Bare URLs become links only with a scheme or `www.`: `main.rs` is a file. The address of a link may contain template
 * tags.
 */
export const links = (md: MarkdownIt): void => {
  md.linkify.set({ fuzzyLink: false });
  md.linkify.add("//", null);
  for (const scheme of ["http:", "https:"]) md.linkify.add(scheme, { validate: lengthOf });
  md.linkify.add("www.", {
    validate: (text, at, linkify) => {
      if (/[\w/@-]/.test(text.charAt(at - 5))) return 0;
      return Math.max(0, lengthOf(`//www.${text.slice(at, at + maxAddress)}`, 0, linkify) - "//www.".length);
    },
    normalize: (match) => {
      match.url = `http://${match.url}`;
    },
  });

  // The sanitiser makes addresses absolute and checks them; the text is what the author wrote.
  md.validateLink = () => true;
  md.normalizeLink = (url) => url;
  md.normalizeLinkText = (url) => url;

  const { parseLinkDestination } = md.helpers;
  md.helpers = {
    ...md.helpers,
    parseLinkDestination: (text, start, max) => {
      let masked = "";
      const address = indexText(text.slice(start, Math.min(max, start + maxAddress)));
      for (;;) {
        const [plain = ""] = /^(?:[^\s[{]|\{(?![{%])){1,500}/.exec(address.text.slice(masked.length)) ?? [];
        const tag = tagAt(address, masked.length + plain.length)?.whole;
        masked += plain + placeholder.repeat(tag?.length ?? 0);
        if (tag === undefined || masked.length > maxAddress) break;
      }
      if (!masked.includes(placeholder)) return parseLinkDestination(text, start, max);
      const found = parseLinkDestination(
        `${masked}${text.slice(start + masked.length, start + maxAddress)}`,
        0,
        max - start,
      );
      // Only the placeholders differ from the text, and both have the same length.
      const written = text.slice(start, start + found.pos).replace(/^<(.*)>$/s, "$1");
      return { ...found, pos: start + found.pos, str: found.ok ? written : "" };
    },
  };
};

/** `H~2~O` and `x^2^` must follow a word directly, so that `(^_^)` and `~5` are text. */
const raised = /(?<=[\p{L}\p{N})\]])([~^])(?![~^])((?:[^\s~^\\]|\\[^\p{L}\p{N}\s]){1,100})\1(?!\1)/uy;

/** Adds the inline marks that CommonMark does not have: subscript, superscript and emoji by their names. */
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

  // GFM writes `<del>`, which says that the text is deleted.
  md.renderer.rules.s_open = () => "<del>";
  md.renderer.rules.s_close = () => "</del>";
};

/**
 * Matches lists on lines of their own, and the table of contents that the site makes: the item that kramdown replaces,
 * and `[[toc]]`.
 */
const lines =
  /(?:(?:[*+-]|1\.)[ \t][^\n]*\n[ \t]*\{:[ \t]*toc\b[^}\n]*\}|\[\[?toc\]?\]|\{[:#.](?!:)(?:[^{}\n]|\n(?![ \t]*\n)){0,500}\})[ \t]*$/imy;

const list = String.raw`\{(?:[:#.](?!:)|(?:width|height|align|class|style|target|loading)=)(?:[^{}\n]|\n(?![ \t]*\n)){1,500}\}`;
/** Matches lists directly after the marked text, or at the end of a line. */
const inline = new RegExp(String.raw`(?<=[)\]*_\`}])${list}|${list}(?=[ \t]*(?:\n|$))`, "y");

/**
 * Removes `{: .class}` of kramdown, `{#id}` and `{.class}` of Pandoc and Hugo: ids and styles, which are useless in a
 * feed.
 */
export const attributeLists = (md: MarkdownIt): void => {
  const skip = blockRule(lines, () => true);
  md.block.ruler.before("list", "attribute_list", skip, interrupts);
  const skipInline = inlineRule(inline, (state) => {
    state.pending = state.pending.trimEnd();
  });
  md.inline.ruler.before("tag", "attribute_list", skipInline);
};

/** Matches the row between the header and the body of a table. */
const delimiterRow = /^\|?(?:[ \t]*:?-+:?[ \t]*\|){1,200}(?:[ \t]*:?-+:?)?[ \t]*$/;

const cellsIn = (row: string): number =>
  row.trim().replaceAll(/\\./g, "").replace(/^\|/, "").replace(/\|$/, "").split("|").length;

/**
 * Reads a table whose header has fewer cells than its delimiter row, as kramdown and PHP Markdown Extra do. GFM (§4.10)
 * has none of them.
 */
export const tables = (md: MarkdownIt): void => {
  const rule = md.block.ruler.__rules__.find(({ name }) => name === "table");
  if (rule === undefined) throw new Error("markdown-it has no rule for tables.");
  const { fn, alt } = rule;
  const table: BlockRule = (state, start, end, silent) => {
    if (fn(state, start, end, silent)) return true;
    const row = (line: number): string => state.src.slice(lineStart(state, line), state.eMarks[line]);
    if (start + 2 > end || lineIndent(state, start) >= 4 || lineIndent(state, start + 1) < 0) return false;
    const [header, delimiters] = [row(start).trim(), row(start + 1).trim()];
    if (!header.includes("|") || !delimiterRow.test(delimiters)) return false;
    const missing = cellsIn(delimiters) - cellsIn(header);
    if (missing <= 0) return false;
    if (silent) return true;
    const rules = md.block.ruler.getRules("blockquote");
    let next = start + 2;
    while (next < end && lineIndent(state, next) >= 0 && row(next).includes("|")) {
      if (rules.some((one) => one(state, next, end, true))) break;
      next += 1;
    }
    const wider = `${header}${header.endsWith("|") ? "" : "|"}${" |".repeat(missing)}`;
    const rows = state.getLines(start + 1, next, state.blkIndent, false);
    const inner = new md.block.State(`${wider}\n${rows}`, md, state.env, state.tokens);
    inner.level = state.level;
    if (!fn(inner, 0, inner.lineMax, false)) return false;
    state.line = start + inner.line;
    return true;
  };
  md.block.ruler.at("table", table, { alt });
};

/** A note has a link back to each reference: without a limit the list could be larger than the body. */
const maxReferences = 5_000;

/** Labels are compared without case (GFM, like CommonMark §4.7 for link references). */
const withoutCase = (): Record<string, number> =>
  new Proxy<Record<string, number>>(
    {},
    {
      get: (refs, label) => Reflect.get(refs, String(label).toLowerCase()),
      set: (refs, label, value) => Reflect.set(refs, String(label).toLowerCase(), value),
    },
  );

/** Returns the numbers in the ids of a note and of one of its references. */
const noteNumbers = (tokens: readonly Token[], at: number, env: Env = {}) => {
  const [note, again] = [Number(tokens[at]?.meta?.id) + 1, Number(tokens[at]?.meta?.subId ?? 0)];
  const prefix = anchorPrefix(documentContext(env).page);
  const suffix = again === 0 ? "" : `-${again + 1}`;
  return { note, id: `${prefix}-${note}`, reference: `${prefix}-ref-${note}${suffix}`, again };
};

/**
 * Adds the footnotes of Markdown Extra and GFM, with ids that are unique if a reader shows several posts on one page.
 */
export const footnotes = (md: MarkdownIt): void => {
  md.use(footnote);
  const lists = new WeakMap<Env, { label?: string; count?: number }[]>();

  md.core.ruler.before("block", "footnote_labels", ({ env }) => {
    const list: { label?: string; count?: number }[] = [];
    lists.set(env, list);
    env.footnotes = { refs: withoutCase(), list };
  });

  // The plugin finds a note by its label with case, and uses the last note of a label.
  md.core.ruler.before("footnote_tail", "footnote_first", ({ tokens, env }) => {
    const list = lists.get(env) ?? [];
    const references = list.reduce((sum, { count = 1 }) => sum + count, 0);
    if (references > maxReferences)
      throw new TooCostly(
        "body-footnotes",
        `It refers to its footnotes more than ${maxReferences} times: remove some.`,
      );
    for (const note of list) if (note.label !== undefined) note.label = note.label.toLowerCase();
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.type !== "footnote_reference_open") continue;
      const label = String(token.meta?.label).toLowerCase();
      token.meta = { label: seen.has(label) ? `${label} again` : label };
      seen.add(label);
    }
    if (list.length === 0) env.footnotes = { refs: {} };
  });

  Object.assign(md.renderer.rules, {
    footnote_ref: (tokens, at, _, env) => {
      const { note, id, reference } = noteNumbers(tokens, at, env);
      return `<sup><a id="${reference}" href="#${id}">${note}</a></sup>`;
    },
    footnote_block_open: () => "<hr>\n<ol>\n",
    footnote_block_close: () => "</ol>\n",
    footnote_open: (tokens, at, _, env) => `<li id="${noteNumbers(tokens, at, env).id}">`,
    footnote_anchor: (tokens, at, _, env) => {
      const { reference, again } = noteNumbers(tokens, at, env);
      return ` <a href="#${reference}">↩${again === 0 ? "" : `<sup>${again + 1}</sup>`}</a>`;
    },
  } satisfies MarkdownIt["renderer"]["rules"]);
};

/** Matches `**Step 1:** …` and `**Step 1**: …`. */
const boldLabel = /^\s*(\*\*|__)(?=\S)[^*_\n]{1,120}(?::\1|\1\s?:)/;

/** Lines that each begin with a bold label keep their line breaks. */
const areSteps = (text: string): boolean => {
  const lines = text.split("\n");
  return lines.length > 1 && lines.every((line) => boldLabel.test(line));
};

const isBreak = ({ type }: Token): boolean => type === "softbreak" || type === "hardbreak";

/** True for a picture, alone or in a link, with an emphasised line directly below it. */
const isFigure = (tokens: readonly Token[]): boolean => {
  const seen = tokens.filter((token) => !isBreak(token) && !(token.type === "text" && token.content.trim() === ""));
  const types = seen.map(({ type, level }) => (level === 0 || type === "image" ? type : "inner")).join(" ");
  return /^(?:image|link_open (?:image )+link_close) em_open (?:(?:inner|image) )*em_close$/.test(types);
};

/**
 * Changes paragraphs whose layout has a meaning (a picture with its caption, steps), tasks, table cells and the
 * languages of code.
 */
export const layout = (md: MarkdownIt): void => {
  md.core.ruler.before("inline", "attributes", (state) => {
    state.tokens = state.tokens.flatMap((token) => {
      const caption = token.type === "fence" ? fenceCaption(token.info) : undefined;
      if (caption === undefined) return [token];
      const label = new state.Token("html_block", "", 0);
      label.content = `${captionHtml(caption, md.utils.unescapeAll)}\n`;
      label.level = token.level;
      return [label, token];
    });
    const { tokens } = state;
    for (const [at, token] of tokens.entries()) {
      // In `rust,ignore`, `js{1,3}` and `{.python .numberLines}` the first word is the language.
      if (token.type === "fence") token.info = /^\s*\{?\s*\.?([\w+#.-]*)/.exec(token.info)?.[1] ?? "";
      // A feed must not have form controls.
      if (token.type === "inline" && tokens[at - 2]?.type === "list_item_open")
        token.content = token.content.replace(/^\[([ xX])\](?=\s)/, (_, mark) => (mark === " " ? "☐" : "☑"));
      // A feed must not have styles.
      const [, side] = /^text-align:(\w+)$/.exec(String(token.attrGet("style") ?? "")) ?? [];
      if (side !== undefined) token.attrs = [["align", side]];
    }
  });

  md.core.ruler.push("figures_and_steps", ({ tokens }) => {
    for (const [at, token] of tokens.entries()) {
      const [open, close] = [tokens[at - 1], tokens[at + 1]];
      const children = token.children ?? [];
      if (token.type !== "inline" || open?.type !== "paragraph_open" || close === undefined) continue;
      if (isFigure(children)) {
        open.tag = close.tag = "figure";
        open.hidden = close.hidden = false;
        for (const child of children) if (/^em_/.test(child.type) && child.level === 0) child.tag = "figcaption";
        token.children = children.filter((child) => !isBreak(child));
      } else if (areSteps(token.content)) {
        for (const child of children) if (child.type === "softbreak") child.type = "hardbreak";
      }
    }
  });
};

/** Replaces a value that only the site knows. */
const value = "\uFFFC";

const textOf = ({ type, content }: Token): string => {
  if (type === "missing_value") return value;
  if (type === "image") return "picture";
  return /^(?:text|code_inline|text_special)$/.test(type) ? content : "\n";
};

/** Matches `SIZE:` before a value. */
const label = new RegExp(
  String.raw`[\p{L}\p{N}][^:：=\n${value}]{0,40}[:：=][^\p{L}\p{N}${value}]{0,5}(?=${value})`,
  "gu",
);

/** True for text that has only labels, marks and missing values: `<>`, `SIZE:`. */
const isWithoutValues = (text: string): boolean =>
  text.includes(value) && !/[\p{L}\p{N}]/u.test(text.replaceAll(label, ""));

/** Removes a block whose values are all missing. The first one becomes a link to the page, which has them. */
export const missingValues = (md: MarkdownIt): void => {
  md.core.ruler.push("missing_values", (state) => {
    let hasLink = false;
    for (const [at, token] of state.tokens.entries()) {
      const children = token.children ?? [];
      if (token.type !== "inline" || !isWithoutValues(children.map(textOf).join(""))) continue;
      token.children = [];
      if (hasLink || state.tokens[at - 1]?.type !== "paragraph_open") continue;
      hasLink = true;
      md.inline.parse(`<${documentContext(state.env).page}>`, md, state.env, token.children);
    }
  });
  md.renderer.rules.missing_value = () => "";
};
