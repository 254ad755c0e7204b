import { attachedFile, type Episode, isRecording } from "../domain/attachment.ts";
import { type Archive, categoryFeeds, type Entry, entryIri, type Feed } from "../domain/feed.ts";
import { archiveFeed, archivePage, type FeedKey, feedFolder, feedParts, mainFeedFor } from "../domain/feed-key.ts";
import { type LinkedText, linkedNoteText, picturesIn, wholeText } from "../domain/note-text.ts";
import { ownTitle, type Post, picturesOf, withAddress } from "../domain/post.ts";
import { type Licence, makePerson, type Person } from "../domain/site.ts";
import { hasVisibleText, languageName } from "../domain/text.ts";
import type { Instant } from "../domain/time.ts";
import { clean, cleanLine, escapeHtml, optionalLine, webUrl, webUrls } from "./clean-values.ts";
import { fill, messagesFor } from "./feed-messages.ts";

/**
 * A feed with values that every format can write. The library `feed` throws for one invalid string, URL or date, and
 * nothing would be written. So such values are replaced here, and the gate reports them.
 */
export interface FeedView {
  readonly key: FeedKey;
  /** The `tag:` URI of the feed. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly homeUrl: string;
  readonly baseUrl: string;
  /** The folder of the main feed. */
  readonly feedsUrl: string;
  /** Configured paths of the main feed, by the id of the format. */
  readonly paths: Readonly<Record<string, string>>;
  readonly updated: Instant;
  readonly author: Person;
  readonly language: string;
  readonly licence: Licence | undefined;
  /** Empty on archive pages: a finished page never changes. */
  readonly hubs: readonly string[];
  readonly archive: Archive | undefined;
  readonly entries: readonly EntryView[];
  /** The other feeds. */
  readonly siblings: readonly SiblingView[];
}

/** The page for people shows no emphasis: it has the text as networks show it. */
export type NoteView = Pick<LinkedText, "text" | "links">;

export interface SiblingView {
  readonly key: FeedKey;
  readonly title: string;
  /** The URL of its page. */
  readonly url: string;
  /** The language of the title. */
  readonly language: string;
  /** True for a category that is only on the page of all categories. */
  readonly isMinor: boolean;
}

export interface EntryView {
  readonly id: string;
  /** The id for Atom. */
  readonly iri: string;
  /** Absent if the post has no absolute http(s) URL. */
  readonly url: string | undefined;
  /** The page elsewhere that a link post is about. */
  readonly external: string | undefined;
  /** The page to which the title leads in RSS and Atom. */
  readonly link: string | undefined;
  /** Undefined for a note, which has none. */
  readonly title: string | undefined;
  /** The name of the entry in lists: its title, or the first words of a note. */
  readonly label: string;
  /** Plain text. Of a note it is the whole text. */
  readonly summary: string;
  /** The text of a note with its links. Undefined for an article. */
  readonly note: NoteView | undefined;
  /** The body, or "" if the feed shows summaries. */
  readonly html: string;
  readonly published: Instant;
  readonly updated: Instant;
  readonly language: string;
  readonly authors: readonly Person[];
  /** Each has the URL of the category's page, if it has one. */
  readonly categories: readonly { readonly name: string; readonly url: string | undefined }[];
  readonly image: ImageView | undefined;
  /** The picture, if its type is known and the entry does not show it otherwise. */
  readonly enclosure: EnclosureView | undefined;
  /** The page that it answers. */
  readonly answers: string | undefined;
  /** The pictures that the page shows: those of a note, and of an article its own one, or else the first of its body. */
  readonly pictures: readonly PictureView[];
  /** Undefined unless the enclosure is a recording. */
  readonly episode: Episode | undefined;
  readonly disclosure: string | undefined;
  readonly translations: readonly { readonly language: string; readonly url: string }[];
  readonly syndication: readonly string[];
  readonly readingTime: number;
}

// RFC 3339 and RFC 822 dates have four-digit years.
const earliest = new Date("0001-01-01T00:00:00Z").getTime();
const latest = new Date("9999-12-31T23:59:59.999Z").getTime();

/** Returns the moment, or 1970 if it cannot be written as a date. */
const writableMoment = (at: Instant): Instant => (at >= earliest && at <= latest ? Math.floor(at) : 0);

const personView = ({ name, url, email }: Person): Person =>
  makePerson(cleanLine(name), url === undefined ? undefined : webUrl(url), optionalLine(email));

const categoryViews = (post: Post, { site, missing }: Pick<Feed, "site" | "missing">): EntryView["categories"] => {
  const feeds = categoryFeeds(post, site);
  const urlOf = (feed: FeedKey | undefined) =>
    feed === undefined || missing?.has(feed) ? undefined : webUrl(site.feedsUrl + feedFolder(feed));
  const named = new Map<string, string | undefined>();
  for (const { name } of post.categories) {
    const clean = cleanLine(name);
    if (clean !== "" && !named.has(clean)) named.set(clean, urlOf(feeds.get(name)));
  }
  return [...named].map(([name, url]) => ({ name, url }));
};

