import { categoryFeed, categorySlug, type FeedKey, languageFeed } from "./feed-key.ts";
import type { Listing, Post } from "./post.ts";
import type { FeedContent, Licence, Person, Site } from "./site.ts";
import { type Instant, iso, minute, second } from "./time.ts";

/** Caches keep a feed's file for so long (`Cache-Control: max-age`), the deployment's CDN among them. */
export const cacheDuration = minute;

/** A source's deletion leaves the feeds after this long: an editor's atomic save and `git mv` are deletions too. */
export const feedGrace = 5 * second;

/** True while the post may be shown: not held, not before its time, not deleted. */
export const isLive = (post: Post, now: Instant): boolean =>
  post.hold === undefined && post.published <= now && !(post.gone !== undefined && isPastGrace(post.gone, now));

/** True while nothing but its time keeps the post out of its feeds. */
export const isScheduled = (post: Post, now: Instant): boolean =>
  post.hold === undefined && post.gone === undefined && post.published > now;

/** What a membership or an archive mark is worth, which may be older than its post. */
export const hintStatus = (
  hint: Pick<Listing, "published">,
  post: Post | undefined,
  now: Instant,
): "live" | "scheduled" | "false" => {
  if (post === undefined || post.published !== hint.published) return "false";
  if (isLive(post, now)) return "live";
  return isScheduled(post, now) ? "scheduled" : "false";
};

const isPastGrace = (gone: NonNullable<Post["gone"]>, now: Instant): boolean =>
  gone.by === "person" || now >= gone.at + feedGrace;

type FeedCriteria = Pick<Post, "categories" | "featured" | "language">;

/** Of the primary category, and of those of the types that have feeds on this site. */
const categoryFeeds = ({ categories }: FeedCriteria, { feeds: { categoryTypes } }: Site): readonly FeedKey[] =>
  categories
    .filter(
      ({ name, type }, index) =>
        categorySlug(name) !== "" &&
        (index === 0 ||
          type === undefined ||
          categoryTypes === undefined ||
          categoryTypes.includes(type.toLowerCase())),
    )
    .map(({ name }) => categoryFeed(name));

/** For a post in another language than the site's; where the site has several languages, for every post. */
const languageFeeds = ({ language }: FeedCriteria, site: Site): readonly FeedKey[] =>
  site.languages.length > 1 || language.toLowerCase() !== site.language.toLowerCase() ? [languageFeed(language)] : [];

/** Every feed that the post is in while it is live. */
export const feedsOf = (post: FeedCriteria, site: Site): readonly FeedKey[] => [
  ...new Set<FeedKey>([
    "main",
    ...categoryFeeds(post, site),
    ...languageFeeds(post, site),
    ...(post.featured ? (["featured"] as const) : []),
  ]),
];

export const listingsOf = (post: FeedCriteria & Pick<Post, "published">, site: Site): readonly Listing[] =>
  feedsOf(post, site).map((feed) => ({ feed, published: post.published }));

export const isSameListing = (a: Listing, b: Listing): boolean => a.feed === b.feed && a.published === b.published;

/** A post as a member of a feed. */
export interface Entry {
  /** The same in all formats, for ever. */
  readonly id: string;
  readonly post: Post;
  /** Distinct within its feed (the W3C validator warns where two entries share one). */
  readonly updated: Instant;
}

/** All that a format needs to write a feed. */
export interface Feed {
  readonly site: Site;
  readonly key: FeedKey;
  /** The site's title, or the category's name with it. */
  readonly title: string;
  readonly description: string;
  /** The page for people: absolute. */
  readonly homeUrl: string;
  /** Where the feed's files stand: absolute, with a trailing slash. */
  readonly baseUrl: string;
  /** The newest change of anything in it: no feed is stamped with the time of its making. */
  readonly updated: Instant;
  readonly author: Person;
  readonly language: string;
  readonly content: FeedContent;
  readonly licence?: Licence | undefined;
  /** WebSub hubs that are told of changes. */
  readonly hubs: readonly string[];
  /** Where older posts stand (RFC 5005 §4); absent for feeds without an archive. */
  readonly archive?: Archive | undefined;
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** The site's other feeds, for the page and the OPML: key and title. */
  readonly siblings: readonly { readonly key: FeedKey; readonly title: string }[];
}

/** A feed's place in the chain of RFC 5005 §4. */
export interface Archive {
  /** True for a page of the archive, false for the feed that people subscribe to. */
  readonly isPage: boolean;
  /** The page with the posts before these. */
  readonly previous?: FeedKey | undefined;
  readonly next?: FeedKey | undefined;
}

/** True for what may be an Atom id (RFC 4287 §4.2.6): an absolute IRI, without what none holds (RFC 3987 §2.2). */
export const isIri = (id: string): boolean =>
  /^[a-z][a-z0-9+.-]*:[^\s\p{C}<>"{}|\\^`]+$/iu.test(id) && URL.canParse(id);

/**
 * What subscribers know a post by: a `tag:` URI (RFC 4151), or the id that it had where the blog came from. An old id
 * that is no IRI (`123`) would make Atom invalid: such a post has its `tag:` URI in all formats.
 */
export const entryId = (site: Site, { id, oldId }: Pick<Post, "id" | "oldId">): string =>
  oldId !== undefined && isIri(oldId) ? oldId : `tag:${site.authority}:${site.id}/${id}`;

/** The sort key of a membership: newest last. */
export const entryPosition = (published: Instant, postId: string): string => `${iso(published)}#${postId}`;
