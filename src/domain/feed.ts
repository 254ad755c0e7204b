import { categoryFeed, categorySlug, type FeedKey, feedParts, inLanguage, languageFeed } from "./feed-key.ts";
import type { Category, Listing, Post } from "./post.ts";
import type { FeedContent, Licence, Person, Site } from "./site.ts";
import { cleanLine, languageAmong, languageName } from "./text.ts";
import { type Instant, iso, minute, second } from "./time.ts";

/** How long readers and the CDN may cache a feed's file (`Cache-Control: max-age`), in ms. */
export const cacheDuration = minute;

/** A deleted document leaves the feeds after this time: an editor's atomic save and `git mv` are deletions too. */
export const feedGrace = 5 * second;

/** True while the post is public: not held, not scheduled, not deleted. */
export const isLive = (post: Pick<Post, "hold" | "published" | "gone">, now: Instant): boolean =>
  post.hold === undefined && post.published <= now && !(post.gone !== undefined && isPastGrace(post.gone, now));

/** True while only its date keeps the post out of its feeds. */
export const isScheduled = (post: Pick<Post, "hold" | "published" | "gone">, now: Instant): boolean =>
  post.hold === undefined && post.gone === undefined && post.published > now;

/** Compares a membership or an archive mark with its post, which may have changed since. */
export const hintStatus = (
  hint: Pick<Listing, "published">,
  post: Pick<Post, "hold" | "published" | "gone"> | undefined,
  now: Instant,
): "live" | "scheduled" | "false" => {
  if (post === undefined || post.published !== hint.published) return "false";
  if (isLive(post, now)) return "live";
  return isScheduled(post, now) ? "scheduled" : "false";
};

const isPastGrace = (gone: NonNullable<Post["gone"]>, now: Instant): boolean =>
  gone.by === "person" || now >= gone.at + feedGrace;

type FeedCriteria = Pick<Post, "categories" | "featured" | "isNote" | "language">;

/** False if the main feed, and those of categories and of featured posts, have posts in every language. */
const isByLanguage = ({ feeds }: Site): boolean => feeds.main === "site-language";

/** Returns the feed that corresponds to `key` in the language of the post. */
const inPostLanguage = (key: FeedKey, post: Pick<Post, "language">, site: Site): FeedKey => {
  const language = languageAmong(site.languages, post.language);
  return isByLanguage(site) && language !== site.language ? inLanguage(language, key) : key;
};

/** Returns the feeds of the primary category and of the categories whose types have feeds on this site. */
export const categoryFeeds = (post: Pick<Post, "categories" | "language">, site: Site): ReadonlyMap<string, FeedKey> =>
  new Map(
    post.categories
      .filter(
        ({ name, type }, index) =>
          categorySlug(name) !== "" &&
          (index === 0 ||
            type === undefined ||
            site.feeds.categoryTypes === undefined ||
            site.feeds.categoryTypes.includes(type.toLowerCase())),
      )
      .map(({ name }) => [name, inPostLanguage(categoryFeed(name), post, site)]),
  );

/** A site, in each language, has a feed for every category up to this number of them. */
export const fewCategories = 100;

/** The number of categories without a type that have feeds, besides those that had one before others overtook them. */
export const mostCategoryFeeds = 500;

/** The number of categories that a page names. */
export const shownCategories = 20;

/** Returns the feeds of the post's categories that have no type. On a site with many categories not all of them exist. */
export const untypedFeeds = (post: Pick<Post, "categories" | "language">, site: Site): ReadonlySet<FeedKey> => {
  const feeds = categoryFeeds(post, site);
  const typed = new Set(post.categories.flatMap(({ name, type }) => (type === undefined ? [] : [feeds.get(name)])));
  return new Set([...feeds.values()].filter((key) => !typed.has(key)));
};

/** How much a feed is used, by the newest posts that fill it. */
export interface FeedUse {
  readonly posts: number;
  /** The date of the oldest of them. */
  readonly since: Instant;
}

interface UsedFeed {
  readonly key: FeedKey;
  readonly use?: FeedUse | undefined;
}

/** The most used first: by the number of posts, and among feeds that are full by how recently these began. */
export const byUse = (a: UsedFeed, b: UsedFeed): number =>
  (b.use?.posts ?? 0) - (a.use?.posts ?? 0) ||
  (b.use?.since ?? 0) - (a.use?.since ?? 0) ||
  (a.key < b.key ? -1 : Number(a.key > b.key));

/**
 * Returns the main feed of each configured language. That of the site's own language repeats the main feed, unless the
 * main feed has all languages.
 */
export const languageFeeds = (site: Site): readonly FeedKey[] =>
  site.languages.length > 1 || !isByLanguage(site) ? site.languages.map(languageFeed) : [];

/**
 * Returns every feed that the post is in while it is live. That of its kind exists once the other kind has posts, too
 * (publish-post.ts).
 */
export const postFeeds = (post: FeedCriteria, site: Site): readonly FeedKey[] => {
  const language = languageFeed(languageAmong(site.languages, post.language));
  return [
    ...new Set([
      inPostLanguage("main", post, site),
      inPostLanguage(post.isNote === true ? "notes" : "articles", post, site),
      ...categoryFeeds(post, site).values(),
      ...(languageFeeds(site).length > 0 ? [language] : []),
      ...(post.featured ? [inPostLanguage("featured", post, site)] : []),
    ]),
  ];
};

/** True for the feed of the site's own language if the main feed has the same posts. */
export const repeatsMain = (key: FeedKey, site: Site): boolean =>
  isByLanguage(site) && key === languageFeed(site.language);

