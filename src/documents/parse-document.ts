import { maxDocument } from "../domain/document.ts";
import { type Findings, findings } from "../domain/findings.ts";
import type { PostContent } from "../domain/post.ts";
import { type ResolveReference, targetOf } from "../domain/reference.ts";
import type { Site } from "../domain/site.ts";
import { cleanLine, cleanText, hasVisibleText } from "../domain/text.ts";
import { repairText } from "../domain/text-repair.ts";
import { bodyOf } from "../markdown/body.ts";
import { TooCostly } from "../markdown/bounds.ts";
import { withDirection } from "../markdown/direction.ts";
import type { ParseContext, Parsed } from "../ports/content.ts";
import { authorsOf } from "./authors.ts";
import { categoriesOf } from "./categories.ts";
import type { LocatedDocument } from "./compare-addresses.ts";
import { datesOf, hasDate } from "./dates.ts";
import {
  chooseText,
  type Field,
  type Fields,
  fieldsOf,
  isNo,
  isYes,
  optionalText,
  ownFieldsOf,
  textsOf,
} from "./fields.ts";
import { splitDocument } from "./front-matter.ts";
import { ignoredKeys, similarKey, warnOfUnread } from "./ignored-keys.ts";
import { pageByFields, pageByName } from "./page-reason.ts";
import { plainText } from "./plain-text.ts";
import { locate, permalinkOf } from "./post-address.ts";
import { imageOf } from "./post-image.ts";
import { holdOf } from "./publish-status.ts";
import { readingTimeOf } from "./reading-time.ts";
import { socialOf } from "./social.ts";
import { summaryOf } from "./summary.ts";
import { translationGroupOf } from "./translation-group.ts";

const maxTitle = 500;

