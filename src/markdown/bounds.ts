import { Tokenizer, type TokenizerObject } from "marked";

/** The body would take Markdown's parser too long; the message says what to change. */
export class TooCostly extends Error {
  override readonly name = "TooCostly";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A list's level is two elements, and the sanitiser keeps a hundred. */
const maxNesting = 50;
/** In characters looked at. A book in one paragraph stays far below it; reading what reaches it takes about a second. */
const maxEmphasis = 10_000_000;
/** In characters looked at, too: a link's address is searched for up to the next space. */
const maxLinks = 2_000_000_000;

interface ParseCost {
  depth: number;
  emphasis: number;
  links: number;
}

/** What one document has cost so far: marked makes a lexer for each. */
const costs = new WeakMap<object, ParseCost>();

const costOf = (lexer: object): ParseCost => {
  const known = costs.get(lexer) ?? { depth: 0, emphasis: 0, links: 0 };
  costs.set(lexer, known);
  return known;
};

/** One level deeper, of a bounded number. */
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

/** A mark that may begin emphasis: what its token was, or all that was searched for its end. */
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
 * marked reads each level of nesting again (a list 1,000 deep takes seconds), and looks for the end of each `*`, `_` and
 * `~` in all that follows in the paragraph, and of each link in all that follows up to a space. All are bounded by counting, so that a document fares the same on every machine.
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
      throw new TooCostly(
        "body-links",
        "There are too many links in one line without a space between them: break the line.",
      );
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

/** The sanitiser's time grows with the square of the elements that stand open: 200,000 times `<div>` takes half a minute. */
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
        `More than ${maxOpenElements} of its HTML elements are never closed, \`<${name}>\` for example: close them.`,
      );
  }
};
