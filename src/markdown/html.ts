import type { Env, MarkdownIt, Token } from "markdown-it";
import { contextOf, type DocumentContext } from "./context.ts";
import { pieceAt } from "./pieces.ts";

/** Nobody means the text `![](…)`. */
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
    const piece = mark === "![" ? undefined : pieceAt(text, index, context.isMdx);
    const length = piece?.length ?? image?.length;
    if (length === undefined) continue;
    result += text.slice(copied, index) + replace(piece === undefined ? image : piece.show(context));
    copied = next = index + length;
  }
  return result + text.slice(copied);
};

const inHtml = (html: string, md: MarkdownIt, env: Env): string =>
  replaceTags(html, contextOf(env), (markdown = "") => {
    const tokens: Token[] = [];
    md.inline.parse(markdown, md, env, tokens);
    return md.renderer.renderInline(tokens, md.options, env);
  });

/** "" where a part is not known: the rest is another address. */
const inAddress = (address: string, md: MarkdownIt, context: DocumentContext): string => {
  let isKnown = true;
  const replaced = replaceTags(address, context, (markdown) => {
    isKnown &&= markdown !== undefined;
    return md.utils.unescapeAll(markdown ?? "");
  });
  return isKnown ? replaced : "";
};

/** Hugo shows a tag that is commented out, in code, too. */
const shownTags = (code: string): string => code.replaceAll(/(\{\{[<%])\/\*(.{0,600}?)\*\/([>%]\}\})/g, "$1$2$3");

/** Tags in the HTML of the document, and in the addresses and titles of its links and pictures. */
export const htmlTags = (md: MarkdownIt): void => {
  md.core.ruler.push("html_tags", ({ tokens, env }) => {
    const clean = (tokens: readonly Token[]): void => {
      for (const token of tokens) {
        if (token.type.startsWith("html_")) token.content = inHtml(token.content, md, env);
        if (/^(?:html_|fence|code_block)/.test(token.type)) token.content = shownTags(token.content);
        for (const pair of token.attrs ?? []) {
          const [name, value] = pair;
          if (/^(?:href|src|title)$/.test(name) && /\{[{%]/.test(String(value)))
            pair[1] = inAddress(String(value), md, contextOf(env));
        }
        clean(token.children ?? []);
      }
    };
    clean(tokens);
  });
};
