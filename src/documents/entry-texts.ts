import type { FeedText, PolledEntry } from "../domain/polled-feed.ts";
import { cleanLine, cleanText, firstSentences, hasVisibleText } from "../domain/text.ts";
import { sanitiseBody, sanitiseLine, textOfHtml } from "../markdown/sanitise.ts";

const maxTitle = 500;
/** In graphemes, of a title that is made of the text. */
const maxFirstWords = 80;

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A blank line divides paragraphs. */
const asHtml = (text: string): string =>
  cleanText(text)
    .trim()
    .split(/\n[ \t]*\n\s*/)
    .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll("\n", "<br>\n")}</p>`)
    .join("\n");

export const htmlOf = (content: FeedText | undefined): string => {
  if (content === undefined) return "";
  return "html" in content ? content.html : asHtml(content.text);
};

const plain = (text: FeedText | undefined, base: string): string => {
  if (text === undefined) return "";
  return cleanLine("text" in text ? text.text : textOfHtml(sanitiseLine(text.html, base)));
};

/** A name, in which WordPress has references of HTML. */
export const plainName = (name: string): string =>
  /&(?:[a-z]\w*|#\w+);/i.test(name) ? plain({ html: name }, "https://localhost/") : name;

interface Title {
  readonly text: string;
  /** False where the entry has none, and these are the first words of its text. */
  readonly isOwn: boolean;
}

/** A short post (Micro.blog, Mastodon) has no title. Undefined where it has no text either. */
export const titleOfEntry = (
  { title }: PolledEntry,
  url: string,
  html: string,
  language: string,
): Title | undefined => {
  const own = plain(title, url);
  if (hasVisibleText(own)) return { text: firstSentences(own, maxTitle, language), isOwn: true };
  const text = textOfHtml(html);
  return hasVisibleText(text) ? { text: firstSentences(text, maxFirstWords, language), isOwn: false } : undefined;
};

/** The first link to the post, or to a place on its page. */
const linkToPost = (html: string, url: string): RegExpExecArray | undefined =>
  [...html.matchAll(/<a [^<>]*>/g)].find(([tag]) => tag.includes(` href="${escapeHtml(url)}`));

/** Where the part begins that `end`, the last thing of the text, closes. */
const beginOfLast = (html: string, end: string): number => {
  const before = html.lastIndexOf(end, html.length - end.length - 1);
  return before < 0 ? 0 : before + end.length;
};

const withoutLastParagraph = (html: string, url: string): string => {
  const start = html.endsWith("</p>") ? html.indexOf("<p>", beginOfLast(html, "</p>")) : -1;
  return start >= 0 && linkToPost(html.slice(start), url) !== undefined ? html.slice(0, start) : html;
};

const withoutLastLink = (html: string, url: string): string => {
  const paragraphEnd = html.endsWith("</p>") ? "</p>" : "";
  const text = html.slice(0, html.length - paragraphEnd.length).trimEnd();
  if (!text.endsWith("</a>")) return html;
  const begin = beginOfLast(text, "</a>");
  const link = linkToPost(text.slice(begin), url);
  return link === undefined ? html : text.slice(0, begin + link.index) + paragraphEnd;
};

/** "The post … appeared first on …" and "Continue reading": a last paragraph, or a last link, that leads to the post itself. */
const withoutLinkToPost = (html: string, url: string): string =>
  withoutLastLink(withoutLastParagraph(html.trimEnd(), url).trimEnd(), url);

/**
 * The author's own summary as plain text. Undefined for what a generator cut from the beginning of the content, which
 * Crier cuts better.
 */
export const ownSummary = ({ summary }: PolledEntry, url: string, html: string): string | undefined => {
  if (summary === undefined) return undefined;
  const sanitised = "html" in summary ? withoutLinkToPost(sanitiseBody(summary.html, url), url) : undefined;
  const text = (sanitised === undefined ? plain(summary, url) : cleanLine(textOfHtml(sanitised))).replace(
    /(?<!\s)\s*[[(](?:…|\.\.\.)[\])]$/,
    "…",
  );
  const compared = (one: string): string => one.replaceAll(/[^\p{L}\p{N}]+/gu, "");
  const isCut = compared(textOfHtml(html)).startsWith(compared(text));
  return hasVisibleText(text) && !isCut ? text : undefined;
};
