import type { Env, StateBlock, StateInline, Token } from "markdown-it";
import type { Findings } from "../domain/findings.ts";
import type { ResolveReference } from "../domain/reference.ts";
import { type IndexedText, type IndexOf, textIndexes } from "./syntax.ts";

/** A rule of the parser. With `silent` it only says whether it would take the line. */
export type BlockRule = (state: StateBlock, start: number, end: number, silent: boolean) => boolean;
type InlineRule = (state: StateInline, silent: boolean) => boolean;

/**
 * Returns the start of a line, after the marks of the lists and quotations that contain it and after its indentation.
 */
export const lineStart = (state: StateBlock, line: number): number =>
  (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);

/** Returns the columns of indentation within the list or quotation. */
export const lineIndent = (state: StateBlock, line: number): number => (state.sCount[line] ?? 0) - state.blkIndent;

/**
 * A rule with these settings of CommonMark may interrupt a paragraph, a definition of a link, a quotation or a list.
 */
export const interrupts = { alt: ["paragraph", "reference", "blockquote", "list"] };

/**
 * Makes a rule for the lines that `pattern`, which is sticky, matches. `read` adds their tokens, or returns false if
 * they are something else.
 */
export const blockRule =
  (
    pattern: RegExp,
    read: (state: StateBlock, found: RegExpExecArray, start: number, end: number) => boolean,
  ): BlockRule =>
  (state, start, end, silent) => {
    pattern.lastIndex = lineStart(state, start);
    const found = lineIndent(state, start) < 4 ? pattern.exec(state.src) : null;
    const after = start + (found?.[0].split("\n").length ?? 0);
    if (found === null || after > end || silent) return found !== null && after <= end;
    state.line = after;
    return read(state, found, start, end);
  };

/** Makes a rule for the texts that `pattern`, which is sticky, matches. `read` adds their tokens. */
export const inlineRule =
  (
    pattern: RegExp,
    read: (state: StateInline, found: RegExpExecArray) => void,
    isMeant = (_found: RegExpExecArray): boolean => true,
  ): InlineRule =>
  (state, silent) => {
    pattern.lastIndex = state.pos;
    const found = pattern.exec(state.src);
    if (found === null || pattern.lastIndex > state.posMax || !isMeant(found)) return false;
    if (!silent) read(state, found);
    state.pos += found[0].length;
    return true;
  };

/** Adds a paragraph of Markdown, with its lines if it is in the document. */
export const pushParagraph = (state: StateBlock, markdown: string, map: Token["map"] = null): void => {
  state.push("paragraph_open", "p", 1).map = map;
  const token = state.push("inline", "", 0);
  token.content = markdown;
  token.map = map;
  token.children = [];
  state.push("paragraph_close", "p", -1);
};

export const pushHtml = (state: StateBlock, html: string): void => {
  const token = state.push("html_block", "", 0);
  token.content = `${html}\n`;
  token.map = [state.line - 1, state.line];
};

export const pushCode = (state: StateBlock, language: string, content: string): void => {
  const token = state.push("fence", "code", 0);
  token.info = language;
  token.content = content;
};

/** The facts that the rules need about the document that is parsed. The parsers themselves have no state. */
export interface DocumentContext {
  readonly isMdx: boolean;
  readonly found: Findings;
  readonly resolve: ResolveReference;
  /** The URL of the post. */
  readonly page: string;
  readonly indexOf: IndexOf;
}

const contexts = new WeakMap<Env, DocumentContext>();

/** Makes the environment of one parse. */
export const makeEnvironment = (document: Omit<DocumentContext, "indexOf">): Env => {
  const env: Env = {};
  contexts.set(env, { ...document, indexOf: textIndexes() });
  return env;
};

/** Returns the context of the document whose environment was passed to a rule. */
export const documentContext = (env: Env): DocumentContext => {
  const context = contexts.get(env);
  if (context === undefined) throw new Error("A parser was called without makeEnvironment().");
  return context;
};

/** Indexes the text of the document for a line: the marks of the quotations that contain it are spaces. */
export const indexFor = (state: StateBlock, line: number): IndexedText => {
  const start = lineStart(state, line);
  const marks = state.src.slice(state.src.lastIndexOf("\n", start - 1) + 1, start);
  return documentContext(state.env).indexOf(state.src, marks.split(">").length - 1);
};
