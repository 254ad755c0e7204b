import { categoryFeed, categorySlug, type FeedKey, feedParts, inLanguage, languageFeed } from "./feed-key.ts";
import type { Category, Listing, Post } from "./post.ts";
import type { FeedContent, Licence, Person, Site } from "./site.ts";
import { languageAmong, languageName } from "./text.ts";
import { type Instant, iso, minute, second } from "./time.ts";

/** How long readers and the CDN may cache a feed's file (`Cache-Control: max-age`), in ms. */
export const cacheDuration = minute;

/** A deleted document leaves the feeds after this time: an editor's atomic save and `git mv` are deletions too. */
export const feedGrace = 5 * second;

/** A source's deletion reaches the copies after this long, and nothing new is sent meanwhile (design.md §2, rule 6; interleaving 46). */
export const copiesGrace = 10 * minute;

/** True while the post is public: not held, not scheduled, not deleted. */
export const isLive = (post: Pick<Post, "hold" | "published" | "gone">, now: Instant): boolean =>
  post.hold === undefined && post.published <= now && !(post.gone !== undefined && isPastGrace(post.gone, now));

/** True while nothing but its time keeps the post out of its feeds. */
export const isScheduled = (post: Pick<Post, "hold" | "published" | "gone">, now: Instant): boolean =>
  post.hold === undefined && post.gone === undefined && post.published > now;

/** Whether a membership or an archive mark, which may be older than its post, is still true. */
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

type FeedCriteria = Pick<Post, "categories" | "featured" | "language">;

/** False where the main feed, and those of categories and of featured posts, have posts in every language. */
const isByLanguage = ({ feeds }: Site): boolean => feeds.main === "site-language";

/** What is in the feed `key` for the site's own language is in the returned feed for the language of the post. */
const ofItsLanguage = (key: FeedKey, post: Pick<Post, "language">, site: Site): FeedKey => {
  const language = languageAmong(site.languages, post.language);
  return isByLanguage(site) && language !== site.language ? inLanguage(language, key) : key;
};

/** The feeds of the primary category, and of those of the types that have feeds on this site. */
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
      .map(({ name }) => [name, ofItsLanguage(categoryFeed(name), post, site)]),
  );

/** The main feed of each language that the site has by its configuration. The site's own repeats the main feed unless that has all languages. */
export const languageFeeds = (site: Site): readonly FeedKey[] =>
  site.languages.length > 1 || !isByLanguage(site) ? site.languages.map(languageFeed) : [];

/** Every feed that the post is in while it is live. */
export const feedsOf = (post: FeedCriteria, site: Site): readonly FeedKey[] => {
  const language = languageFeed(languageAmong(site.languages, post.language));
  return [
    ...new Set([
      ofItsLanguage("main", post, site),
      ...categoryFeeds(post, site).values(),
      ...(languageFeeds(site).length > 0 ? [language] : []),
      ...(post.featured ? [ofItsLanguage("featured", post, site)] : []),
    ]),
  ];
};

/** True for the feed of the site's own language where the main feed has the same posts. */
export const repeatsMain = (key: FeedKey, site: Site): boolean =>
  isByLanguage(site) && key === languageFeed(site.language);

/** A main feed has an archive, unless its posts are in that of another main feed. */
export const isArchived = (key: FeedKey, site: Site): boolean =>
  key === "main" || (feedParts(key).kind === "main" && isByLanguage(site) && !repeatsMain(key, site));

/** Undefined for the feed of a category: its title is the category's name. */
export const feedTitle = (key: FeedKey, site: Site): string | undefined => {
  const parts = feedParts(key);
  switch (parts.kind) {
    case "main":
      return parts.language === undefined ? site.title : languageName(parts.language);
    case "featured":
      return "Featured";
    case "archive":
      return `Archive, page ${parts.page}`;
    case "category":
      return undefined;
  }
};

export const listingsOf = (post: FeedCriteria & Pick<Post, "published">, site: Site): readonly Listing[] =>
  feedsOf(post, site).map((feed) => ({ feed, published: post.published }));

export const isSameListing = (a: Listing, b: Listing): boolean => a.feed === b.feed && a.published === b.published;

/** A post as a member of a feed. */
export interface Entry {
  /** The same in all formats, and never changed. */
  readonly id: string;
  readonly post: Post;
  /** Unique within its feed: the W3C validator warns where two entries share one. */
  readonly updated: Instant;
}

/** All that a format needs to write a feed. */
export interface Feed {
  readonly site: Site;
  readonly key: FeedKey;
  /** Among the feeds of the site: the site's title for the main feed, the name of a category or language. */
  readonly title: string;
  /** The page for people, as an absolute URL. */
  readonly homeUrl: string;
  /** Of the feed's files: absolute, with a trailing slash. */
  readonly baseUrl: string;
  /** When the newest of its entries changed, never when the feed was rendered. */
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
  readonly siblings: readonly { readonly key: FeedKey; readonly title: string }[];
}

/** The links between a feed and the pages of its archive (RFC 5005 §4). */
export interface Archive {
  /** True for a page of the archive, false for the feed that people subscribe to. */
  readonly isPage: boolean;
  /** The page with the next older posts. */
  readonly previous: FeedKey | undefined;
  readonly next: FeedKey | undefined;
}

/** True for an Atom id (RFC 4287 §4.2.6): an absolute IRI, without the characters that RFC 3987 §2.2 excludes. */
export const isIri = (id: string): boolean =>
  /^[a-z][a-z0-9+.-]*:[^\s\p{C}<>"{}|\\^`]+$/iu.test(id) && URL.canParse(id);

/**
 * The id of a post in its feeds: a `tag:` URI (RFC 4151), or the id that it had in the blog's former feeds. An old id
 * that is not an IRI (`123`) would make Atom invalid: such a post has a `tag:` URI in all formats.
 */
export const entryId = (site: Site, { id, oldId }: Pick<Post, "id" | "oldId">): string =>
  oldId !== undefined && isIri(oldId) ? oldId : `tag:${site.authority}:${site.id}/${id}`;

/** The sort key of a membership: the newest is last. */
export const entryPosition = (published: Instant, postId: string): string => `${iso(published)}#${postId}`;

/** Names by slug: `Web Dev`, `web dev` and `Web-Dev` are one category. */
export type CategoryNames = ReadonlyMap<string, string>;

/** The most used spelling of each category; of equally used ones that of the oldest post. The newest post is first. */
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

/** Categories without letters and digits have no slug, and keep their names. */
export const withCategoryNames = (categories: readonly Category[], names: CategoryNames): readonly Category[] => {
  const named = new Map<string, Category>();
  for (const category of categories) {
    const slug = categorySlug(category.name);
    const name = slug === "" ? category.name : (names.get(slug) ?? category.name);
    if (!named.has(slug || name)) named.set(slug || name, { ...category, name });
  }
  return [...named.values()];
};
