import { maxDocument } from "../domain/document.ts";
import { type Findings, findings } from "../domain/findings.ts";
import { cutNote, noteLabel, picturesIn, wholeText } from "../domain/note-text.ts";
import { type Image, maxPictures, type PostContent } from "../domain/post.ts";
import { type ResolveReference, referenceTarget } from "../domain/reference.ts";
import type { Site } from "../domain/site.ts";
import { cleanLine, cleanText, firstSentences, hasVisibleText, lengthOf } from "../domain/text.ts";
import { repairText } from "../domain/text-repair.ts";
import { TooCostly } from "../markdown/bounds.ts";
import { type Body, renderBody } from "../markdown/markdown.ts";
import { escapeHtml, textOfHtml, withDirection, writtenAttribute } from "../markdown/sanitise.ts";
import type { ParseContext, Parsed } from "../ports/content.ts";
import type { LocatedDocument } from "./compare-addresses.ts";
import { hasDate, readDates } from "./dates.ts";
import { readExternal } from "./external-link.ts";
import {
  asLine,
  asLines,
  chooseText,
  configuredFields,
  type Field,
  type Fields,
  ignoredKeys,
  isNo,
  isYes,
  optionalText,
  readFields,
  similarKey,
  splitDocument,
  warnOfUnread,
} from "./front-matter.ts";
import {
  decideKind,
  folderOfNotes,
  hasOtherType,
  headingOf,
  layoutName,
  maxNote,
  namedKind,
  pictureTags,
  withoutHeading,
} from "./kind.ts";
import { isLanguage } from "./page-path.ts";
import { plainText } from "./plain-text.ts";
import { locate, readPermalink, readTranslationGroup } from "./post-address.ts";
import { readAuthors, readCategories, readImages, readMinutes, withPictures } from "./post-fields.ts";
import { readAttachment } from "./read-attachment.ts";
import { readSocial } from "./social.ts";
import { readSummary } from "./summary.ts";

const maxTitle = 500;

/** Decodes UTF-8 and removes the byte order mark. */
const decode = (bytes: Uint8Array, found: Findings): string | undefined => {
  if (bytes.length > maxDocument)
    return found.refuse("document-too-large", undefined, "The document is longer than 5 MiB: shorten or split it.");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return found.refuse(
      "encoding-invalid",
      undefined,
      "The document is not valid UTF-8: save it as UTF-8 in your editor.",
    );
  }
};

interface Opened {
  readonly fields: Fields;
  readonly body: string;
  /** The keys that are not read. */
  readonly ignored: readonly Field[];
  readonly isRepaired: boolean;
}

/** Matches a key that ends with the word for a title in one of these languages. The title of a picture is `title_image`. */
const titleWord =
  /(?:titel|title|titol|titul[oe]?|título|titre|tytuł|headline|heading|标题|標題|タイトル|제목|заголовок)$/i;

/** False for an address, the name of a file, and a flag. */
const canBeTitle = ({ value }: Field): boolean =>
  hasVisibleText(asLine(value) ?? "") &&
  !isYes(value) &&
  !isNo(value) &&
  !/^(?:https?:|[./])\S+$|^\S+\.[a-z]{2,4}$/i.test(asLine(value) ?? "");

/** Tells how the key that probably has the title becomes one. */
const howToTitle = ({ ignored }: Opened): string | undefined => {
  const candidates = ignored.filter(canBeTitle);
  const meant = candidates.find(({ key }) => similarKey(key) === "title");
  if (meant !== undefined) return `did you mean \`${meant.key}\` as the title? Write \`title\`.`;
  const own = candidates.find(({ key }) => titleWord.test(key));
  return own === undefined
    ? undefined
    : `if \`${own.key}\` is the title, say so in the site's configuration: fields: { title: ${JSON.stringify(own.key)} }`;
};

