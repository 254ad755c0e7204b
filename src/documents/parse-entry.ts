import { decodePercent } from "../domain/address.ts";
import type { Attachment } from "../domain/attachment.ts";
import { maxDocument } from "../domain/document.ts";
import { type Findings, findings } from "../domain/findings.ts";
import { type NoteContext, noteLabel, noteText, picturesIn } from "../domain/note-text.ts";
import type { EntryDocument, FeedText, PolledEntry, PolledFile } from "../domain/polled-feed.ts";
import type { Image, PostContent } from "../domain/post.ts";
import type { Person, Site } from "../domain/site.ts";
import { cleanLine, cleanText, firstSentences, hasVisibleText } from "../domain/text.ts";
import { TooCostly } from "../markdown/bounds.ts";
import { withinLength } from "../markdown/markdown.ts";
import { sanitiseBody, sanitiseLine, textOfHtml, withDirection, writtenAttribute } from "../markdown/sanitise.ts";
import type { Parsed } from "../ports/content.ts";
import { type Dates, readEntryDate } from "./dates.ts";
import { readExternal } from "./external-link.ts";
import { type Fields, readFields } from "./front-matter.ts";
import { decideKind, headingOf, pictureTags, withoutHeading } from "./kind.ts";
import { checkSlug, slugFromName } from "./page-path.ts";
import { unescapeOnce, withinBounds } from "./plain-text.ts";
import { checkGuid, checkUrl, readLanguage } from "./post-address.ts";
import { readAuthors, readCategories, readImages, readMinutes, withPictures } from "./post-fields.ts";
import { playerIn, readEpisode } from "./read-attachment.ts";
import { readSummary, withCutMark } from "./summary.ts";

/** Returns the body as sanitised HTML. */
const readBody = (entry: PolledEntry, url: string, found: Findings): string | undefined => {
  const html = contentHtml(entry.content);
  if (html.length > maxDocument)
    return found.refuse(
      "entry-too-large",
      "content",
      "Its content is longer than 5 MiB: the feed may have a summary of it.",
    );
  return withinLength(sanitiseBody(html, entry.base ?? url), url, found);
};

const attributeIn = (tag: string, name: string): string | undefined =>
  writtenAttribute(tag, name)?.replaceAll("&quot;", '"').replaceAll("&amp;", "&");

const firstPicture = (html: string): PolledFile | undefined => {
  for (const tag of pictureTags(html)) {
    const url = attributeIn(tag, "src");
    const alt = attributeIn(tag, "alt");
    if (url !== undefined && !url.startsWith("data:")) return { url, mediaType: undefined, length: undefined, alt };
  }
  return undefined;
};

/** The pictures of a note whose content has none: those with a type, else the first. Others are thumbnails. */
const attachedPictures = ({ images }: PolledEntry, html: string): readonly Image[] => {
  if (pictureTags(html).length > 0) return [];
  const typed = images.filter(({ mediaType }) => mediaType !== undefined);
  return (typed.length > 0 ? typed : images.slice(0, 1)).map(({ url, alt }) => ({ url, ...(alt && { alt }) }));
};

/** The site's own name as the only author of each post is redundant: the feeds show it anyway. */
const namedAuthors = (authors: readonly Person[], { author, title }: Site): readonly Person[] => {
  const [only, ...others] = authors;
  const isSite = only !== undefined && others.length === 0 && [author.name, title].includes(only.name);
  return isSite ? [] : authors;
};

/** The file of the entry, one with a type first, else that of the only player in its body. */
const firstAttachment = ({ attachments, content, base }: PolledEntry, page: string): Attachment | undefined => {
  const file = attachments.find(({ mediaType }) => mediaType !== undefined) ?? attachments[0];
  if (file === undefined) return playerIn(contentHtml(content), base ?? page);
  const { url, mediaType, length } = file;
  return { url, mediaType, length };
};

const readAttached = (entry: PolledEntry, fields: Fields, page: string, found: Findings) => {
  const attachment = firstAttachment(entry, page);
  const episode = attachment && readEpisode(fields, found);
  return { attachment, ...(episode !== undefined && { episode }) };
};

/** Returns a short name for the post: the last part of its address. */
const slugFromUrl = (url: string): string => {
  const { pathname, search } = new URL(url);
  const last = decodePercent(pathname)
    .split("/")
    .map((part) => part.replace(/(?:^index)?\.(?:html?|php|aspx?)$/i, ""))
    .findLast((part) => part !== "");
  const names = [slugFromName(`${last ?? ""}${search}`.slice(0, 60)), "post"];
  return names.find((name) => checkSlug(name, "url", findings()) !== undefined) ?? "post";
};

