import { Tokenizer, type TokenizerObject } from "marked";

/** Parsing the body would take too long. The message says what to change. */
export class TooCostly extends Error {
  override readonly name = "TooCostly";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One level of a list is two elements, and the sanitiser keeps 100 levels of elements. */
const maxNesting = 50;
/** In characters that are searched. A book in one paragraph has far less; a body at the limit takes about a second. */
const maxEmphasis = 10_000_000;
/** In characters that are searched: for each link, up to the next space. */
const maxLinks = 2_000_000_000;

interface ParseCost {
  depth: number;
  emphasis: number;
  links: number;
}

/** By lexer: marked creates one for each document. */
const costs = new WeakMap<object, ParseCost>();

const costOf = (lexer: object): ParseCost => {
  const known = costs.get(lexer) ?? { depth: 0, emphasis: 0, links: 0 };
  costs.set(lexer, known);
  return known;
};

/** Reads one level of nesting. Throws where there are too many. */
export const parseNested = <T>(lexer: object, read: () => T): T => {
  const cost = costOf(lexer);
  if (cost.depth >= maxNesting)
    throw new TooCostly(
      "body-too-deep",
      `Its lists, quotes or emphasis are nested more than ${maxNesting} deep: flatten them, or put them into a code block.`,
    );
  cost.depth += 1;
  const token = read();
  cost.depth -= 1;
  return token;
};

/** Reads what may be emphasis. It costs the length of its token, or of all text that was searched for its end. */
const parseEmphasis = <T extends { readonly raw: string }>(
  lexer: object,
  src: string,
  before: string,
  read: () => T | undefined,
): T | undefined => {
  const cost = costOf(lexer);
  const token = parseNested(lexer, read);
  const isInWord = src.startsWith("_") && /[\p{L}\p{N}]$/u.test(before);
  if (!isInWord) cost.emphasis += (token?.raw ?? src).length + src.length / 20;
  if (cost.emphasis > maxEmphasis)
    throw new TooCostly(
      "body-emphasis",
      "A paragraph has too many `*`, `_` and `~`: put a backslash before those that are not emphasis, or put it into a code block.",
    );
  return token;
};

/**
 * marked reads each level of nesting again (a list with 1,000 levels takes seconds). It searches the rest of the paragraph
 * for the end of each `*`, `_` and `~`, and the text up to the next space for the end of each link. All of this is limited
 * by counting, not by time, so that a document has the same result on every machine.
 */
export const boundedTokenizer: TokenizerObject = {
  list(src) {
    if (!/^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/.test(src)) return undefined;
    return parseNested(this.lexer, () => Tokenizer.prototype.list.call(this, src));
  },
  blockquote(src) {
    if (!/^ {0,3}>/.test(src)) return undefined;
    return parseNested(this.lexer, () => Tokenizer.prototype.blockquote.call(this, src));
  },
  link(src) {
    if (!/^!?\[/.test(src)) return undefined;
    const cost = costOf(this.lexer);
    const end = src.search(/\s/);
    cost.links += end < 0 ? src.length : end;
    if (cost.links > maxLinks)
      throw new TooCostly("body-links", "Too many links are in one line without a space between them: break the line.");
    return Tokenizer.prototype.link.call(this, src);
  },
  emStrong(src, masked, before = "") {
    if (!/^[*_]/.test(src)) return undefined;
    return parseEmphasis(this.lexer, src, before, () => Tokenizer.prototype.emStrong.call(this, src, masked, before));
  },
  del(src, masked, before = "") {
    if (!src.startsWith("~")) return undefined;
    return parseEmphasis(this.lexer, src, before, () => Tokenizer.prototype.del.call(this, src, masked, before));
  },
};

const maxOpenElements = 10_000;
const voidElements = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));

/** The time of the sanitiser grows with the square of the number of open elements: 200,000 times `<div>` takes half a minute. */
export const checkOpenTags = (html: string): void => {
  const openOf = new Map<string, number>();
  let open = 0;
  for (const [, slash, tag = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)/gi)) {
    const name = tag.toLowerCase();
    if (voidElements.has(name)) continue;
    const before = openOf.get(name) ?? 0;
    const after = slash === "" ? before + 1 : Math.max(0, before - 1);
    openOf.set(name, after);
    open += after - before;
    if (open > maxOpenElements)
      throw new TooCostly(
        "body-too-deep",
        `More than ${maxOpenElements} of its HTML elements are not closed, \`<${name}>\` for example: close them.`,
      );
  }
};
