import type { MarkdownIt, Token } from "markdown-it";

/** Thrown if parsing the body would take too long. The message says what to change. */
export class TooCostly extends Error {
  override readonly name = "TooCostly";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The depth of elements that the sanitiser keeps: one level of a list has two. */
export const maxDepth = 100;
/** Every word of the text is compared with every abbreviation. */
const maxAbbreviations = 200;

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null;

const constructs = new Map([
  ["blockquote", "quotations"],
  ["bullet_list", "lists"],
  ["ordered_list", "lists"],
  ["list_item", "lists"],
  ["dl", "definitions"],
  ["dd", "definitions"],
  ["footnote", "footnotes"],
  ["em", "emphasis"],
  ["strong", "emphasis"],
  ["s", "deleted text"],
  ["mark", "marks"],
  ["link", "links"],
]);

const lineText = (map: Token["map"]): string =>
  map === null ? "" : ` in line ${(map[0] ?? 0) + 1} below the front matter`;

const tooDeep = (type: string, location: string): TooCostly =>
  new TooCostly(
    "body-too-deep",
    `Its ${constructs.get(type.replace(/_(?:open|close|reference_open)$/, "")) ?? "elements"} are nested more than ${maxDepth} elements deep${location}: flatten them, or put them into a code block.`,
  );

const openedLast = (tokens: readonly Token[]): string | undefined =>
  tokens.findLast(({ nesting }) => nesting > 0)?.type;

/**
 * A document with too many levels is refused before it is parsed. markdown-it would leave out the text that is nested
 * deeper than its `maxNesting`.
 */
export const limits = (md: MarkdownIt): void => {
  const { block } = md;
  const tokenize = block.tokenize.bind(block);
  block.tokenize = (state, start, end) => {
    if (state.level > maxDepth) throw tooDeep(openedLast(state.tokens) ?? "", lineText([start, start]));
    tokenize(state, start, end);
  };
  const isTooDeep = ({ level }: Token): boolean => level > maxDepth;
  const check = ({ tokens }: { readonly tokens: readonly Token[] }): void => {
    for (const token of tokens) {
      const children = token.children ?? [];
      const at = children.findIndex(isTooDeep);
      if (at >= 0 || isTooDeep(token))
        throw tooDeep(openedLast(children.slice(0, at)) ?? token.type, lineText(token.map));
    }
  };
  md.core.ruler.after("block", "depth_of_blocks", check);
  md.core.ruler.push("depth", check);
  md.core.ruler.push("open_tags", ({ tokens }) => {
    const count = countOpenTags();
    const countIn = ({ type, content }: Token, map: Token["map"]): void => {
      if (type.startsWith("html_")) count(content, () => lineText(map));
    };
    for (const token of tokens) {
      countIn(token, token.map);
      for (const child of token.children ?? []) countIn(child, token.map);
    }
  });
  md.core.ruler.before("abbr_replace", "abbreviations", ({ env }) => {
    if (isRecord(env.abbreviations))
      env.abbreviations = Object.fromEntries(Object.entries(env.abbreviations).slice(0, maxAbbreviations));
  });
};

const maxOpenElements = 10_000;
const voidElements = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));

/**
 * The time of the sanitiser grows with the square of the number of open elements: 200,000 times `<div>` takes half a
 * minute.
 */
const countOpenTags = () => {
  const openByTag = new Map<string, number>();
  let open = 0;
  return (html: string, location: (at: number) => string): void => {
    for (const { 1: slash, 2: tag = "", index } of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)/gi)) {
      const name = tag.toLowerCase();
      if (voidElements.has(name)) continue;
      const before = openByTag.get(name) ?? 0;
      const after = slash === "" ? before + 1 : Math.max(0, before - 1);
      openByTag.set(name, after);
      open += after - before;
      if (open > maxOpenElements)
        throw new TooCostly(
          "body-too-deep",
          `More than ${maxOpenElements} of its HTML elements are not closed, \`<${name}>\` for example${location(index)}: close them.`,
        );
    }
  };
};

/** Throws if too many elements of this HTML are open at once. */
export const checkOpenTags = (html: string): void =>
  countOpenTags()(html, (at) => ` in line ${html.slice(0, at).split("\n").length} of its HTML`);