/** True for a main feed, unless the archive of another main feed has its posts. */
export const isArchived = (key: FeedKey, site: Site): boolean =>
  key === "main" || (feedParts(key).kind === "main" && isByLanguage(site) && !repeatsMain(key, site));

/** Returns undefined for the feed of a category, whose title is the category's name. */
export const feedTitle = (key: FeedKey, site: Site): string | undefined => {
  const parts = feedParts(key);
  switch (parts.kind) {
    case "main":
      return parts.language === undefined ? site.title : languageName(parts.language);
    case "featured":
      return "Featured";
    case "notes":
      return "Notes";
    case "articles":
      return "Articles";
    case "archive":
      return `Archive, page ${parts.page}`;
    case "category":
      return undefined;
  }
};

export const postListings = (post: FeedCriteria & Pick<Post, "published">, site: Site): readonly Listing[] =>
  postFeeds(post, site).map((feed) => ({ feed, published: post.published }));

export const isSameListing = (a: Listing, b: Listing): boolean => a.feed === b.feed && a.published === b.published;

/** A post as a member of a feed. */
export interface Entry {
  /** Never changed, see `entryId`. */
  readonly id: string;
  readonly post: Post;
  /** Unique within its feed, because the W3C validator warns about two entries with one date. */
  readonly updated: Instant;
  /** True where its body is left out, because the feed would be too large with it: the entry is a summary with a link. */
  readonly isShortened?: boolean;
}

/** All that a format needs to write a feed. */
export interface Feed {
  readonly site: Site;
  readonly key: FeedKey;
  /** The site's title for the main feed, else the name of a category or language. */
  readonly title: string;
  /** The page for people, as an absolute URL. */
  readonly homeUrl: string;
  /** The folder of the feed's files: absolute, with a trailing slash. */
  readonly baseUrl: string;
  /** The moment at which the newest of its entries changed. It is never the moment of the render. */
  readonly updated: Instant;
  readonly author: Person;
  readonly language: string;
  readonly content: FeedContent;
  readonly licence: Licence | undefined;
  /** WebSub hubs, which are notified of changes. */
  readonly hubs: readonly string[];
  /** Absent for feeds without an archive. */
  readonly archive: Archive | undefined;
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** The site's other feeds, for the page and the OPML: key and title. */
  readonly siblings: readonly {
    readonly key: FeedKey;
    readonly title: string;
    /** True for a category that is only on the page of all categories. */
    readonly isMinor?: boolean;
  }[];
  /** The feeds of the entries' categories that pages do not link to. */
  readonly missing?: ReadonlySet<FeedKey>;
}

/** The links between a feed and the pages of its archive (RFC 5005 §4). */
export interface Archive {
  /** True for a page of the archive, false for the feed that people subscribe to. */
  readonly isPage: boolean;
  /** The page with the next older posts: of a feed the last page, which has its newest posts, too. */
  readonly previous: FeedKey | undefined;
  /** The page where the posts begin that a feed does not show. Absent if there are none. */
  readonly older?: FeedKey | undefined;
  readonly next: FeedKey | undefined;
}

/** True for an Atom id (RFC 4287 §4.2.6): an absolute IRI, without the characters that RFC 3987 §2.2 excludes. */
export const isIri = (id: string): boolean =>
  /^[a-z][a-z0-9+.-]*:[^\s\p{C}<>"{}|\\^`]+$/iu.test(id) && URL.parse(id) !== null;

type IdSpace = Pick<Site, "authority" | "id">;

/**
 * Returns the id of a post in its feeds: a `tag:` URI (RFC 4151), or the id by which readers knew it before, as it was
 * written there: RSS and JSON Feed take any text without control characters.
 */
export const entryId = (site: IdSpace, { id, oldId = "" }: Pick<Post, "id" | "oldId">): string =>
  cleanLine(oldId) || `tag:${site.authority}:${site.id}/${id}`;

/** Returns the id of an entry for Atom, which takes nothing but an IRI: an old id that is none (`123`) is part of one. */
export const entryIri = (site: IdSpace, id: string): string =>
  isIri(id) ? id : `tag:${site.authority}:${site.id}/old/${encodeURIComponent(id)}`;

/** Returns the sort key of a membership. The newest is last. */
export const entryPosition = (published: Instant, postId: string): string => `${iso(published)}#${postId}`;

/** Maps a slug to a name: `Web Dev`, `web dev` and `Web-Dev` are one category. */
export type CategoryNames = ReadonlyMap<string, string>;

/**
 * Returns the most frequent spelling of each category. Among equally frequent ones it is that of the oldest post. The
 * newest post comes first in `posts`.
 */
export const categoryNames = (posts: readonly Pick<Post, "categories">[]): CategoryNames => {
  const names = posts.toReversed().flatMap(({ categories }) => categories.map(({ name }) => name));
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const chosen = new Map<string, string>();
  for (const [name, count] of counts) {
    const slug = categorySlug(name);
    if (count > (counts.get(chosen.get(slug) ?? "") ?? 0)) chosen.set(slug, name);
  }
  return chosen;
};

/**
 * Gives each category its common spelling, once. Categories without letters and digits have no slug and keep their
 * names.
 */
export const withCategoryNames = (categories: readonly Category[], names: CategoryNames): readonly Category[] => {
  const named = new Map<string, Category>();
  for (const category of categories) {
    const slug = categorySlug(category.name);
    const name = slug === "" ? category.name : (names.get(slug) ?? category.name);
    if (!named.has(slug || name)) named.set(slug || name, { ...category, name });
  }
  return [...named.values()];
};