/** Returns the values of an entry as fields, so that they are read like those of a document. */
const entryFields = (entry: PolledEntry, site: Site, html: string): Fields =>
  readFields(
    {
      categories: entry.categories.map(plainName),
      author: namedAuthors(entry.authors, site).map((person) => ({ ...person, name: plainName(person.name) })),
      image: entry.images[0] ?? firstPicture(html),
      language: entry.language,
      externalUrl: entry.external,
      ...entry.episode,
    },
    {},
  );

const readEntryDates = (entry: PolledEntry, site: Site, found: Findings): Dates => {
  const published = readEntryDate(entry.published, site.timeZone);
  const updated = readEntryDate(entry.updated, site.timeZone);
  if (entry.published !== undefined && published === undefined)
    found.warn(
      "date-impossible",
      "date",
      `"${entry.published.slice(0, 60)}" is not a date: it is the moment when Crier first saw the entry.`,
    );
  return { published, updated };
};

const recordOrigins = (title: Title, dates: Dates, { guid }: PolledEntry, found: Findings): void => {
  found.readFrom("title", title.from === "title" ? "title" : `the ${title.from}`);
  found.readFrom("permalink", "link");
  found.readFrom("slug", "the address");
  const used = (["published", "updated"] as const).find((name) => dates[name] !== undefined);
  found.readFrom("published", used ?? "nothing");
  if (dates.updated !== undefined) found.readFrom("updated", "updated");
  if (guid !== undefined) found.readFrom("guid", "guid");
};

const readEntry = ({ entry, known, seen }: EntryDocument, site: Site, found: Findings): PostContent | undefined => {
  const { url } = entry;
  if (url === undefined)
    return found.refuse("address-missing", "link", "The entry has no address: give it a link to its page in the feed.");
  if (checkUrl(url, "link", found) === undefined) return undefined;
  const given = readBody(entry, url, found);
  if (given === undefined) return undefined;
  const asDocument = entryFields(entry, site, given);
  const language = readLanguage(asDocument, undefined, site, found);
  const dates = readEntryDates(entry, site, found);
  const published = dates.published ?? known ?? dates.updated ?? seen;
  const pictured = withPictures(given, attachedPictures(entry, given));
  const title = readTitle(entry, url, pictured, { language, published, site }, found);
  if (title === undefined)
    return found.refuse(
      "title-missing",
      "title",
      "The entry has neither a title nor a text: give it a title in the feed.",
    );
  recordOrigins(title, dates, entry, found);
  const { note } = title;
  const shown = note === undefined ? given : pictured;
  const html = title.from === "heading" ? withoutHeading(shown) : shown;
  const own = withinBounds(() => ownSummary(entry, url, html) ?? "", "summary", found);
  const body = { html, rendered: { html, snippets: [], before: undefined } };
  const pictures = note === undefined ? readImages(asDocument, { url, site }, found) : picturesIn(html);
  const summary = readSummary(readFields({ summary: own }, {}), body, url, language, found, ({ text }) => text);
  return {
    slug: slugFromUrl(url),
    guid: checkGuid(entry.guid, "guid", found),
    url,
    title: title.text,
    ...(note !== undefined && { isNote: true, whyNote: note.reason, images: pictures }),
    published,
    updated: dates.updated,
    language,
    summary: note?.text ?? summary.text,
    // A feed that Crier wrote already has the direction.
    html: html.startsWith("<div dir=") ? html : withDirection(html, language),
    categories: readCategories(asDocument, found),
    authors: readAuthors(asDocument, url, found),
    image: pictures[0],
    ...readExternal(asDocument, url, site, found),
    ...readAttached(entry, asDocument, url, found),
    featured: false,
    trending: false,
    readingTime: readMinutes(asDocument, html, found),
    disclosure: undefined,
    social: { off: false, texts: {}, ...(note === undefined ? summary.social : { useSummary: false }) },
    translation: undefined,
    hold: undefined,
  };
};

/** The content may be too costly. */
const readWithinBounds = (document: EntryDocument, site: Site, found: Findings): PostContent | undefined => {
  try {
    return readEntry(document, site, found);
  } catch (error) {
    if (error instanceof TooCostly) return found.refuse(error.code, "content", error.message);
    throw error;
  }
};

/** A feed has no configurable keys. */
const noKeys = { ignored: [], ownFields: [], isRepaired: false } as const;

/** WordPress lists a post that has a password, with a form in the place of its text. */
const needsPassword = ({ content }: PolledEntry): boolean =>
  /<form\s[^<>]*\bclass="post-password-form\b/.test(contentHtml(content));

/** Returns the content of the post that an entry of a feed becomes, or all reasons why it is refused. */
export const parseEntry = (document: EntryDocument, site: Site): Parsed => {
  if (needsPassword(document.entry)) return { kind: "page", reason: "its text needs a password" };
  const found = findings();
  const content = readWithinBounds(document, site, found);
  return content === undefined || found.reasons.length > 0
    ? { kind: "refused", reasons: found.reasons }
    : { kind: "post", content, warnings: found.warnings, reading: { ...noKeys, origins: found.origins } };
};