/** Returns "" without a title. A key that probably has the title refuses the document, unless it is a draft. */
const readTitle = (opened: Opened, isDraft: boolean, site: Site, found: Findings): string | undefined => {
  const title = chooseText(
    "title",
    asLines(opened.fields("title")).filter(({ text }) => hasVisibleText(text)),
    found,
  );
  const text = title === undefined ? "" : plainText(title.text, title.key, found);
  const unread = opened.fields("title").find(({ value }) => typeof value === "object");
  if (text === "" && !isDraft && unread !== undefined)
    return found.refuse("title-missing", "title", `\`${unread.key}\` is not a text: write it as one line.`);
  if (title === undefined || text === "") {
    const remedy = isDraft ? undefined : howToTitle(opened);
    return remedy === undefined ? "" : found.refuse("title-missing", "title", `It has no title: ${remedy}`);
  }
  if (text.length <= maxTitle) return text;
  found.warn("title-cut", title.key, `\`${title.key}\` is longer than ${maxTitle} characters: it was cut.`);
  return firstSentences(text, maxTitle, site.language);
};

/** A link to a document that is not a post is replaced by its text. */
const resolveOrWarn =
  (resolve: ResolveReference, found: Findings): ResolveReference =>
  (reference) =>
    resolve(reference) ??
    found.warn(
      "link-unresolved",
      "body",
      `There is no post behind the link to "${referenceTarget(reference).slice(0, 80)}": its text is shown without a link.`,
    );

const isShown = (html: string): boolean => hasVisibleText(textOfHtml(html)) || /<(?:img|hr)\b/.test(html);

