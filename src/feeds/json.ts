import type { Person } from "../domain/site.ts";
import { iso } from "../domain/time.ts";
import { isClean } from "./characters.ts";
import { type EntryReading, type Format, moment, problemsOf } from "./format.ts";
import type { EntryView, FeedView } from "./view.ts";

const file = "feed.json";
const version = "https://jsonfeed.org/version/1.1";

const authors = (people: readonly Person[]) => people.map(({ name, url }) => ({ name, url }));

/** What JSON Feed has no word for. Absent where there is nothing to say. */
const extension = ({ disclosure, image, syndication }: EntryView) => {
  const more = {
    generated_by: disclosure,
    syndication: syndication.length > 0 ? syndication : undefined,
    image_alt: image?.alt,
    image_credit: image?.credit,
  };
  return Object.values(more).some((value) => value !== undefined) ? more : undefined;
};

const content = (entry: EntryView, view: FeedView) =>
  view.content === "full" && entry.html !== ""
    ? { content_html: entry.html }
    : { content_text: entry.summary === "" ? entry.title : entry.summary };

const item = (entry: EntryView, view: FeedView) => ({
  id: entry.id,
  url: entry.url,
  title: entry.title,
  ...content(entry, view),
  summary: entry.summary === "" ? undefined : entry.summary,
  image: entry.image?.url,
  date_published: iso(entry.published),
  date_modified: iso(entry.updated),
  authors: entry.authors.length > 0 ? authors(entry.authors) : undefined,
  tags: entry.categories.length > 0 ? entry.categories : undefined,
  language: entry.language === "" || entry.language === view.language ? undefined : entry.language,
  _crier: extension(entry),
});

const write = (view: FeedView): string =>
  `${JSON.stringify(
    {
      version,
      title: view.title,
      home_page_url: view.homeUrl,
      feed_url: view.baseUrl + file,
      description: view.description,
      authors: authors([view.author]),
      language: view.language === "" ? undefined : view.language,
      items: view.entries.map((entry) => item(entry, view)),
    },
    null,
    2,
  )}\n`;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const string = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const allClean = (value: unknown): boolean =>
  typeof value === "string"
    ? isClean(value)
    : typeof value !== "object" || value === null || Object.values(value).every(allClean);

const readItem = (item: unknown): EntryReading => {
  const fields = isFields(item) ? item : {};
  return {
    id: string(fields.id),
    title: string(fields.title),
    published: moment(string(fields.date_published)),
    problems: problemsOf({
      "has no absolute link": !/^https?:/.test(string(fields.url) ?? ""),
      "has no content": string(fields.content_html) === undefined && string(fields.content_text) === undefined,
      "does not say when it was changed": moment(string(fields.date_modified)) === undefined,
      "holds characters that no feed may hold": !allClean(fields),
    }),
  };
};

/** JSON Feed 1.1 (`feed` writes version 1). */
export const json: Format = {
  file,
  mediaType: "application/feed+json",
  name: "JSON Feed",
  about: "For apps and scripts that prefer JSON.",
  write,
  read: (text, view) => {
    const parsed: unknown = JSON.parse(text);
    const fields = isFields(parsed) ? parsed : {};
    return {
      problems: problemsOf({
        "is no JSON Feed 1.1": fields.version !== version,
        "has no title": !fields.title,
        "does not name its page": !string(fields.home_page_url),
        "does not name its own address": fields.feed_url !== view.baseUrl + file,
        "has no author": !Array.isArray(fields.authors) || fields.authors.length === 0,
        "has no items": !Array.isArray(fields.items),
      }),
      entries: Array.isArray(fields.items) ? fields.items.map(readItem) : [],
    };
  },
};
