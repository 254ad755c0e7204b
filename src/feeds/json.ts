import { isRecord } from "../domain/json-value.ts";
import type { Person } from "../domain/site.ts";
import { iso } from "../domain/time.ts";
import { isClean } from "./clean-values.ts";
import {
  type Enclosure,
  type EntryContext,
  type EntryReading,
  type FileParts,
  type Format,
  type Frame,
  fileUrl,
  joinParts,
  listProblems,
  makeFrame,
  parseMoment,
  sameList,
  uncleanProblem,
} from "./format.ts";
import { readerFiles } from "./reader-files.ts";
import type { EnclosureView, EntryView, FeedView } from "./view.ts";

const files = readerFiles.json;
const version = "https://jsonfeed.org/version/1.1";

const authors = (people: readonly Person[]) => people.map(({ name, url }) => ({ name, url }));

/** Returns the fields that JSON Feed does not have, or undefined if all are empty. */
const extension = ({ disclosure, image, syndication, translations }: EntryView) => {
  const more = {
    generated_by: disclosure,
    translations: translations.length > 0 ? translations : undefined,
    syndication: syndication.length > 0 ? syndication : undefined,
    image_alt: image?.alt,
    image_credit: image?.credit,
    image_credit_url: image?.creditUrl,
  };
  return Object.values(more).some((value) => value !== undefined) ? more : undefined;
};

const attachment = ({ url, mediaType, length }: EnclosureView, { episode }: EntryView) => ({
  url,
  mime_type: mediaType,
  size_in_bytes: length,
  duration_in_seconds: episode?.duration,
});

const content = (entry: EntryView) =>
  entry.html !== ""
    ? { content_html: entry.html }
    : { content_text: entry.summary === "" ? entry.label : entry.summary };

const item = (entry: EntryView, context: EntryContext) => ({
  id: entry.id,
  url: entry.url,
  external_url: entry.external,
  title: entry.title,
  ...content(entry),
  // The summary of a note would be its text once more.
  summary: entry.summary === "" || entry.title === undefined ? undefined : entry.summary,
  image: entry.image?.url,
  date_published: iso(entry.published),
  date_modified: iso(entry.updated),
  authors: entry.authors.length > 0 ? authors(entry.authors) : undefined,
  tags: entry.categories.length > 0 ? entry.categories.map(({ name }) => name) : undefined,
  language: entry.language === "" || entry.language === context.language ? undefined : entry.language,
  attachments: entry.enclosure && [attachment(entry.enclosure, entry)],
  _crier: extension(entry),
});

/** In JSON Feed each page links to the page with older posts. */
const nextUrl = (view: FeedView): string | undefined =>
  view.archive?.previous === undefined ? undefined : fileUrl(view, files, view.archive.previous);

const emptyTail = "]\n}\n";

const frame = (view: FeedView): Frame => {
  const fields = {
    version,
    title: view.title,
    home_page_url: view.homeUrl,
    feed_url: fileUrl(view, files),
    description: view.description,
    next_url: nextUrl(view),
    authors: authors([view.author]),
    language: view.language === "" ? undefined : view.language,
    hubs: view.hubs.length > 0 ? view.hubs.map((url) => ({ type: "WebSub", url })) : undefined,
    // JSON Feed has no field for what wrote the feed.
    _crier: { generator: "Crier", licence: view.licence },
    items: [],
  };
  const empty = makeFrame(`${JSON.stringify(fields, null, 2)}\n`, emptyTail);
  return { ...empty, separator: ",", tail: `\n  ${emptyTail}` };
};

const parts = (view: FeedView): FileParts => ({
  frame: frame(view),
  entries: view.entries.map((entry) => `\n${JSON.stringify(item(entry, view), null, 2)}`.replaceAll("\n", "\n    ")),
});

type Fields = Readonly<Record<string, unknown>>;

const asString = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const allClean = (value: unknown): boolean =>
  typeof value === "string"
    ? isClean(value)
    : typeof value !== "object" || value === null || Object.values(value).every(allClean);

const recordsIn = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const readAttachment = ({ url, mime_type, size_in_bytes }: Fields): Enclosure => ({
  url: asString(url),
  mediaType: asString(mime_type),
  length: typeof size_in_bytes === "number" ? size_in_bytes : undefined,
});

const isLicence = (extension: unknown, { licence }: FeedView): boolean => {
  const found = isRecord(extension) && isRecord(extension.licence) ? extension.licence : {};
  return found.name === licence?.name && found.url === licence?.url;
};

const readItem = (item: unknown): EntryReading => {
  const fields = isRecord(item) ? item : {};
  return {
    id: asString(fields.id),
    title: asString(fields.title),
    published: parseMoment(asString(fields.date_published)),
    body: asString(fields.content_html) ?? "",
    enclosures: recordsIn(fields.attachments).map(readAttachment),
    problems: listProblems({
      "has no absolute link": !/^https?:/.test(asString(fields.url) ?? ""),
      "has no content": asString(fields.content_html) === undefined && asString(fields.content_text) === undefined,
      "has no date of change": parseMoment(asString(fields.date_modified)) === undefined,
      [uncleanProblem]: !allClean({ ...fields, content_html: undefined }),
    }),
  };
};

/** Writes JSON Feed 1.1 (the library `feed` writes version 1). */
export const json: Format = {
  ...files,
  name: "JSON Feed",
  parts,
  write: (view) => joinParts(parts(view)),
  read: (text, view) => {
    const parsed: unknown = JSON.parse(text);
    const fields = isRecord(parsed) ? parsed : {};
    return {
      problems: listProblems({
        "is not JSON Feed 1.1": fields.version !== version,
        "has no title": !fields.title,
        "does not name its page": !asString(fields.home_page_url),
        "does not name its own address": fields.feed_url !== fileUrl(view, files),
        "has no link to the previous archive page, or has one on the first page": fields.next_url !== nextUrl(view),
        "does not name exactly its hubs": !sameList(
          recordsIn(fields.hubs).map(({ type, url }) => (type === "WebSub" ? url : type)),
          view.hubs,
        ),
        "does not name its licence": !isLicence(fields._crier, view),
        "has no author": !Array.isArray(fields.authors) || fields.authors.length === 0,
        "has no items": !Array.isArray(fields.items),
      }),
      entries: Array.isArray(fields.items) ? fields.items.map(readItem) : [],
    };
  },
};
