import type { MarkdownIt, StateBlock, StateInline, Token } from "markdown-it";
import { pushBoxTag, roleOf } from "./boxes.ts";
import { contextOf } from "./context.ts";
import { type Piece, pieceAt } from "./pieces.ts";
import { type BlockRule, beginOf, indentOf, interrupts, pushParagraph } from "./rules.ts";
import { matchAt } from "./syntax.ts";
import type { Tag } from "./tag.ts";

/** At the end of a line. */
const closing = /(?:<\/([\w.]+)\s*>|\{%-?\s*end([\w-]+)\s*-?%\}|\{\{[<%]\s*\/\s*([\w-]+)\s*[>%]\}\})\s*$/;

const isStructure = (piece: Piece | undefined): piece is Piece & { readonly tag: Tag } =>
  piece?.tag !== undefined && roleOf(piece.tag.name) !== undefined;

/** A tag of a box or a layout, which ends at `from`, and what follows it on its line. */
const pushStructure = (state: StateBlock, tag: Tag, kind: string, line: number, from: number, end: number): void => {
  const begin = state.skipSpaces(from);
  const rest = state.src.slice(begin, state.eMarks[line]);
  const [close = "", ...names] = closing.exec(rest.slice(-200)) ?? [];
  pushBoxTag(state, tag, kind);
  state.line = line + 1;
  if (names.some((name) => name?.toLowerCase() === tag.name)) {
    pushParagraph(state, rest.slice(0, -close.length));
    pushBoxTag(state, { ...tag, part: "closing" }, kind);
  } else if (isStructure(pieceAt(state.src, begin, contextOf(state.env).isMdx))) pushParagraph(state, rest);
  else if (rest !== "") {
    state.bMarks[line] = begin;
    state.tShift[line] = 0;
    for (const rule of state.md.block.ruler.getRules("")) if (rule(state, line, end, false)) break;
  }
};

/** A tag or component that is alone on its lines, or that begins or ends a box or a layout. */
const block: BlockRule = (state, start, end, silent) => {
  const context = contextOf(state.env);
  const from = beginOf(state, start);
  const mark = state.src.charAt(from);
  const piece = indentOf(state, start) < 4 ? pieceAt(state.src, from, context.isMdx) : undefined;
  // An element is a part of the HTML that it begins.
  if (piece === undefined || (piece.tag === undefined && mark === "<")) return false;
  const after = from + piece.length;
  const last = start + state.src.slice(from, after).split("\n").length - 1;
  const isAlone = state.skipSpaces(after) >= (state.eMarks[last] ?? 0);
  if (last >= end || !(isStructure(piece) || isAlone)) return false;
  if (silent) return true;
  state.line = last + 1;
  if (isStructure(piece)) {
    const syntax = mark === "<" ? mark : state.src.slice(from, from + 2);
    pushStructure(state, piece.tag, syntax + piece.tag.name, last, after, end);
  } else {
    const markdown = piece.show(context) ?? (piece.isValue ? state.src.slice(from, after) : "");
    if (markdown !== "") pushParagraph(state, markdown);
  }
  return true;
};

const pushInline = (state: StateInline, piece: Piece): void => {
  const markdown = piece.show(contextOf(state.env)) ?? "";
  const end = state.pos + piece.length;
  // A heading or a cell does not end with the space before a comment.
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

/** Tags, components and expressions. */
export const tags = (md: MarkdownIt): void => {
  md.block.ruler.before("fence", "tag", block, interrupts);
  md.inline.ruler.before("autolink", "tag", (state, silent) => {
    const piece = pieceAt(state.src, state.pos, contextOf(state.env).isMdx);
    if (piece === undefined || state.pos + piece.length > state.posMax) return false;
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
    matchAt("component", state.src, beginOf(state, start)) === null && fn(state, start, end, silent);
  md.block.ruler.at("html_block", html, { alt });
};
