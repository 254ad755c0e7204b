import type { Category, Listing, Post } from "./post.ts";
import type { Person, Site } from "./site.ts";
import { type Instant, iso, second } from "./time.ts";

/** `main`, `featured` or `categories/<slug>`. */
export type FeedKey = string;

/** A source's deletion leaves the feeds after this long: an editor's atomic save and `git mv` are deletions too. */
export const feedGrace = 5 * second;

/** A category's place in URLs: letters, digits and dashes; `C++` and `C#` stay apart from `C`. Empty where the name holds neither letter nor digit. */
export const categorySlug = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("+", " plus ")
    .replaceAll("#", " sharp ")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60)
    .replaceAll(/-+$/g, "");

export const categoryFeed = (category: Category): FeedKey => `categories/${categorySlug(category.name)}`;

/** The folder that a feed's files stand in, relative to the feeds' root: `""` or with a trailing slash. */
export const feedFolder = (key: FeedKey): string => (key === "main" ? "" : `${key}/`);

/** True while the post may be shown: not held, not before its time, not deleted. */
export const isLive = (post: Post, now: Instant): boolean =>
  post.hold === undefined && post.published <= now && !(post.gone !== undefined && isOver(post.gone, now));

const isOver = (gone: NonNullable<Post["gone"]>, now: Instant): boolean =>
  gone.by === "person" || now >= gone.at + feedGrace;

/** Every feed that the post stands in while it is live. */
export const wantedFeeds = (post: Pick<Post, "categories" | "featured">): readonly FeedKey[] => [
  ...new Set([
    "main",
    ...post.categories.filter(({ name }) => categorySlug(name) !== "").map(categoryFeed),
    ...(post.featured ? ["featured"] : []),
  ]),
];

export const wantedListings = (post: Pick<Post, "categories" | "featured" | "published">): readonly Listing[] =>
  wantedFeeds(post).map((feed) => ({ feed, published: post.published }));

export const sameListing = (a: Listing, b: Listing): boolean => a.feed === b.feed && a.published === b.published;

/** A post as a member of a feed. */
export interface Entry {
  /** `tag:` URI (RFC 4151), the same in all formats, for ever. */
  readonly id: string;
  readonly post: Post;
  /** Distinct within its feed (the W3C validator warns where two entries share one). */
  readonly updated: Instant;
  /** Where copies of the post stand. */
  readonly syndication: readonly string[];
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
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** The site's other feeds, for the page: key and title. */
  readonly siblings: readonly { readonly key: FeedKey; readonly title: string }[];
}

export const entryId = (site: Site, postId: string): string => `tag:${site.authority}:${site.id}/${postId}`;

/** The sort key of a membership: newest last. */
export const entryPosition = (published: Instant, postId: string): string => `${iso(published)}#${postId}`;