/** Without the byte order mark. */
const decode = (bytes: Uint8Array, found: Findings): string | undefined => {
  if (bytes.length > maxDocument)
    return found.refuse("document-too-large", undefined, "The document is longer than 1 MiB: shorten or split it.");
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

/** A draft may still have no title: it has its file's name in lists until then. */
const titleOf = ({ fields, ignored }: Opened, draftName: string | undefined, found: Findings): string | undefined => {
  const title = chooseText(
    "title",
    textsOf(fields("title")).filter(({ text }) => hasVisibleText(text)),
    found,
  );
  if (title === undefined) {
    const meant = ignored.find(({ key }) => similarKey(key) === "title");
    const next =
      meant === undefined
        ? "add `title: …` to the front matter."
        : `did you mean \`${meant.key}\` as the title? Write \`title\`.`;
    return draftName ?? found.refuse("title-missing", "title", `It has no title: ${next}`);
  }
  if (title.text.length > maxTitle)
    return found.refuse(
      "title-too-long",
      title.key,
      `\`${title.key}\` is longer than ${maxTitle} characters: shorten it.`,
    );
  return plainText(title.text, title.key, found);
};

/** A link to a document that is not a post is its text. */
const orWarn =
  (resolve: ResolveReference, found: Findings): ResolveReference =>
  (reference) =>
    resolve(reference) ??
    found.warn(
      "link-unresolved",
      "body",
      `There is no post behind the link to "${targetOf(reference).slice(0, 80)}": its text is shown without a link.`,
    );

interface DocumentContext extends Omit<ParseContext, "links"> {
  /** Where the documents are that it refers to. */
  readonly resolve?: ResolveReference;
}

const contentOf = (
  opened: Opened,
  path: string,
  site: Site,
  found: Findings,
  { firstRead, resolve }: DocumentContext,
): PostContent | undefined => {
  const { fields } = opened;
  const hold = holdOf(fields, path, site);
  const title = titleOf(opened, hold && cleanLine(path), found);
  const dates = datesOf(fields, permalinkOf(fields)?.text, path, { zone: site.timeZone, found });
  const address = locate(fields, path, { ...dates, firstRead }, site, found)?.address;
  const categories = categoriesOf(fields, found);
  warnOfUnread(opened.ignored, fields, site, found);
  if (title === undefined || address === undefined || found.reasons.length > 0) return undefined;
  const { url, language } = address;
  const body = bodyOf(
    opened.body,
    url,
    { isMdx: /\.mdx$/i.test(path), ...(resolve && { resolve: orWarn(resolve, found) }) },
    found,
  );
  if (body === undefined) return undefined;
  const summary = summaryOf(fields, body, url, language, found);
  return {
    ...address,
    ...dates,
    title,
    translation: translationGroupOf(fields, path, found),
    summary: summary.text,
    html: withDirection(body.html, language),
    categories,
    authors: authorsOf(fields, url, found),
    image: imageOf(fields, url, found),
    featured: fields("featured").some(({ value }) => isYes(value)),
    trending: fields("trending").some(({ value }) => isYes(value)),
    readingTime: readingTimeOf(fields, body.html, found),
    disclosure: optionalText(
      fields("disclosure").filter(({ value }) => !isNo(value)),
      found,
    ),
    social: { ...socialOf(fields, body.rendered.snippets, found), ...summary.social },
    hold,
  };
};

/** A text in the front matter may be HTML, too, and a text for the networks is read again on one line. */
const readAll: typeof contentOf = (opened, path, site, found, context) => {
  try {
    return contentOf(opened, path, site, found, context);
  } catch (error) {
    if (error instanceof TooCostly) return found.refuse(error.code, undefined, error.message);
    throw error;
  }
};

/** Its fields and its body, or why it is a page; undefined where the findings say why it cannot be read. */
const open = (bytes: Uint8Array, path: string, site: Site, isSectionIndex: boolean, found: Findings) => {
  const named = pageByName(path, isSectionIndex);
  if (named !== undefined) return { page: named };
  const text = decode(bytes, found);
  const repaired = text === undefined ? undefined : repairText(text);
  const parts = repaired === undefined ? undefined : splitDocument(cleanText(repaired), found);
  if (parts === undefined) return undefined;
  const fields = fieldsOf(parts.fields, site.fields);
  const page = pageByFields(fields, path, hasDate(fields, permalinkOf(fields)?.text, path));
  if (page !== undefined) return { page };
  const ignored = ignoredKeys(parts.fields, site);
  return { fields, body: parts.body, ignored, isRepaired: repaired !== text };
};

/** Only the address of a document; undefined where it is held, refused or a page. */
export const locateDocument = (
  bytes: Uint8Array,
  path: string,
  site: Site,
  isSectionIndex: boolean,
): LocatedDocument | undefined => {
  const found = findings();
  const fields = open(bytes, path, site, isSectionIndex, found)?.fields;
  if (fields === undefined || holdOf(fields, path, site) !== undefined) return undefined;
  const dates = datesOf(fields, permalinkOf(fields)?.text, path, { zone: site.timeZone, found });
  const located = locate(fields, path, dates, site, found);
  const [title] = textsOf(fields("title"));
  if (located === undefined || title === undefined || found.reasons.length > 0) return undefined;
  const { url, language } = located.address;
  return { path, url, title: title.text, language, facts: located.facts };
};

/** The content of a post, why the document is a page, or all reasons why it is refused. */
export const parseDocument = (bytes: Uint8Array, path: string, site: Site, context: DocumentContext = {}): Parsed => {
  const found = findings();
  const opened = open(bytes, path, site, context.isSectionIndex ?? false, found);
  if (opened?.page !== undefined) return { kind: "page", reason: opened.page };
  const content = opened && readAll(opened, path, site, found, context);
  const reading = opened && {
    origins: found.origins,
    ignored: opened.ignored.map(({ key }) => key),
    ownFields: ownFieldsOf(opened.fields, site.fields),
    isRepaired: opened.isRepaired,
  };
  return content === undefined || found.reasons.length > 0
    ? { kind: "refused", reasons: found.reasons, ...(reading && { reading }) }
    : { kind: "post", content, warnings: found.warnings, ...(reading && { reading }) };
};
