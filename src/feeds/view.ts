import { categorySlug, type Entry, type Feed } from "../domain/feed.ts";
import type { Image } from "../domain/post.ts";
import type { FeedPolicy, Person } from "../domain/site.ts";
import { cleanLine, hasInk } from "../domain/text.ts";
import type { Instant } from "../domain/time.ts";
import { clean, escapeHtml } from "./characters.ts";

/** A feed as every format shows it. One bad string, URL or date would throw in `feed` and take the whole feed with it: here each is made safe, and the gate names what got lost. */
export interface FeedView {
  /** `tag:` URI of the feed itself. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly homeUrl: string;
  readonly baseUrl: string;
  readonly updated: Instant;
  readonly author: Person;
  readonly language: string;
  readonly content: FeedPolicy["content"];
  readonly entries: readonly EntryView[];
}

export interface EntryView {
  readonly id: string;
  /** Absent where the post's URL is not an absolute http(s) one. */
  readonly url?: string | undefined;
  readonly title: string;
  /** Plain text. */
  readonly summary: string;
  readonly html: string;
  readonly published: Instant;
  readonly updated: Instant;
  readonly language: string;
  readonly authors: readonly Person[];
  readonly categories: readonly string[];
  readonly image?: ImageView | undefined;
  readonly disclosure?: string | undefined;
  readonly syndication: readonly string[];
  readonly readingTime: number;
}

export interface ImageView {
  readonly url: string;
  /** Absent where the URL does not tell it. */
  readonly mediaType?: string | undefined;
  readonly alt?: string | undefined;
  readonly credit?: string | undefined;
  /** It stands in what the entry shows, so it is no attachment. */
  readonly inBody: boolean;
}

/** The URL in its normal form, all ASCII; undefined unless it is an absolute http(s) one. */
export const webUrl = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  return parsed?.protocol === "https:" || parsed?.protocol === "http:" ? parsed.href : undefined;
};

// RFC 3339 and RFC 822 dates have four-digit years.
const earliest = new Date("0001-01-01T00:00:00Z").getTime();
const latest = new Date("9999-12-31T23:59:59.999Z").getTime();

/** The moment, or 1970 where no date could be written. */
const writable = (at: Instant): Instant => (at >= earliest && at <= latest ? Math.trunc(at) : 0);

const optional = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : cleanLine(text) || undefined;

const personView = ({ name, url, email }: Person): Person => ({
  name: cleanLine(name),
  url: url === undefined ? undefined : webUrl(url),
  email: optional(email),
});

const mediaTypes: Readonly<Record<string, string>> = {
  avif: "image/avif",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
};

/** By the path's extension, else by the `fm` or `format` of image servers (imgix, Unsplash, Contentful). */
const mediaTypeOf = (url: URL): string | undefined =>
  [/\.(\w+)$/.exec(url.pathname)?.[1], url.searchParams.get("fm"), url.searchParams.get("format")]
    .map((name) => mediaTypes[name?.toLowerCase() ?? ""])
    .find((type) => type !== undefined);

const imageView = (image: Image | undefined, shownHtml: string): ImageView | undefined => {
  const url = image === undefined ? undefined : webUrl(image.url);
  if (image === undefined || url === undefined) return undefined;
  return {
    url,
    mediaType: mediaTypeOf(new URL(url)),
    alt: optional(image.alt),
    credit: optional(image.credit),
    inBody: [url, image.url].some(
      (address) => shownHtml.includes(`"${address}"`) || shownHtml.includes(`"${escapeHtml(address)}"`),
    ),
  };
};

const entryView = ({ id, post, updated, syndication }: Entry, content: FeedPolicy["content"]): EntryView => {
  const url = webUrl(post.url);
  const html = clean(post.html);
  const title = cleanLine(post.title);
  return {
    id: clean(id),
    url,
    title: hasInk(title) ? title : (url ?? id),
    summary: clean(post.summary).trim(),
    html,
    published: writable(post.published),
    updated: writable(updated),
    language: cleanLine(post.language),
    authors: post.authors.map(personView).filter(({ name }) => name !== ""),
    categories: [...new Set(post.categories.map(({ name }) => cleanLine(name)).filter((name) => name !== ""))],
    image: imageView(post.image, content === "full" ? html : ""),
    disclosure: optional(post.disclosure),
    syndication: syndication.map(webUrl).filter((copy) => copy !== undefined),
    readingTime: post.readingTime,
  };
};

export const viewOf = (feed: Feed): FeedView => {
  const { site } = feed;
  const title = cleanLine(feed.title) || cleanLine(site.title) || site.id;
  const author = personView(feed.author);
  return {
    id: `tag:${site.authority}:${site.id}/feeds/${encodeURI(feed.key.toWellFormed())}`,
    title,
    description: cleanLine(feed.description) || title,
    homeUrl: webUrl(feed.homeUrl) ?? site.url,
    baseUrl: webUrl(feed.baseUrl) ?? site.feedsUrl,
    updated: writable(feed.updated),
    // Atom is invalid without an author (RFC 4287 §4.1.1).
    author: author.name === "" ? { ...author, name: title } : author,
    language: cleanLine(feed.language),
    content: site.feeds.content,
    entries: feed.entries.map((entry) => entryView(entry, site.feeds.content)),
  };
};

/** Where a category's feed stands; undefined where its name gives no address. */
export const categoryUrl = (feedsUrl: string, name: string): string | undefined => {
  const slug = categorySlug(name);
  return slug === "" ? undefined : webUrl(`${feedsUrl}categories/${slug}/`);
};
