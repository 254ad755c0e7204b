import { Marked, type MarkedExtension, type Token, type Tokens } from "marked";
import { boundedTokenizer } from "./bounds.ts";
import { footnotesOf } from "./footnotes.ts";

/** `**Step 1:** …` or `**Step 1**: …`. */
const boldLabel = /^\s*(\*\*|__)(?=\S)[^*_\n]{1,120}(?::\1|\1\s?:)/;

/** Lines that each begin with a bold label keep their line breaks. */
const areSteps = (raw: string): boolean => {
  const lines = raw.trim().split("\n");
  return lines.length > 1 && lines.every((line) => boldLabel.test(line));
};

const isBlank = (token: Token): boolean => token.type === "br" || (token.type === "text" && token.raw.trim() === "");

const isPicture = (token: Token | undefined): boolean =>
  token?.type === "image" || (token?.type === "link" && (token.tokens ?? []).every(({ type }) => type === "image"));

/** An image with an emphasised line directly below it. */
const figureIn = (tokens: readonly Token[]): { readonly picture: Token; readonly caption: Token } | undefined => {
  const [picture, ...rest] = tokens.filter((token) => !isBlank(token));
  const [caption, ...more] = rest;
  return picture !== undefined && isPicture(picture) && caption?.type === "em" && more.length === 0
    ? { picture, caption }
    : undefined;
};

const isParagraph = (token: Token): token is Tokens.Paragraph => token.type === "paragraph";

const extension: MarkedExtension = {
  tokenizer: boundedTokenizer,
  renderer: {
    paragraph({ tokens, raw }) {
      const figure = figureIn(tokens);
      if (figure !== undefined) {
        const picture = this.parser.parseInline([figure.picture]);
        return `<figure>${picture}<figcaption>${this.parser.parseInline(figure.caption.type === "em" ? (figure.caption.tokens ?? []) : [])}</figcaption></figure>\n`;
      }
      if (!areSteps(raw)) return false;
      // Spaces at the end of a line are Markdown syntax.
      return `<p>${this.parser
        .parseInline(tokens)
        .trim()
        .replaceAll(/(?:<br>)?[ \t]*\n/g, "<br>\n")}</p>\n`;
    },
    // A feed must not have form controls.
    checkbox({ checked }) {
      return checked ? "☑ " : "☐ ";
    },
  },
};

const inline = new Marked({ gfm: true, async: false }).use(extension);

/** In `rust,ignore`, `js{1,3}` and `{.python .numberLines}` the first word is the language. */
const languageOf = (info: string | undefined): string => /^\{?\s*\.?([\w+#.-]*)/.exec(info ?? "")?.[1] ?? "";

/** The label of a text for the networks in `excerpt` or in the body. */
export const snippetLabel = /^\s*(?:\*\*|__)?\s*Social Snippet\s*:?\s*(?:\*\*|__)?\s*:?\s*/i;

const isSnippet = (token: Token): boolean =>
  isParagraph(token) && /^\s*(?:\*\*|__)?\s*Social Snippet\s*(?:\*\*|__)?\s*:/i.test(token.raw);

export interface Rendered {
  /** Not sanitised. */
  readonly html: string;
  /** The "Social Snippet:" paragraphs of the body, as Markdown. They are not in the HTML. */
  readonly snippets: readonly string[];
  /** The HTML before `<!--more-->`. */
  readonly before: string | undefined;
}

const mathsElement = /<code class=language-math>([^<]*)<\/code>/g;

/** Changes a token before it is rendered. `clean` is applied to prose, never to code. */
const prepareToken = (clean: (text: string) => string) => (token: Token) => {
  if (token.type === "code") token.lang = languageOf(token.lang);
  if (token.type === "link" || token.type === "image") {
    token.href = clean(token.href);
    token.title = token.title?.replaceAll(mathsElement, "$1");
  }
  // An `alt` is text: the element of a formula would be shown as text.
  if (token.type === "image") for (const inner of token.tokens ?? []) if (inner.type === "html") inner.text = "";
  if (token.type === "html") token.text = clean(token.text) + (token.block ? "\n" : "");
  // Braces that are written as references (`&#123;`) are text: they are resolved in `text`, and not in `raw`.
  if (token.type === "text" && clean(token.raw) !== token.raw) token.text = clean(token.text);
};

/** `idPrefix` begins the ids of the footnotes. `clean` is applied to each text that is not code. */
export const renderMarkdown = (body: string, idPrefix: string, clean = (text: string): string => text): Rendered => {
  const footnotes = footnotesOf(idPrefix);
  const marked = new Marked({ gfm: true, async: false }).use(extension, footnotes.extension);
  const tokens = marked.lexer(body);
  marked.walkTokens(tokens, prepareToken(clean));
  const kept = tokens.filter((token) => !isSnippet(token));
  const more = kept.findIndex(({ type, raw }) => type === "html" && /<!--\s*(more|truncate)\s*-->/i.test(raw));
  const html = (part: readonly Token[]) => marked.parser([...part]);
  const article = html(kept);
  return {
    html: article + footnotes.html(html),
    snippets: tokens.filter(isSnippet).map(({ raw }) => raw),
    before: more > 0 ? html(kept.slice(0, more)) : undefined,
  };
};

/** One line of Markdown, such as a credit. Not sanitised. */
export const renderLine = (text: string): string => {
  const html = inline.parseInline(text);
  return typeof html === "string" ? html : "";
};
