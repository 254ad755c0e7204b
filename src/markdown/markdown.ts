import Parser, { type MarkdownIt, type Token } from "markdown-it";
import abbr from "markdown-it-abbr";
import cjkFriendly from "markdown-it-cjk-friendly";
import deflist from "markdown-it-deflist";
import mark from "markdown-it-mark";
import { type Findings, findings } from "../domain/findings.ts";
import type { ResolveReference } from "../domain/reference.ts";
import { limits, maxDepth, TooCostly } from "./bounds.ts";
import { admonitions, callouts } from "./callouts.ts";
import { codeTags, maths } from "./code-and-maths.ts";
import { attributeLists, footnotes, inlineMarks, layout, links } from "./markdown-extensions.ts";
import { type DocumentContext, makeEnvironment } from "./rules.ts";
import { sanitiseBody } from "./sanitise.ts";
import { htmlTags, mdx, missingValues, tags } from "./template-rules.ts";
import { hideRaw, showRaw } from "./templates.ts";
import { isSourcePath } from "./urls.ts";

export interface Body {
  readonly rendered: Rendered;
  /** Sanitised HTML, in which every URL is absolute. */
  readonly html: string;
}

/**
 * The limit in characters. A document of 1 MiB may become five times as long (`&` is `&amp;`), in every file of each of
 * its feeds.
 */
const maxHtml = 2_000_000;

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
    const html = sanitiseBody(rendered.html, base, resolve);
    if (html.length > maxHtml)
      return found.refuse(
        "body-too-large",
        "body",
        "As HTML the body is longer than 2 million characters: shorten or split it.",
      );
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
  const dialects = [tags, codeTags, callouts, admonitions, maths, attributeLists];
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

/** Renders one line of Markdown, such as a credit. The HTML is not sanitised. */
export const renderLine = (text: string, found: Findings = findings()): string =>
  parsers.markdown.renderInline(
    text,
    makeEnvironment({ isMdx: false, found, resolve: () => undefined, page: "https://localhost/" }),
  );