/** Returns the URL of a link in a text, normalised and in ASCII, or undefined if it leads neither to a page nor to a person. */
const linkUrl = (url: string): string | undefined =>
  webUrl(url) ?? (/^mailto:/i.test(url) ? URL.parse(url)?.href : undefined);

/** A text without links is shown where the summary was not made of the body, or was cut, or the body is left out. */
const noteView = ({ html, language }: Post, summary: string): NoteView => {
  const { text, links } = linkedNoteText(html, language, { plainLinks: true });
  const found = links.flatMap((link) => {
    const url = linkUrl(link.url);
    return url === undefined ? [] : [{ ...link, url }];
  });
  const isWhole = found.length === links.length && wholeText(html, language) === summary;
  return isWhole ? { text, links: found } : { text: summary, links: [] };
};

/** The way back to a post whose title leads elsewhere, as link blogs write it. */
const permalinkSign = (url: string): string => `\n<p><a href="${escapeHtml(url)}">∞</a></p>`;

const entryView = ({ id, post, updated }: Entry, feed: Pick<Feed, "content" | "site" | "missing">): EntryView => {
  const { content, site } = feed;
  const url = webUrl(post.url);
  const external = post.external === undefined ? undefined : webUrl(post.external);
  const leadsOutside = site.feeds.linkPosts === "target" && external !== undefined && url !== undefined;
  const html = clean(post.html) + (leadsOutside ? permalinkSign(url) : "");
  const label = hasVisibleText(cleanLine(post.title)) ? cleanLine(post.title) : (url ?? id);
  const title = ownTitle({ ...post, title: label });
  const summary = clean(post.summary).trim();
  const image = imageView(post);
  const enclosure = enclosureView(image, post, content === "full" ? html : "");
  return {
    id: clean(id),
    iri: entryIri(site, clean(id)),
    url,
    external,
    link: leadsOutside ? external : url,
    title,
    label,
    summary,
    note: title === undefined ? noteView(post, summary) : undefined,
    html: content === "full" ? html : "",
    published: writableMoment(post.published),
    updated: writableMoment(updated),
    language: cleanLine(post.language),
    authors: post.authors.map(personView).filter(({ name }) => name !== ""),
    categories: categoryViews(post, feed),
    image,
    enclosure,
    answers: post.social.answers === undefined ? undefined : webUrl(post.social.answers),
    pictures: pictureViews(post),
    episode: isRecording(enclosure?.mediaType) ? post.episode : undefined,
    disclosure: optionalLine(post.disclosure),
    translations: post.translations.flatMap(({ language, url: given }) => {
      const address = webUrl(given);
      return address === undefined ? [] : [{ language, url: address }];
    }),
    syndication: webUrls(post.syndication),
    readingTime: post.readingTime,
  };
};

const licenceView = ({ name, url }: Licence): Licence | undefined => {
  const address = webUrl(url);
  return address === undefined ? undefined : { name: cleanLine(name) || address, url: address };
};

/** Returns the title of a feed among those of its site. */
const feedName = ({ key, title }: { readonly key: FeedKey; readonly title: string }, language: string): string => {
  const parts = feedParts(key);
  switch (parts.kind) {
    case "featured":
    case "notes":
    case "articles":
      return messagesFor(language)[parts.kind];
    case "archive":
      return fill(messagesFor(language).archivePage, { page: String(parts.page) });
    default:
      return cleanLine(title) || key;
  }
};

const siblingView = (sibling: Feed["siblings"][number], { key: of, site }: Feed, feedsUrl: string): SiblingView => {
  const { key } = sibling;
  const { kind, language } = feedParts(key);
  // Next to the feeds of other languages the main feed is listed as the feed of its own language.
  const isLanguage = key === "main" && of === mainFeedFor(of) && site.feeds.main === "site-language";
  const name = isLanguage ? languageName(site.language) : feedName(sibling, language ?? site.language);
  // Feeds of several languages may have the same title.
  const isAmongAll = of === "main" && kind !== "main" && language !== undefined;
  return {
    key,
    title: isAmongAll ? `${name} (${languageName(language)})` : name,
    url: webUrl(feedsUrl + feedFolder(key)) ?? feedsUrl,
    language: language ?? site.language,
    isMinor: sibling.isMinor ?? false,
  };
};

