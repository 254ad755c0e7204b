import { maxDocument } from "../domain/document.ts";
import { type Findings, findings } from "../domain/findings.ts";
import type { PostContent } from "../domain/post.ts";
import { type ResolveReference, referenceTarget } from "../domain/reference.ts";
import type { Site } from "../domain/site.ts";
import { cleanLine, cleanText, firstSentences, hasVisibleText } from "../domain/text.ts";
import { repairText } from "../domain/text-repair.ts";
import { TooCostly } from "../markdown/bounds.ts";
import { renderBody } from "../markdown/markdown.ts";
import { escapeHtml, textOfHtml, withDirection, writtenAttribute } from "../markdown/sanitise.ts";
import type { ParseContext, Parsed } from "../ports/content.ts";
import type { LocatedDocument } from "./compare-addresses.ts";
import { hasDate, readDates } from "./dates.ts";
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
import { isLanguage } from "./page-path.ts";
import { plainText } from "./plain-text.ts";
import { locate, readPermalink, readTranslationGroup } from "./post-address.ts";
import { readAuthors, readCategories, readImage, readMinutes } from "./post-fields.ts";
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

/** Tells how the title becomes one, with the key that probably has it. */
const howToTitle = ({ ignored }: Opened): string => {
  const candidates = ignored.filter(canBeTitle);
  const meant = candidates.find(({ key }) => similarKey(key) === "title");
  if (meant !== undefined) return `did you mean \`${meant.key}\` as the title? Write \`title\`.`;
  const own = candidates.find(({ key }) => titleWord.test(key));
  return own === undefined
    ? "add `title: …` to the front matter."
    : `if \`${own.key}\` is the title, say so in the site's configuration: fields: { title: ${JSON.stringify(own.key)} }`;
};

/** A draft may have no title: lists show its file's name until it has one. */
const readTitle = (opened: Opened, draftName: string | undefined, site: Site, found: Findings): string | undefined => {
  const title = chooseText(
    "title",
    asLines(opened.fields("title")).filter(({ text }) => hasVisibleText(text)),
    found,
  );
  const text = title === undefined ? "" : plainText(title.text, title.key, found);
  if (title === undefined || text === "")
    return draftName ?? found.refuse("title-missing", "title", `It has no title: ${howToTitle(opened)}`);
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

interface DocumentContext extends Omit<ParseContext, "links"> {
  /** Resolves the documents that it refers to. */
  readonly resolve?: ResolveReference;
}

const readContent = (
  opened: Opened,
  path: string,
  site: Site,
  found: Findings,
  { firstRead, resolve }: DocumentContext,
): PostContent | undefined => {
  const { fields } = opened;
  const hold = holdReason(fields, path, site);
  const title = readTitle(opened, hold && cleanLine(path), site, found);
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
  const summary = readSummary(fields, body, url, language, found);
  return {
    ...address,
    ...dates,
    title,
    translation: readTranslationGroup(fields, path, found),
    summary: summary.text,
    html: withDirection(isShown(body.html) ? body.html : linkAlone(opened.body, body.html, url, title), language),
    categories,
    authors: readAuthors(fields, url, found),
    image: readImage(fields, url, found),
    featured: fields("featured").some(({ value }) => isYes(value)),
    trending: fields("trending").some(({ value }) => isYes(value)),
    readingTime: readMinutes(fields, body.html, found),
    disclosure: optionalText(
      fields("disclosure").filter(({ value }) => !isNo(value)),
      found,
    ),
    social: { ...readSocial(fields, body.rendered.snippets, found), ...summary.social },
    hold,
  };
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
  if (located === undefined || title === undefined || found.reasons.length > 0) return undefined;
  const { url, language } = located.address;
  return { path, url, title: title.text, language, facts: located.facts };
};

/** Returns the content of a post, the reason why the document is a page, or all reasons why it is refused. */
export const parseDocument = (bytes: Uint8Array, path: string, site: Site, context: DocumentContext = {}): Parsed => {
  const found = findings();
  const opened = openDocument(bytes, path, site, context.isSectionIndex ?? false, found);
  if (opened?.page !== undefined) return { kind: "page", reason: opened.page };
  const content = opened && readWithinBounds(opened, path, site, found, context);
  const reading = opened && {
    origins: found.origins,
    ignored: opened.ignored.map(({ key }) => key),
    ownFields: configuredFields(opened.fields, site.fields),
    isRepaired: opened.isRepaired,
  };
  return content === undefined || found.reasons.length > 0
    ? { kind: "refused", reasons: found.reasons, ...(reading && { reading }) }
    : { kind: "post", content, warnings: found.warnings, ...(reading && { reading }) };
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

/** Eleventy names a layout with its file: `layouts/page.njk`. */
const isNamed = ({ value }: Field, ...names: readonly string[]): boolean =>
  names.includes(
    asLine(value)
      ?.toLowerCase()
      .split("/")
      .at(-1)
      ?.split(".")
      .find((part) => part !== "") ?? "",
  );

/** Returns the reason why a document's front matter makes it a page of its site and not a post, or undefined. */
const pageByFields = (fields: Fields, path: string, hasDate: boolean): string | undefined => {
  const [type] = fields("type").filter((field) => isNamed(field, "page"));
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