const maxTitle = 500;

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Blank lines divide paragraphs. */
const asHtml = (text: string): string =>
  cleanText(text)
    .trim()
    .split(/\n[ \t]*\n\s*/)
    .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll("\n", "<br>\n")}</p>`)
    .join("\n");

const contentHtml = (content: FeedText | undefined): string => {
  if (content === undefined) return "";
  return "html" in content ? content.html : asHtml(content.text);
};

const plain = (text: FeedText | undefined, base: string): string => {
  if (text === undefined) return "";
  return cleanLine("text" in text ? text.text : textOfHtml(sanitiseLine(unescapeOnce(text.html), base)));
};

/** WordPress writes character references in names. */
const plainName = (name: string): string =>
  /&(?:[a-z]\w*|#\w+);/i.test(name) ? plain({ html: name }, "https://localhost/") : name;

interface Title {
  /** The label, if the entry is a note. */
  readonly text: string;
  readonly from: "title" | "heading" | "body";
  /** The text of a note, which has no title. */
  readonly note: { readonly text: string; readonly reason: string } | undefined;
}

/** Ghost's title for a post that has none. */
const untitled = "(Untitled)";

/** A short post (Micro.blog, Mastodon) has no title. Returns undefined if it has no text either. */
const readTitle = (
  { title }: PolledEntry,
  url: string,
  html: string,
  { language, published, site }: NoteContext,
  found: Findings,
): Title | undefined => {
  const written = withinBounds(() => plain(title, url), "title", found);
  const own = written === untitled ? "" : written;
  if (hasVisibleText(own)) return { text: firstSentences(own, maxTitle, language), from: "title", note: undefined };
  const text = noteText(html, language);
  const kind = decideKind({
    named: undefined,
    title: "",
    heading: headingOf(html),
    text: hasVisibleText(text) ? text : "",
    hasPicture: pictureTags(html).length > 0,
    folder: "a feed",
    response: undefined,
    hasOtherType: false,
  });
  if (kind.kind === "article")
    return { text: firstSentences(kind.title, maxTitle, language), from: "heading", note: undefined };
  if (kind.kind !== "note") return undefined;
  return { text: noteLabel(html, { language, published, site }), from: "body", note: { text, reason: kind.reason } };
};

/** Returns the first link to the post, or to a fragment of its page. */
const linkToPost = (html: string, url: string): RegExpExecArray | undefined =>
  [...html.matchAll(/<a [^<>]*>/g)].find(([tag]) => tag.includes(` href="${escapeHtml(url)}`));

/** Returns the start of the last element, which `end`, the end of the text, closes. */
const startOfLast = (html: string, end: string): number => {
  const before = html.lastIndexOf(end, html.length - end.length - 1);
  return before < 0 ? 0 : before + end.length;
};

const withoutLastParagraph = (html: string, url: string): string => {
  const start = html.endsWith("</p>") ? html.indexOf("<p>", startOfLast(html, "</p>")) : -1;
  return start >= 0 && linkToPost(html.slice(start), url) !== undefined ? html.slice(0, start) : html;
};

const withoutLastLink = (html: string, url: string): string => {
  const paragraphEnd = html.endsWith("</p>") ? "</p>" : "";
  const text = html.slice(0, html.length - paragraphEnd.length).trimEnd();
  if (!text.endsWith("</a>")) return html;
  const begin = startOfLast(text, "</a>");
  const link = linkToPost(text.slice(begin), url);
  return link === undefined ? html : text.slice(0, begin + link.index) + paragraphEnd;
};

/**
 * Removes "The post … appeared first on …" and "Continue reading": a last paragraph, or a last link, that leads to the
 * post itself.
 */
const withoutLinkToPost = (html: string, url: string): string =>
  withoutLastLink(withoutLastParagraph(html.trimEnd(), url).trimEnd(), url);

/**
 * Returns the author's own summary as plain text. Returns undefined if a generator cut it from the beginning of the
 * content, which Crier cuts better.
 */
const ownSummary = ({ summary }: PolledEntry, url: string, html: string): string | undefined => {
  if (summary === undefined) return undefined;
  const sanitised =
    "html" in summary ? withoutLinkToPost(sanitiseBody(unescapeOnce(summary.html), url), url) : undefined;
  const text = withCutMark(sanitised === undefined ? plain(summary, url) : cleanLine(textOfHtml(sanitised)));
  const compared = (one: string): string => one.replaceAll(/[^\p{L}\p{N}]+/gu, "");
  const isCut = compared(textOfHtml(html)).startsWith(compared(text));
  return hasVisibleText(text) && !isCut ? text : undefined;
};