export const makeView = (feed: Feed): FeedView => {
  const { site, archive } = feed;
  const feedsUrl = webUrl(site.feedsUrl) ?? site.feedsUrl;
  const siteTitle = cleanLine(site.title) || site.id;
  const name = feedName(feed, feed.language);
  const title = feed.key === "main" ? siteTitle : `${name} – ${siteTitle}`;
  const isSite = feed.key === "main" || feed.key === archiveFeed(archivePage(feed.key) ?? 0);
  const description = isSite
    ? site.description
    : fill(messagesFor(feed.language).postsOf, { feed: name, site: siteTitle });
  const author = personView(feed.author);
  return {
    key: feed.key,
    id: `tag:${site.authority}:${site.id}/feeds/${encodeURI(feed.key.toWellFormed())}`,
    title,
    description: cleanLine(description) || title,
    homeUrl: webUrl(feed.homeUrl) ?? site.url,
    baseUrl: webUrl(feed.baseUrl) ?? feedsUrl,
    feedsUrl,
    paths: site.feeds.paths,
    updated: writableMoment(feed.updated),
    // Atom is invalid without an author (RFC 4287 §4.1.1).
    author: author.name === "" ? { ...author, name: title } : author,
    language: cleanLine(feed.language),
    licence: feed.licence && licenceView(feed.licence),
    hubs: archive?.isPage === true ? [] : webUrls(feed.hubs),
    archive,
    entries: feed.entries.map((entry) => entryView(entry, feed)),
    siblings: feed.siblings
      .filter(({ key }) => key !== feed.key)
      .map((sibling) => siblingView(sibling, feed, feedsUrl)),
  };
};

interface ImageView {
  readonly url: string;
  /** Absent if it is known neither from a measurement nor from the URL. */
  readonly mediaType: string | undefined;
  /** Measured bytes. */
  readonly length: number | undefined;
  readonly alt: string | undefined;
  readonly credit: string | undefined;
  /** The target of the first link in the credit. */
  readonly creditUrl: string | undefined;
}

export interface PictureView {
  readonly url: string;
  /** "" for a picture without one. */
  readonly alt: string;
}

/**
 * Repetitions and invalid URLs are left out, and the picture of an article that was not there when its server was asked
 * for it. Those of a note are a part of what it says.
 */
const pictureViews = (post: Post): readonly PictureView[] => {
  const found = new Map<string, PictureView>();
  const named = withAddress(picturesOf(post));
  for (const picture of post.isNote === true || named.length > 0 ? named : picturesIn(post.html).slice(0, 1)) {
    const url = webUrl(picture.url);
    const isMissing =
      post.isNote !== true && post.enclosure?.url === picture.url && !isPicture(post.enclosure.mediaType);
    if (url !== undefined && !isMissing && !found.has(url))
      found.set(url, { url, alt: optionalLine(picture.alt) ?? "" });
  }
  return [...found.values()];
};

export interface EnclosureView {
  readonly url: string;
  readonly mediaType: string;
  readonly length: number | undefined;
}

const mediaTypes: Readonly<Record<string, string>> = {
  avif: "image/avif",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
};

/**
 * Returns the type by the path's extension, else by the `fm` or `format` of image servers (imgix, Unsplash,
 * Contentful).
 */
const mediaTypeOf = (url: URL): string | undefined =>
  [/\.(\w+)$/.exec(url.pathname)?.[1], url.searchParams.get("fm"), url.searchParams.get("format")]
    .map((name) => mediaTypes[name?.toLowerCase() ?? ""])
    .find((type) => type !== undefined);

const isPicture = (type: string | undefined): boolean => type !== undefined && /^image\/[a-z0-9.+-]+$/.test(type);

/** In sanitised HTML all attributes are in double quotes. */
const firstLinkIn = (html: string): string | undefined => {
  const [, href] = /<a [^<>]*?href="([^"]*)"/.exec(html) ?? [];
  return href === undefined ? undefined : webUrl(href.replaceAll("&amp;", "&"));
};

/** Returns the picture of a post, or undefined if its URL is not valid. */
const imageView = ({ image, enclosure }: Post): ImageView | undefined => {
  const url = image === undefined || image.isSource ? undefined : webUrl(image.url);
  if (image === undefined || url === undefined) return undefined;
  // A measurement of another URL, or of an error page, is not one of the picture.
  const measured = enclosure?.url === image.url && isPicture(enclosure.mediaType) ? enclosure : undefined;
  return {
    url,
    mediaType: measured?.mediaType ?? mediaTypeOf(new URL(url)),
    length: measured?.length === undefined || measured.length <= 0 ? undefined : Math.trunc(measured.length),
    alt: optionalLine(image.alt),
    credit: optionalLine(image.credit),
    creditUrl: firstLinkIn(image.creditHtml ?? ""),
  };
};

const isShown = (url: string, html: string): boolean =>
  html.includes(`"${url}"`) || html.includes(`"${escapeHtml(url)}"`);

/**
 * Returns the post's own attachment, or else the picture, unless the HTML shows it. A feed can have only one enclosure
 * for each entry.
 */
const enclosureView = (image: ImageView | undefined, post: Post, shownHtml: string): EnclosureView | undefined => {
  const file = attachedFile(post);
  const url = file && webUrl(file.url);
  if (file !== undefined && url !== undefined) return { ...file, url };
  return image?.mediaType === undefined ||
    [image.url, post.image?.url ?? image.url].some((shown) => isShown(shown, shownHtml))
    ? undefined
    : { url: image.url, mediaType: image.mediaType, length: image.length };
};