const comment =
  /<!--[\s\S]*?(?:-->|$)|\{\/\*[\s\S]*?(?:\*\/\}|$)|\{\{\/\*[\s\S]*?(?:\*\/\}\}|$)|\{%-?\s*comment\b[\s\S]*?(?:\{%-?\s*endcomment\b|$)/g;

/** Matches a tag, a component or an element that shows something on the page, except tags that only direct a template. */
const embed =
  /\{(?:%-?|\{[<%])\s*(?!(?:end\w*|raw|assign|capture|set|if|unless|else|elsif|case|when|for|toc)\b)\w|<(?:(?:script|iframe|embed|object|svg|canvas|video|audio|form)\b|[A-Z]|[a-z]+-)/;

/**
 * Returns the link that an entry shows instead of a body of which nothing is left, such as an embed that Crier does not
 * know: to the page that the body links to, or to the post's own. A body that shows nothing on its page stays empty.
 */
const linkAlone = (markdown: string, html: string, url: string, title: string): string => {
  const linked = writtenAttribute(/<a [^<>]*>/.exec(html)?.[0] ?? "", "href");
  const own = embed.test(markdown.replaceAll(comment, "")) ? escapeHtml(url) : undefined;
  const target = linked ?? own;
  return target === undefined ? "" : `<p><a href="${target}">${escapeHtml(title)}</a></p>`;
};

/** The parts of the content that an article and a note read differently. */
interface Told extends Pick<PostContent, "title" | "summary" | "html" | "social"> {
  /** Those that networks may get, the picture of the post first. */
  readonly images: readonly Image[];
  /** Undefined for an article. */
  readonly whyNote: string | undefined;
}

interface ToldFrom extends Pick<PostContent, "title" | "url" | "language" | "published"> {
  readonly path: string;
  readonly site: Site;
  readonly body: Body;
  /** The pictures that the front matter names. */
  readonly pictures: readonly Image[];
  readonly isDraft: boolean;
}

/** The body, or the link that stands for one of which nothing is shown. */
const shownHtml = (opened: Opened, { title, url, body }: Pick<ToldFrom, "title" | "url" | "body">): string =>
  isShown(body.html) ? body.html : linkAlone(opened.body, body.html, url, title || url);

const tellArticle = (opened: Opened, { title, url, language, body, pictures }: ToldFrom, found: Findings): Told => {
  const summary = readSummary(opened.fields, body, url, language, found);
  return {
    whyNote: undefined,
    title,
    summary: summary.text,
    html: shownHtml(opened, { title, url, body }),
    images: pictures,
    social: { ...readSocial(opened.fields, body.rendered.snippets, found), ...summary.social },
  };
};

const tellNote = (
  opened: Opened,
  from: ToldFrom,
  { text, reason }: { readonly text: string; readonly reason: string },
  found: Findings,
): Told => {
  const { fields } = opened;
  const { rendered } = from.body;
  const html = withPictures(from.body.html, from.pictures);
  const social = readSocial(fields, rendered.snippets, found, { isNote: true });
  found.readFrom("summary", "the body");
  return {
    whyNote: reason,
    title: noteLabel(html, from),
    summary: text,
    html,
    images: [
      ...picturesIn(html).map((shown) => ({ ...from.pictures.find(({ url }) => url === shown.url), ...shown })),
      ...from.pictures.filter(({ isSource }) => isSource),
    ],
    social: { ...social, useSummary: false },
  };
};

const whyUntitled = (length: number): string =>
  length > maxNote
    ? `It has no title and is longer than a note (${length.toLocaleString("en")} characters): add \`title: …\`, or \`type: note\`.`
    : "It has no title: add `title: …` to the front matter.";

const withTitleLeftOut = ({ html, rendered }: Body): Body => ({
  html: withoutHeading(html),
  rendered: { ...rendered, before: rendered.before && withoutHeading(rendered.before) },
});

/** Decides whether the document is an article, a note or a page, and reads it as such. */
const tell = (opened: Opened, from: ToldFrom, found: Findings): Told | { readonly page: string } | undefined => {
  const { fields } = opened;
  const named = namedKind(fields);
  const [response] = fields("response");
  // Most documents are articles, whose text is not needed here.
  if (from.title !== "" && named === undefined && response === undefined) return tellArticle(opened, from, found);
  const html = shownHtml(opened, from);
  const text = wholeText(html, from.language);
  const kind = decideKind({
    named,
    title: from.title,
    heading: headingOf(html),
    text: hasVisibleText(text) ? text : "",
    hasPicture: pictureTags(html).length > 0 || from.pictures.length > 0,
    folder: folderOfNotes(from.path, from.site),
    response,
    hasOtherType: hasOtherType(fields),
  });
  switch (kind.kind) {
    case "page":
      return { page: kind.reason };
    case "empty":
      // Lists show the name of a draft's file until it has a title.
      if (from.isDraft) return tellArticle(opened, { ...from, title: cleanLine(from.path) }, found);
      return found.refuse("note-empty", "title", "It has neither a title nor a text nor a picture: write one of them.");
    case "untitled":
      if (from.isDraft) return tellArticle(opened, { ...from, title: cleanLine(from.path) }, found);
      return found.refuse("title-missing", "title", whyUntitled(lengthOf(text)));
    case "article":
      if (from.title !== "") return tellArticle(opened, from, found);
      found.readFrom("title", "the heading");
      return tellArticle(
        opened,
        { ...from, title: firstSentences(kind.title, maxTitle, from.language), body: withTitleLeftOut(from.body) },
        found,
      );
    case "note":
      found.readFrom("title", `nothing: it is a note, because ${kind.reason}`);
      return tellNote(
        opened,
        { ...from, body: { ...from.body, html } },
        { text: cutNote(text, from.language), reason: kind.reason },
        found,
      );
  }
};

interface DocumentContext extends Omit<ParseContext, "links"> {
  /** Resolves the documents that it refers to. */
  readonly resolve?: ResolveReference;
}

type ReadContent =
  | { readonly kind: "post"; readonly content: PostContent }
  /** The reason is a sentence for people. */
  | { readonly kind: "page"; readonly reason: string };

const readContent = (
  opened: Opened,
  path: string,
  site: Site,
  found: Findings,
  { firstRead, resolve }: DocumentContext,
): ReadContent | undefined => {
  const { fields } = opened;
  const hold = holdReason(fields, path, site);
  const title = readTitle(opened, hold !== undefined, site, found);
  const dates = readDates(fields, readPermalink(fields)?.text, path, { zone: site.timeZone, found });
  const address = locate(fields, path, { ...dates, firstRead }, site, found)?.address;
  const categories = readCategories(fields, found);
  warnOfUnread(opened.ignored, fields, site, found);
  if (title === undefined || address === undefined || found.reasons.length > 0) return undefined;
  const { url, language } = address;
  const body = renderBody(
    opened.body,
    url,
    { isMdx: /\.mdx$/i.test(path), ...(resolve && { resolve: resolveOrWarn(resolve, found) }) },
    found,
  );
  if (body === undefined) return undefined;
  const pictures = readImages(fields, { url, path, site }, found);
  const context = { path, site, url, language, pictures, isDraft: hold !== undefined };
  const told = tell(opened, { ...context, title, published: dates.published, body }, found);
  if (told === undefined || "page" in told) return told && { kind: "page", reason: told.page };
  const content = {
    ...address,
    ...dates,
    title: told.title,
    ...(told.whyNote !== undefined && { isNote: true, whyNote: told.whyNote }),
    ...((told.whyNote !== undefined || told.images.length > 1) && { images: told.images.slice(0, maxPictures) }),
    translation: readTranslationGroup(fields, path, found),
    summary: told.summary,
    html: withDirection(told.html, language),
    categories,
    authors: readAuthors(fields, url, found),
    image: told.images[0],
    ...readExternal(fields, url, site, found),
    ...readAttachment(fields, { ignored: opened.ignored, html: body.rendered.html, base: url }, found),
    featured: fields("featured").some(({ value }) => isYes(value)),
    trending: fields("trending").some(({ value }) => isYes(value)),
    readingTime: readMinutes(fields, body.html, found),
    disclosure: optionalText(
      fields("disclosure").filter(({ value }) => !isNo(value)),
      found,
    ),
    social: told.social,
    hold,
  };
  return { kind: "post", content };
};

/**
 * Texts of the front matter may be HTML, and texts for the networks are parsed again, so each of them may be too
 * costly.
 */
const readWithinBounds: typeof readContent = (opened, path, site, found, context) => {
  try {
    return readContent(opened, path, site, found, context);
  } catch (error) {
    if (error instanceof TooCostly) return found.refuse(error.code, undefined, error.message);
    throw error;
  }
};

/**
 * Returns the fields and the body, or the reason why the document is a page. Returns undefined if it cannot be read,
 * and the findings say why.
 */
const openDocument = (bytes: Uint8Array, path: string, site: Site, isSectionIndex: boolean, found: Findings) => {
  const reason = pageByName(path, isSectionIndex);
  if (reason !== undefined) return { page: reason };
  const text = decode(bytes, found);
  const repaired = text === undefined ? undefined : repairText(text);
  const parts = repaired === undefined ? undefined : splitDocument(cleanText(repaired), found);
  if (parts === undefined) return undefined;
  const fields = readFields(parts.fields, site.fields);
  const page = pageByFields(fields, path, hasDate(fields, readPermalink(fields)?.text, path));
  if (page !== undefined) return { page };
  const ignored = ignoredKeys(parts.fields, site);
  return { fields, body: parts.body, ignored, isRepaired: repaired !== text };
};

/** Returns only the address of a document, or undefined if it is held, refused or a page. */
export const locateDocument = (
  bytes: Uint8Array,
  path: string,
  site: Site,
  isSectionIndex: boolean,
): LocatedDocument | undefined => {
  const found = findings();
  const fields = openDocument(bytes, path, site, isSectionIndex, found)?.fields;
  if (fields === undefined || holdReason(fields, path, site) !== undefined) return undefined;
  const dates = readDates(fields, readPermalink(fields)?.text, path, { zone: site.timeZone, found });
  const located = locate(fields, path, dates, site, found);
  const [title] = asLines(fields("title"));
  if (located === undefined || found.reasons.length > 0) return undefined;
  const { url, language } = located.address;
  return { path, url, title: title?.text ?? "", language, facts: located.facts };
};

/** Returns the content of a post, the reason why the document is a page, or all reasons why it is refused. */
export const parseDocument = (bytes: Uint8Array, path: string, site: Site, context: DocumentContext = {}): Parsed => {
  const found = findings();
  const opened = openDocument(bytes, path, site, context.isSectionIndex ?? false, found);
  if (opened?.page !== undefined) return { kind: "page", reason: opened.page };
  const read = opened && readWithinBounds(opened, path, site, found, context);
  if (read?.kind === "page") return read;
  const reading = opened && {
    origins: found.origins,
    ignored: opened.ignored.map(({ key }) => key),
    ownFields: configuredFields(opened.fields, site.fields),
    isRepaired: opened.isRepaired,
  };
  return read === undefined || found.reasons.length > 0
    ? { kind: "refused", reasons: found.reasons, ...(reading && { reading }) }
    : { ...read, warnings: found.warnings, ...(reading && { reading }) };
};

/** Returns the reason why a document's name makes it a page of its site and not a post, or undefined. */
const pageByName = (path: string, isSectionIndex: boolean): string | undefined => {
  const segments = path.split("/");
  const [, name = ""] = /^(readme|404|_index|index)(?:\.[\w-]+)?\.[^.]+$/i.exec(segments.at(-1) ?? "") ?? [];
  const folder = segments.slice(0, -1).join("/");
  switch (name.toLowerCase()) {
    case "readme":
    case "404":
      return `Its name is ${name}.`;
    case "_index":
      return "It is the index of a section (`_index`).";
    case "index":
      if (folder === "" || (segments.length === 2 && isLanguage(folder))) return "It is the index of the site.";
      return isSectionIndex ? `It is the index of the folder ${folder}, which holds other documents.` : undefined;
    default:
      return undefined;
  }
};

const quote = ({ key, value }: Field): string => `\`${key}: ${asLine(value) ?? String(value)}\``;

const isNamed = ({ value }: Field, ...names: readonly string[]): boolean => names.includes(layoutName(value));

/** Returns the reason why a document's front matter makes it a page of its site and not a post, or undefined. */
const pageByFields = (fields: Fields, path: string, hasDate: boolean): string | undefined => {
  const [type] = fields("type", "kind").filter((field) => isNamed(field, "page"));
  if (type !== undefined) return `It is of the type page (${quote(type)}).`;
  const [layout] = fields("layout").filter((field) => isNamed(field, "page", "home"));
  if (layout !== undefined) return `Its layout is for a page (${quote(layout)}).`;
  const [excluded] = fields("excluded").filter(({ value }) => isYes(value));
  if (excluded !== undefined) return `It is in no collection (${quote(excluded)}).`;
  if (hasDate || path.split("/").some((folder) => /^_(?:posts|drafts)$/.test(folder))) return undefined;
  const [usual] = [
    ...fields("layout").filter((field) => isNamed(field, "default")),
    ...fields("sitemap").filter(({ value }) => isNo(value)),
  ];
  if (usual !== undefined) return `It has no date, and ${quote(usual)}.`;
  if (fields("title").length > 0 || fields("draft").some(({ value }) => isYes(value))) return undefined;
  const [shell] = [
    ...fields("redirect"),
    ...fields("template"),
    ...fields("layout").filter((field) => !isNamed(field, "post", "article", "blog", "note", "entry")),
  ];
  return shell === undefined ? undefined : `It has neither a title nor a date, and ${quote(shell)}.`;
};

/** Returns the reason why the document must not be published, for people. A value that is not understood holds the document, too. */
const holdReason = (fields: Fields, path: string, site: Pick<Site, "publishStatuses">): string | undefined => {
  const quote = ({ key, value }: Field) => `\`${key}: ${asLine(value) ?? String(isYes(value))}\``;
  const [draft] = fields("draft").filter(({ value }) => !isNo(value));
  if (draft !== undefined) return `It is a draft (${quote(draft)}).`;
  const [hidden] = fields("hidden").filter(({ value }) => !isNo(value));
  if (hidden !== undefined) return `It is not public (${quote(hidden)}).`;
  const [unpublished] = fields("shown").filter(({ value }) => isNo(value));
  if (unpublished !== undefined) return `It is not published (${quote(unpublished)}).`;
  if (isInFolderOfDrafts(path)) return "It is in a folder of drafts.";
  // Eleventy writes no page for a document with `permalink: false`.
  const [pageless] = fields("permalink").filter(({ value }) => value === false);
  if (pageless !== undefined) return `It has no page (${quote(pageless)}).`;
  const [visible] = fields("visibility").filter(({ value }) => asLine(value)?.toLowerCase() !== "public");
  if (visible !== undefined) return `It is not public (${quote(visible)}).`;
  return holdByStatus(fields, site);
};

const isInFolderOfDrafts = (path: string): boolean =>
  path
    .split("/")
    .slice(0, -1)
    .some((folder) => /^_?drafts?$/i.test(folder));

const holdByStatus = (fields: Fields, { publishStatuses }: Pick<Site, "publishStatuses">): string | undefined => {
  const [held] = fields("status")
    .map(({ key, value }) => ({ key, status: asLine(value)?.toLowerCase() }))
    .filter(({ status }) => status === undefined || !publishStatuses.includes(status));
  if (held === undefined) return undefined;
  const { key, status } = held;
  return status !== undefined && /^(draft|private|archived)$/.test(status)
    ? `Its status is ${status} (\`${key}\`).`
    : `Its status "${status ?? "(not a text)"}" (\`${key}\`) is unknown; these publish: ${publishStatuses.join(", ")}.`;
};
