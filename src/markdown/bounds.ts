import type { MarkdownIt, Token } from "markdown-it";

/** Parsing the body would take too long. The message says what to change. */
export class TooCostly extends Error {
  override readonly name = "TooCostly";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** In elements, as deep as the sanitiser keeps them: one level of a list has two. */
export const maxDepth = 100;
/** Every word of the text is compared with every abbreviation. */
const maxAbbreviations = 200;

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null;

/** markdown-it leaves out text that is nested deeper than its `maxNesting`, without an error. */
export const limits = (md: MarkdownIt): void => {
  const isTooDeep = ({ level, children }: Token): boolean => level > maxDepth || (children ?? []).some(isTooDeep);
  const check = ({ tokens }: { readonly tokens: readonly Token[] }): void => {
    if (tokens.some(isTooDeep))
      throw new TooCostly(
        "body-too-deep",
        `Its lists, quotes or emphasis are nested more than ${maxDepth} elements deep: flatten them, or put them into a code block.`,
      );
  };
  md.core.ruler.after("block", "depth_of_blocks", check);
  md.core.ruler.push("depth", check);
  md.core.ruler.before("abbr_replace", "abbreviations", ({ env }) => {
    if (isRecord(env.abbreviations))
      env.abbreviations = Object.fromEntries(Object.entries(env.abbreviations).slice(0, maxAbbreviations));
  });
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
