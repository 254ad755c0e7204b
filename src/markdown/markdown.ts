import Parser, { type Env, type MarkdownIt, type StateBlock, type StateInline, type Token } from "markdown-it";
import abbr from "markdown-it-abbr";
import cjkFriendly from "markdown-it-cjk-friendly";
import deflist from "markdown-it-deflist";
import mark from "markdown-it-mark";
import { type Findings, findings } from "../domain/findings.ts";
import type { ResolveReference } from "../domain/reference.ts";
import { limits, maxDepth, TooCostly } from "./bounds.ts";
import { admonitions, callouts, pushCalloutTag, structureRole } from "./callouts.ts";
import {
  attributeLists,
  codeTags,
  footnotes,
  inlineMarks,
  layout,
  links,
  maths,
  tables,
} from "./markdown-extensions.ts";
import {
  type BlockRule,
  blockRule,
  type DocumentContext,
  documentContext,
  interrupts,
  lineIndent,
  lineStart,
  makeEnvironment,
  pushHtml,
  pushParagraph,
} from "./rules.ts";
import { firstBlocks, sanitiseBody } from "./sanitise.ts";
import { componentAt, elementAt, forgetTexts, withoutJsx } from "./syntax.ts";
import { hideRaw, leaveOut, showRaw, type Tag, type TemplateToken, templateTokenAt } from "./templates.ts";
import { isSourcePath } from "./urls.ts";

/** Matches a closing tag at the end of a line. */
const closing = /(?:<\/([\w.]+)\s*>|\{%-?\s*end([\w-]+)\s*-?%\}|\{\{[<%]\s*\/\s*([\w-]+)\s*[>%]\}\})\s*$/;

const isStructure = (piece: TemplateToken | undefined): piece is TemplateToken & { readonly readTag: () => Tag } =>
  piece?.name !== undefined && piece.readTag !== undefined && structureRole(piece.name) !== undefined;

/** Adds a tag of a callout or a layout, which ends at `from`, and the text after it on its line. */
const pushStructure = (state: StateBlock, tag: Tag, kind: string, line: number, from: number, end: number): void => {
  const begin = state.skipSpaces(from);
  const rest = state.src.slice(begin, state.eMarks[line]);
  const [close = "", ...names] = closing.exec(rest.slice(-200)) ?? [];
  pushCalloutTag(state, tag, kind);
  state.line = line + 1;
  if (names.some((name) => name?.toLowerCase() === tag.name)) {
    pushParagraph(state, rest.slice(0, -close.length));
    pushCalloutTag(state, { ...tag, part: "closing" }, kind);
  } else if (isStructure(templateTokenAt(state.src, begin, documentContext(state.env).isMdx, state.eMarks[line])))
    pushParagraph(state, rest);
  else if (rest !== "") {
    state.bMarks[line] = begin;
    state.tShift[line] = 0;
    for (const rule of state.md.block.ruler.getRules("")) if (rule(state, line, end, false)) break;
  }
};

/** Reads a tag or component that is alone on its lines, or that begins or ends a callout or a layout. */
const block: BlockRule = (state, start, end, silent) => {
  const context = documentContext(state.env);
  const from = lineStart(state, start);
  const mark = state.src.charAt(from);
  const piece =
    lineIndent(state, start) < 4 ? templateTokenAt(state.src, from, context.isMdx, state.eMarks[end - 1]) : undefined;
  // An element is a part of the HTML that it begins.
  if (piece === undefined || (piece.name === undefined && mark === "<")) return false;
  const after = from + piece.length;
  const next = state.skipSpaces(after);
  const isAlone = next >= state.src.length || state.src.charAt(next) === "\n";
  if (!(isStructure(piece) || isAlone)) return false;
  if (silent) return true;
  const last = start + state.src.slice(from, after).split("\n").length - 1;
  state.line = last + 1;
  if (isStructure(piece)) {
    const tag = piece.readTag();
    const syntax = mark === "<" ? mark : state.src.slice(from, from + 2);
    pushStructure(state, tag, syntax + tag.name, last, after, end);
  } else {
    const markdown = piece.show(context) ?? (piece.isValue ? state.src.slice(from, after) : "");
    if (markdown !== "") pushParagraph(state, markdown);
  }
  return true;
};

