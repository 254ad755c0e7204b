import { isRecord } from "../domain/json-value.ts";
import type { FeedText, PolledEntry, PolledFeed } from "../domain/polled-feed.ts";
import type { Person } from "../domain/site.ts";
import { fileOf, sortFiles } from "./entry-files.ts";
import { peopleOf } from "./people.ts";
import { plainTitle, titleText } from "./title-text.ts";
import { urlIn } from "./xml-tree.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Numbers, too: many feeds have them as ids. */
const text = (value: unknown): string | undefined =>
  (typeof value === "string" || typeof value === "number" ? String(value).trim() : "") || undefined;

const records = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** Version 1 has `author`. */
const authorsIn = (fields: Fields, base: string): readonly Person[] =>
  [...records(fields.authors), ...(isRecord(fields.author) ? [fields.author] : [])].flatMap(({ name, url }) =>
    peopleOf(text(name), urlIn(text(url), base), undefined),
  );

const contentOf = (item: Fields): FeedText | undefined => {
  const html = text(item.content_html);
  if (html !== undefined) return { html };
  const plain = text(item.content_text);
  return plain === undefined ? undefined : { text: plain };
};

const entryOf = (item: Fields, feed: Fields, base: string): PolledEntry => {
  const files = records(item.attachments).flatMap(({ url, mime_type, size_in_bytes, title }) =>
    fileOf(urlIn(text(url), base), text(mime_type), text(size_in_bytes), text(title)),
  );
  const attached = sortFiles(files);
  const pictures = [item.image, item.banner_image].flatMap((url) =>
    fileOf(urlIn(text(url), base), undefined, undefined),
  );
  const [summary, id] = [text(item.summary), text(item.id)];
  const content = contentOf(item);
  const short = summary === undefined ? undefined : { text: summary };
  const own = authorsIn(item, base);
  const idUrl = /^https?:/i.test(id ?? "") ? urlIn(id, base) : undefined;
  return {
    guid: id,
    url: urlIn(text(item.url), base) ?? idUrl ?? urlIn(text(item.external_url), base) ?? attached.others[0]?.url,
    title: titleText(text(item.title)),
    published: text(item.date_published),
    updated: text(item.date_modified),
    summary: content === undefined ? undefined : short,
    content: content ?? short,
    base: undefined,
    authors: own.length > 0 ? own : authorsIn(feed, base),
    categories: Array.isArray(item.tags) ? item.tags.flatMap((tag) => text(tag) ?? []) : [],
    images: [...pictures, ...attached.pictures],
    attachments: attached.others,
    language: text(item.language) ?? text(feed.language),
  };
};

/** JSON Feed 1.0 and 1.1. Undefined where it is other JSON. */
export const readJsonFeed = (feed: unknown, documentUrl: string): PolledFeed | undefined => {
  if (!isRecord(feed) || !Array.isArray(feed.items)) return undefined;
  const base = urlIn(text(feed.home_page_url), documentUrl) ?? documentUrl;
  return {
    title: plainTitle(titleText(text(feed.title))),
    home: urlIn(text(feed.home_page_url), documentUrl),
    language: text(feed.language),
    self: urlIn(text(feed.feed_url), documentUrl),
    entries: records(feed.items).map((item) => entryOf(item, feed, base)),
    deleted: [],
    isComplete: true,
    pollAfter: undefined,
  };
};
