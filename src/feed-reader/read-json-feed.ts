import { isRecord } from "../domain/json-value.ts";
import type { FeedText, PolledEntry, PolledFeed } from "../domain/polled-feed.ts";
import type { Person } from "../domain/site.ts";
import { makeFiles, namedPeople, plainTitle, sortFiles, titleText, urlIn } from "./xml-tree.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Accepts numbers, too: many feeds have them as ids. */
const jsonText = (value: unknown): string | undefined =>
  (typeof value === "string" || typeof value === "number" ? String(value).trim() : "") || undefined;

const records = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** JSON Feed 1 has `author` instead of `authors`. */
const jsonAuthors = (fields: Fields, base: string): readonly Person[] =>
  [...records(fields.authors), ...(isRecord(fields.author) ? [fields.author] : [])].flatMap(({ name, url }) =>
    namedPeople(jsonText(name), urlIn(jsonText(url), base), undefined),
  );

const jsonContent = (item: Fields): FeedText | undefined => {
  const html = jsonText(item.content_html);
  if (html !== undefined) return { html };
  const plain = jsonText(item.content_text);
  return plain === undefined ? undefined : { text: plain };
};

const jsonEntry = (item: Fields, feed: Fields, base: string): PolledEntry => {
  const files = records(item.attachments).flatMap(({ url, mime_type, size_in_bytes, title }) =>
    makeFiles(urlIn(jsonText(url), base), jsonText(mime_type), jsonText(size_in_bytes), jsonText(title)),
  );
  const attached = sortFiles(files);
  const [duration] = records(item.attachments).flatMap(
    ({ duration_in_seconds }) => jsonText(duration_in_seconds) ?? [],
  );
  const pictures = [item.image, item.banner_image].flatMap((url) =>
    makeFiles(urlIn(jsonText(url), base), undefined, undefined),
  );
  const [summary, id] = [jsonText(item.summary), jsonText(item.id)];
  const content = jsonContent(item);
  const short = summary === undefined ? undefined : { text: summary };
  const own = jsonAuthors(item, base);
  const idUrl = /^https?:/i.test(id ?? "") ? urlIn(id, base) : undefined;
  const external = urlIn(jsonText(item.external_url), base);
  const page = urlIn(jsonText(item.url), base) ?? idUrl;
  return {
    guid: id,
    url: page ?? external ?? attached.others[0]?.url,
    ...(page !== undefined && external !== undefined && { external }),
    title: titleText(jsonText(item.title)),
    published: jsonText(item.date_published),
    updated: jsonText(item.date_modified),
    summary: content === undefined ? undefined : short,
    content: content ?? short,
    base: undefined,
    authors: own.length > 0 ? own : jsonAuthors(feed, base),
    categories: Array.isArray(item.tags) ? item.tags.flatMap((tag) => jsonText(tag) ?? []) : [],
    images: [...pictures, ...attached.pictures],
    attachments: attached.others,
    ...(duration !== undefined && { episode: { duration } }),
    language: jsonText(item.language) ?? jsonText(feed.language),
  };
};

/** Reads JSON Feed 1.0 and 1.1. Returns undefined if it is other JSON. */
export const readJsonFeed = (feed: unknown, documentUrl: string): PolledFeed | undefined => {
  if (!isRecord(feed) || !Array.isArray(feed.items)) return undefined;
  const base = urlIn(jsonText(feed.home_page_url), documentUrl) ?? documentUrl;
  return {
    title: plainTitle(titleText(jsonText(feed.title))),
    homePage: urlIn(jsonText(feed.home_page_url), documentUrl),
    language: jsonText(feed.language),
    self: urlIn(jsonText(feed.feed_url), documentUrl),
    isByCrier: isRecord(feed._crier),
    entries: records(feed.items).map((item) => jsonEntry(item, feed, base)),
    deleted: [],
    isComplete: true,
    pollAfter: undefined,
  };
};