/** Returns the last line of the tags that begin on this line: only a tag of a template goes on after an empty line. */
const lastLineOfTags = (state: StateBlock, line: number, end: number): number => {
  const { isMdx } = documentContext(state.env);
  const from = lineStart(state, line);
  const text = state.src.slice(from, state.eMarks[line]);
  let after = from;
  let code = "";
  for (const { 0: mark, index } of text.matchAll(/`+|[{<]/g)) {
    const at = from + index;
    if (at < after) continue;
    if (code === mark) code = "";
    else if (code === "" && mark.startsWith("`")) code = mark;
    if (code !== "" || mark.startsWith("`")) continue;
    const limit = state.eMarks[end - 1];
    const element = elementAt(state.src, at, limit);
    // `a <b` in prose is not a tag.
    const isElement = element?.whole.includes("=") === true && !/`|\n[ \t]*\n/.test(element.whole);
    const length = isElement ? element.whole.length : templateTokenAt(state.src, at, isMdx, limit)?.length;
    after = Math.max(after, at + (length ?? 0));
  }
  let last = line;
  while (last + 1 < end && (state.eMarks[last] ?? 0) < after) last += 1;
  return last;
};

/** The rule of CommonMark for paragraphs (§4.8), except that nothing interrupts a tag. */
const paragraph: BlockRule = (state, start, end) => {
  const rules = state.md.block.ruler.getRules("paragraph");
  const { parentType } = state;
  state.parentType = "paragraph";
  let next = lastLineOfTags(state, start, end) + 1;
  const goesOn = (): boolean => {
    if (next >= end || state.isEmpty(next)) return false;
    const isLazy = lineIndent(state, next) > 3 || (state.sCount[next] ?? 0) < 0;
    return isLazy || !rules.some((rule) => rule(state, next, end, true));
  };
  while (goesOn()) next = lastLineOfTags(state, next, end) + 1;
  state.parentType = parentType;
  state.line = next;
  pushParagraph(state, state.getLines(start, next, state.blkIndent, false).trim(), [start, next]);
  return true;
};

const pushInline = (state: StateInline, piece: TemplateToken): void => {
  const markdown = piece.show(documentContext(state.env)) ?? "";
  const end = state.pos + piece.length;
  // A heading or a cell must not end with the space before a comment.
  if (markdown === "" && /^\s*$/.test(state.src.slice(end, end + 50))) state.pending = state.pending.trimEnd();
  if (markdown === "" && piece.isValue) state.push("missing_value", "", 0);
  if (markdown === "") return;
  const tokens: Token[] = [];
  state.md.inline.parse(markdown, state.md, state.env, tokens);
  if (state.pending !== "") state.pushPending();
  state.tokens.push(...tokens);
  state.tokens_meta.push(...tokens.map(() => undefined));
  // Within a link an address is not a link of its own.
  if (/^<\/?a\b/.test(markdown)) state.linkLevel += markdown.startsWith("</") ? -1 : 1;
};

/** Adds tags, components and expressions. */
const tags = (md: MarkdownIt): void => {
  md.block.ruler.before("fence", "tag", block, interrupts);
  md.block.ruler.at("paragraph", paragraph);
  md.inline.ruler.before("autolink", "tag", (state, silent) => {
    const piece = templateTokenAt(state.src, state.pos, documentContext(state.env).isMdx, state.posMax);
    if (piece === undefined) return false;
    if (!silent) pushInline(state, piece);
    state.pos += piece.length;
    return true;
  });
  md.renderer.rules.text_special = md.renderer.rules.text ?? (() => "");

  // A component is not HTML, although `<Link>` and `<Details>` have names of elements.
  const rule = md.block.ruler.__rules__.find(({ name }) => name === "html_block");
  if (rule === undefined) throw new Error("markdown-it has no rule for blocks of HTML.");
  const { fn, alt } = rule;
  const html: BlockRule = (state, start, end, silent) =>
    componentAt(state.src, lineStart(state, start)) === undefined && fn(state, start, end, silent);
  md.block.ruler.at("html_block", html, { alt });
};

/** No author means the text `![](…)` literally. */
const picture = /^!\[[^\]\n]{0,500}\]\([^()\s]{1,2000}(?:\s+"[^"\n]{0,500}")?\)/;

const trigger = /<!--|<(\/?)(?:pre|code|script|style)\b|!\[|[{<]/gi;

/** Replaces the tags and pictures in HTML or in an address, outside of code and comments. */
const replaceTags = (
  text: string,
  context: DocumentContext,
  replace: (markdown: string | undefined) => string,
): string => {
  let result = "";
  let copied = 0;
  let next = 0;
  let code = 0;
  for (const { 0: mark, 1: slash, index } of text.matchAll(trigger)) {
    if (index < next) continue;
    if (slash !== undefined) code = slash === "" ? code + 1 : Math.max(0, code - 1);
    if (mark === "<!--") next = text.includes("-->", index) ? text.indexOf("-->", index) : text.length;
    if (slash !== undefined || mark === "<!--" || code > 0) continue;
    const [image] = mark === "![" ? (picture.exec(text.slice(index, index + 3000)) ?? []) : [];
    const piece = mark === "![" ? undefined : templateTokenAt(text, index, context.isMdx);
    const length = piece?.length ?? image?.length;
    if (length === undefined) continue;
    result += text.slice(copied, index) + replace(piece === undefined ? image : piece.show(context));
    copied = next = index + length;
  }
  return result + text.slice(copied);
};

const inHtml = (html: string, md: MarkdownIt, env: Env): string =>
  replaceTags(html, documentContext(env), (markdown = "") => {
    const tokens: Token[] = [];
    md.inline.parse(markdown, md, env, tokens);
    return md.renderer.renderInline(tokens, md.options, env);
  });

/** Returns "" if a part is not known, because the rest would be another address. */
const inAddress = (address: string, md: MarkdownIt, context: DocumentContext): string => {
  let isKnown = true;
  const replaced = replaceTags(address, context, (markdown) => {
    isKnown &&= markdown !== undefined;
    return md.utils.unescapeAll(markdown ?? "");
  });
  return isKnown ? replaced : "";
};

/** Hugo shows a tag that is commented out, in code, too. */
const shownTags = (code: string): string => code.replaceAll(/(\{\{[<%])\/\*|\*\/([>%]\}\})/g, "$1$2");

/** Replaces tags in the HTML of the document, and in the addresses and titles of its links and pictures. */
const htmlTags = (md: MarkdownIt): void => {
  md.core.ruler.push("html_tags", ({ tokens, env }) => {
    const clean = (tokens: readonly Token[]): void => {
      for (const token of tokens) {
        if (token.type.startsWith("html_")) token.content = inHtml(token.content, md, env);
        if (/^(?:html_|fence|code_block)/.test(token.type)) token.content = shownTags(token.content);
        for (const pair of token.attrs ?? []) {
          const [name, value] = pair;
          if (/^(?:href|src|title)$/.test(name) && /\{[{%]/.test(String(value)))
            pair[1] = inAddress(String(value), md, documentContext(env));
        }
        clean(token.children ?? []);
      }
    };
    clean(tokens);
  });
};

/** Reads `import A from "./a";`. Sites that parse `.md` as MDX have it, too. */
const importRule = blockRule(
  /import\s+(?:[\w*{][^;"'`]{0,500}?\sfrom\s+)?["'][^"'\n]{1,300}["'];?[ \t]*$/my,
  (state) => {
    leaveOut("An import", documentContext(state.env));
    return true;
  },
);

