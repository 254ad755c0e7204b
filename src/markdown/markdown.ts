import Parser, { type Env, type MarkdownIt, type StateBlock, type StateInline, type Token } from "markdown-it";
import abbr from "markdown-it-abbr";
import cjkFriendly from "markdown-it-cjk-friendly";
import deflist from "markdown-it-deflist";
import mark from "markdown-it-mark";
import { type Findings, findings } from "../domain/findings.ts";
import type { ResolveReference } from "../domain/reference.ts";
import { limits, maxDepth, TooCostly } from "./bounds.ts";
import { admonitions, callouts, pushCalloutTag, structureRole } from "./callouts.ts";
import { codeTags, maths } from "./code-blocks.ts";
import { attributeLists, footnotes, inlineMarks, layout, links, missingValues, tables } from "./markdown-extensions.ts";
import {
  type BlockRule,
  blockRule,
  type DocumentContext,
  documentContext,
  indexFor,
  interrupts,
  lineIndent,
  lineStart,
  makeEnvironment,
  pushHtml,
  pushParagraph,
} from "./rules.ts";
import { firstBlocks, sanitiseBody } from "./sanitise.ts";
import { codeSpanEnd, componentAt, elementAt, hasMark, withoutJsx } from "./syntax.ts";
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
  } else if (isStructure(templateTokenAt(indexFor(state, line), begin, documentContext(state.env), state.eMarks[line])))
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
  const limit = state.eMarks[end - 1];
  if (lineIndent(state, start) >= 4) return false;
  // An element is a part of the HTML that it begins.
  if (mark !== "<" && mark !== "{") return false;
  const index = indexFor(state, start);
  if (mark === "<" && componentAt(index, from, limit) === undefined) return false;
  const piece = templateTokenAt(index, from, context, limit);
  if (piece === undefined) return false;
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
    const markdown = piece.show(context) ?? (piece.isValue ? index.text.slice(from, after) : "");
    if (markdown !== "") pushParagraph(state, markdown);
  }
  return true;
};

/**
 * Reads the tags and the code spans that begin on this line, from a position on it. Returns the end of the last tag, and
 * the end of all that was read: a code span does not keep a block from beginning within it. Only a comment or a shortcode
 * goes on after an empty line.
 */
const readTags = (state: StateBlock, line: number, end: number, from: number) => {
  const context = documentContext(state.env);
  const index = indexFor(state, line);
  const limit = state.eMarks[end - 1];
  const crossesEmptyLine = (at: number, length: number): boolean => hasMark(index, "emptyLine", at, at + length);
  const lengthAt = (at: number): number => {
    const element = elementAt(index, at, limit);
    // `a <b` in prose is not a tag.
    const isElement =
      element !== undefined &&
      hasMark(index, "equals", at, element.end) &&
      !hasMark(index, "backtick", at, element.end) &&
      !crossesEmptyLine(at, element.whole.length);
    if (isElement) return element.whole.length;
    const { length = 0, precedesMarkdown = false } = templateTokenAt(index, at, context, limit) ?? {};
    return precedesMarkdown || !crossesEmptyLine(at, length) ? length : 0;
  };
  let [endOfTags, read] = [from, from];
  for (const { 0: mark, index: found } of state.src.slice(from, state.eMarks[line]).matchAll(/\\.|`+|[{<]/g)) {
    const at = from + found;
    if (at < read || mark.startsWith("\\")) continue;
    if (mark.startsWith("`")) read = codeSpanEnd(index, at, mark.length) ?? at;
    else endOfTags = read = at + lengthAt(at);
  }
  return { endOfTags, read };
};

/** The rule of CommonMark for paragraphs (§4.8), except that nothing interrupts a tag. */
const paragraph: BlockRule = (state, start, end) => {
  const rules = state.md.block.ruler.getRules("paragraph");
  const { parentType } = state;
  state.parentType = "paragraph";
  let [next, read] = [start, 0];
  /** Takes a line, and those that its tags are on. */
  const takeLine = (): void => {
    const found = readTags(state, next, end, Math.max(read, lineStart(state, next)));
    read = found.read;
    while (next + 1 < end && (state.eMarks[next] ?? 0) < found.endOfTags) next += 1;
    next += 1;
  };
  takeLine();
  const goesOn = (): boolean => {
    if (next >= end || state.isEmpty(next)) return false;
    const isLazy = lineIndent(state, next) > 3 || (state.sCount[next] ?? 0) < 0;
    return isLazy || !rules.some((rule) => rule(state, next, end, true));
  };
  while (goesOn()) takeLine();
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
    const context = documentContext(state.env);
    const piece = templateTokenAt(context.indexOf(state.src), state.pos, context, state.posMax);
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
    componentAt(indexFor(state, start), lineStart(state, start)) === undefined && fn(state, start, end, silent);
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
    const piece = mark === "![" ? undefined : templateTokenAt(context.indexOf(text), index, context);
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

/** The content of these is not Markdown. */
const withoutMarkdown = /<\/?(?:pre|script|style|textarea)(?![\w-])/y;
const loneTag = /^<\/?[a-z][\w-]*(?:\s(?:"[^"]*"|'[^']*'|[^<>"'])*)?>\s*$/;

/**
 * Reads `<div markdown="1">` of kramdown, and in MDX any element that is alone on its lines: its content is Markdown.
 * A tag may begin on each line of another one, so what may be long is read last.
 */
const element: BlockRule = (state, start, end, silent) => {
  const from = lineStart(state, start);
  if (lineIndent(state, start) >= 4 || state.src.charAt(from) !== "<") return false;
  withoutMarkdown.lastIndex = from;
  if (withoutMarkdown.test(state.src)) return false;
  const { isMdx } = documentContext(state.env);
  const index = indexFor(state, start);
  const opening = elementAt(index, from, state.eMarks[end - 1]);
  const endOfLine = state.eMarks[start] ?? from;
  // Other elements follow it on its line, or end there.
  const isLine = opening === undefined || opening.end <= endOfLine;
  const last = isLine ? endOfLine : opening.end;
  const next = state.skipSpaces(last);
  const isAlone = next >= state.src.length || state.src.charAt(next) === "\n";
  if (!isAlone || !(isMdx || hasMark(index, "markdownAttribute", from, last))) return false;
  if (isLine ? !loneTag.test(withoutJsx(index, from, last)) : opening.hasMarkup) return false;
  if (silent) return true;
  state.line = start + state.src.slice(from, last).split("\n").length;
  pushHtml(state, withoutJsx(index, from, last).replace(markdownAttribute, ""));
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

const renderMarkdown = (body: string, context: Omit<DocumentContext, "indexOf">): Rendered => {
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
