import Parser, { type MarkdownIt, type Token } from "markdown-it";
import abbr from "markdown-it-abbr";
import cjkFriendly from "markdown-it-cjk-friendly";
import deflist from "markdown-it-deflist";
import mark from "markdown-it-mark";
import { type Findings, findings } from "../domain/findings.ts";
import { admonitions } from "./admonitions.ts";
import { attributeLists } from "./attribute-lists.ts";
import { limits, maxDepth } from "./bounds.ts";
import { boxes } from "./boxes.ts";
import { codeTags } from "./code-tags.ts";
import { type DocumentContext, environmentOf } from "./context.ts";
import { footnotes } from "./footnotes.ts";
import { htmlTags } from "./html.ts";
import { inlineMarks } from "./inline-marks.ts";
import { layout } from "./layout.ts";
import { links } from "./links.ts";
import { maths } from "./maths.ts";
import { mdx } from "./mdx.ts";
import { missingValues } from "./missing-values.ts";
import { hideRaw, showRaw } from "./syntax.ts";
import { tags } from "./tags.ts";

const parserOf = (isMdx: boolean): MarkdownIt => {
  const md = new Parser({ html: true, linkify: true, maxNesting: maxDepth + 2 });
  const libraries = [cjkFriendly, deflist, abbr, mark, footnotes];
  const dialects = [tags, codeTags, boxes, admonitions, maths, attributeLists];
  for (const plugin of [...libraries, links, inlineMarks, ...dialects, layout, htmlTags, missingValues, limits])
    md.use(plugin);
  return md.use(mdx, isMdx);
};

/** Each takes milliseconds to make, and has no state of a document. */
const parsers = { markdown: parserOf(false), mdx: parserOf(true) };

/** The label of a text for the networks in `excerpt` or in the body. */
export const snippetLabel = /^\s*(?:(?:\*\*|__)\s*)?Social Snippet\s*(?::\s*)?(?:(?:\*\*|__)\s*)?(?::\s*)?/i;

const snippet = /^\s*(?:(?:\*\*|__)\s*)?Social Snippet\s*(?:(?:\*\*|__)\s*)?:/i;
const moreMark = /^\s*<!--\s*(?:more|truncate)\s*-->/i;

export interface Rendered {
  /** Not sanitised. */
  readonly html: string;
  /** The "Social Snippet:" paragraphs of the body, as Markdown. They are not in the HTML. */
  readonly snippets: readonly string[];
  /** The HTML before `<!--more-->`. */
  readonly before: string | undefined;
}

type Block = readonly [Token, ...Token[]];

/** The blocks of a document that are not in another block. */
const blocksOf = (tokens: readonly Token[]): readonly Block[] => {
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

export const renderMarkdown = (body: string, context: DocumentContext): Rendered => {
  const md = context.isMdx ? parsers.mdx : parsers.markdown;
  const env = environmentOf(context);
  const blocks = blocksOf(md.parse(hideRaw(body), env));
  const htmlOf = (tokens: Token[]): string => showRaw(md.renderer.render(tokens, md.options, env));
  const isSnippet = (block: Block): boolean => snippet.test(paragraphIn(block)?.content ?? "");
  const kept = blocks.filter((block) => !isSnippet(block));
  const more = kept.findIndex((block) => moreMark.test((paragraphIn(block) ?? block[0]).content));
  return {
    html: htmlOf(kept.flat()),
    snippets: blocks.filter(isSnippet).map((block) => showRaw(paragraphIn(block)?.content ?? "")),
    before: more > 0 ? htmlOf(kept.slice(0, more).flat()) : undefined,
  };
};

/** One line of Markdown, such as a credit. Not sanitised. */
export const renderLine = (text: string, found: Findings = findings()): string =>
  parsers.markdown.renderInline(
    text,
    environmentOf({ isMdx: false, found, resolve: () => undefined, page: "https://localhost/" }),
  );