const count = (line: string, brackets: RegExp): number => line.match(brackets)?.length ?? 0;

/** Reads an `export` of MDX: until its brackets are closed, or else to the next empty line. */
const exportRule = blockRule(
  /export\s+(?:const|let|var|default|async|function|class|\{|\*)/y,
  (state, _found, start, end) => {
    leaveOut("An export", documentContext(state.env));
    let open = 0;
    for (state.line = start; state.line < end; ) {
      const line = state.src.slice(lineStart(state, state.line), state.eMarks[state.line]);
      open += count(line, /[{([]/g) - count(line, /[})\]]/g);
      state.line += 1;
      if (open <= 0 && /^\s*$|[;})\]'"]\s*$/.test(line)) break;
    }
    return true;
  },
);

/** MDX has no code by indentation: indented lines are Markdown in the element that contains them. */
const indented: BlockRule = (state, start, end, silent) => {
  if (lineIndent(state, start) < 4 || silent) return false;
  const { blkIndent } = state;
  state.blkIndent = state.sCount[start] ?? 0;
  state.md.block.tokenize(state, start, end);
  state.blkIndent = blkIndent;
  return true;
};

const markdownAttribute = /\smarkdown=["']?(?:1|block|span)["']?(?=[\s>])/;

const loneTag = /^<\/?(?!(?:pre|script|style|textarea)\b)[a-z][\w-]*(?:\s(?:"[^"]*"|'[^']*'|[^<>"'])*)?>\s*$/;

/**
 * Reads `<div markdown="1">` of kramdown, and in MDX any element that is alone on its lines: its content is Markdown.
 */
const element: BlockRule = (state, start, end, silent) => {
  const from = lineStart(state, start);
  if (lineIndent(state, start) >= 4 || state.src.charAt(from) !== "<") return false;
  const { isMdx } = documentContext(state.env);
  const opening = elementAt(state.src, from, state.eMarks[end - 1])?.whole;
  // Other elements follow it on its line, or end there.
  const line = state.src.slice(from, state.eMarks[start]);
  const isLine = opening === undefined || from + opening.length <= (state.eMarks[start] ?? 0);
  const html = withoutJsx(isLine ? line : opening);
  const next = state.skipSpaces(from + (isLine ? line : opening).length);
  const isAlone = next >= state.src.length || state.src.charAt(next) === "\n";
  if (!isAlone || !(isMdx || markdownAttribute.test(html)) || !loneTag.test(html)) return false;
  if (silent) return true;
  state.line = start + (isLine ? line : opening).split("\n").length;
  pushHtml(state, html.replace(markdownAttribute, ""));
  return true;
};

const mdx = (md: MarkdownIt, isMdx: boolean): void => {
  const interrupts = { alt: ["paragraph", "reference", "blockquote"] };
  md.block.ruler.before("tag", "import", importRule, interrupts);
  md.block.ruler.before("html_block", "markdown_element", element, isMdx ? interrupts : {});
  if (!isMdx) return;
  md.disable("code");
  md.block.ruler.before("table", "indented", indented);
  md.block.ruler.before("tag", "export", exportRule, interrupts);
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
const missingValues = (md: MarkdownIt): void => {
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

export interface Body {
  readonly rendered: Rendered;
  /** Sanitised HTML, in which every URL is absolute. */
  readonly html: string;
}

/** The limit in characters. Every file of each of its feeds has the body. */
const maxHtml = 2_000_000;

/** A longer body ends with a link to the page, which has all of it. */
export const withinLength = (html: string, page: string, found: Findings): string => {
  if (html.length <= maxHtml) return html;
  found.warn(
    "body-cut",
    "body",
    "As HTML the body is longer than 2 million characters: feeds and networks have its first blocks, and a link to the page.",
  );
  const href = page.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `${firstBlocks(html, maxHtml).trimEnd()}\n<p><a href="${href}">${href}</a></p>`;
};

export interface BodyOptions {
  /** True if the text has components and expressions: MDX, Markdoc. */
  readonly isMdx?: boolean;
  /**
   * Resolves the documents that it refers to. By default none is known: the text of such a link is shown without a
   * link.
   */
  readonly resolve?: ResolveReference;
}

const warnOfSources = (html: string, found: Findings): void => {
  for (const [, path = ""] of html.matchAll(/<[^<>]*\s(?:href|src|poster)="([^"<>]*)"/g))
    if (isSourcePath(path))
      found.warn(
        "source-path-dropped",
        "body",
        `"${path.slice(0, 80)}" is a file of the site's sources, which no reader can load: it was left out. Put it where the site serves it.`,
      );
};

/**
 * Returns Markdown as sanitised HTML, with `base` as its URL. Returns undefined if it cannot be read, and the findings
 * say why.
 */
export const renderBody = (
  markdown: string,
  base: string,
  { isMdx = false, resolve = () => undefined }: BodyOptions,
  found: Findings,
): Body | undefined => {
  try {
    const rendered = renderMarkdown(markdown, { isMdx, found, resolve, page: base });
    warnOfSources(rendered.html, found);
    const html = withinLength(sanitiseBody(rendered.html, base, resolve), base, found);
    if (html === "") found.warn("body-empty", "body", "The body has nothing to show: the entry is a title and a link.");
    return { rendered, html };
  } catch (error) {
    if (error instanceof TooCostly) return found.refuse(error.code, "body", error.message);
    const cause = String(error).split("\n", 1)[0];
    return found.refuse(
      "body-unreadable",
      "body",
      `The body cannot be turned into HTML (${cause}): look for unusual Markdown or HTML in it.`,
    );
  } finally {
    forgetTexts();
  }
};

const makeParser = (isMdx: boolean): MarkdownIt => {
  const md = new Parser({ html: true, linkify: true, maxNesting: maxDepth + 2 });
  const libraries = [cjkFriendly, deflist, abbr, mark, footnotes];
  const dialects = [tags, codeTags, callouts, admonitions, maths, attributeLists, tables];
  for (const plugin of [...libraries, links, inlineMarks, ...dialects, layout, htmlTags, missingValues, limits])
    md.use(plugin);
  return md.use(mdx, isMdx);
};

/** Each parser takes milliseconds to make, and has no state of a document. */
const parsers = { markdown: makeParser(false), mdx: makeParser(true) };

/** The label of a text for the networks in `excerpt` or in the body. */
export const snippetLabel = /^\s*(?:(?:\*\*|__)\s*)?Social Snippet\s*(?::\s*)?(?:(?:\*\*|__)\s*)?(?::\s*)?/i;

const snippet = /^\s*(?:(?:\*\*|__)\s*)?Social Snippet\s*(?:(?:\*\*|__)\s*)?:/i;
const moreMark = /^\s*<!--\s*(?:more|truncate)\s*-->/i;

interface Rendered {
  /** HTML that is not sanitised. */
  readonly html: string;
  /** The "Social Snippet:" paragraphs of the body, as Markdown. They are not in the HTML. */
  readonly snippets: readonly string[];
  /** The HTML before `<!--more-->`. */
  readonly before: string | undefined;
}

type Block = readonly [Token, ...Token[]];

/** Returns the blocks of a document that are not in another block. */
const topBlocks = (tokens: readonly Token[]): readonly Block[] => {
  const blocks: [Token, ...Token[]][] = [];
  let depth = 0;
  for (const token of tokens) {
    if (depth === 0) blocks.push([token]);
    else blocks.at(-1)?.push(token);
    depth += token.nesting;
  }
  return blocks;
};

const paragraphIn = ([first, text]: Block): Token | undefined => (first.type === "paragraph_open" ? text : undefined);

const renderMarkdown = (body: string, context: DocumentContext): Rendered => {
  const md = context.isMdx ? parsers.mdx : parsers.markdown;
  const env = makeEnvironment(context);
  const blocks = topBlocks(md.parse(hideRaw(body), env));
  const renderTokens = (tokens: Token[]): string => showRaw(md.renderer.render(tokens, md.options, env));
  const isSnippet = (block: Block): boolean => snippet.test(paragraphIn(block)?.content ?? "");
  const kept = blocks.filter((block) => !isSnippet(block));
  const more = kept.findIndex((block) => moreMark.test((paragraphIn(block) ?? block[0]).content));
  return {
    html: renderTokens(kept.flat()),
    snippets: blocks.filter(isSnippet).map((block) => showRaw(paragraphIn(block)?.content ?? "")),
    before: more > 0 ? renderTokens(kept.slice(0, more).flat()) : undefined,
  };
};

/** Renders one line of Markdown, such as a credit. The HTML is not sanitised. */
export const renderLine = (text: string, found: Findings = findings()): string =>
  parsers.markdown.renderInline(
    text,
    makeEnvironment({ isMdx: false, found, resolve: () => undefined, page: "https://localhost/" }),
  );
