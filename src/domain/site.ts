import type { FeedKey } from "./feed-key.ts";
import type { FieldName } from "./field-keys.ts";
import type { Instant } from "./time.ts";

/** An author of a feed or a post. */
export interface Person {
  readonly name: string;
  readonly url?: string;
  readonly email?: string;
}

export const makePerson = (name: string, url: string | undefined, email: string | undefined): Person => ({
  name,
  ...(url === undefined ? {} : { url }),
  ...(email === undefined ? {} : { email }),
});

/** The location of a site's documents, as the configuration names it. */
export interface SourceLocation {
  readonly kind: "folder" | "feed";
  /** The folder's path, or the feed's URL. */
  readonly location: string;
  /** Globs of paths in a folder. If there are none, all of its documents are included. */
  readonly include: readonly string[];
  /** A glob that matches a folder excludes everything in it. */
  readonly exclude: readonly string[];
}

/** Returns the source's name in rows, which stays the same while the configuration names the same location. */
export const sourceName = ({ kind, location }: Pick<SourceLocation, "kind" | "location">): string =>
  `${kind}:${location}`;

/**
 * Returns the folder of a site's documents within Astro, below the site's own folder: `src/content/blog`. A path in such a
 * document is one of a file. Undefined for any other site.
 */
export const astroFolder = ({ sources }: Pick<Site, "sources">): string | undefined =>
  sources
    .filter(({ kind }) => kind === "folder")
    .map(({ location }) => /(?:^|[\\/])(src[\\/]content(?:[\\/].*)?)$/.exec(location)?.[1]?.split(/[\\/]+/))
    .find((segments) => segments !== undefined)
    ?.filter((segment) => segment !== "")
    .join("/");

/** A source that is the folder at this path. */
export const folderAt = (location: string): SourceLocation => ({ kind: "folder", location, include: [], exclude: [] });

/** True for the name of a source that is a feed. */
export const isFeedName = (name: string): boolean => name.startsWith("feed:");

/** A website with its own feeds. An installation can have several. */
export interface Site {
  /** Identifies the site in rows and ids. Never changes. */
  readonly id: string;
  readonly title: string;
  /** Absolute, with a trailing slash. */
  readonly url: string;
  readonly description: string;
  readonly author: Person;
  /** BCP 47. */
  readonly language: string;
  /** IANA name. A date without a time is the start of that day in this zone. */
  readonly timeZone: string;
  /**
   * The `authority,date` of the site's `tag:` URIs (RFC 4151). It stays when the domain changes, so that no reader
   * shows old posts as new.
   */
  readonly authority: string;
  /** The path of a post's page, with tokens (address.ts). Used for documents that name no URL. */
  readonly permalink: string;
  /** Replaces `permalink` for a folder or language (`de/`). The longest match counts. */
  readonly permalinks?: Readonly<Record<string, string>> | undefined;
  /** `lower` changes the values that come from the names of files and folders to lower case, as Hugo and Astro do. */
  readonly permalinkCase?: "keep" | "lower" | undefined;
  /** Folders whose documents without a title are notes, whatever their length. Each ends with a slash. */
  readonly notes?: readonly string[] | undefined;
  /** The locations of its documents, besides the folder or bucket that all sites share. */
  readonly sources: readonly SourceLocation[];
  /**
   * The folder of the site's documents in a shared source, and of its rendered files. It is empty for the first site
   * and `sites/<id>/` for the others.
   */
  readonly folder: string;
  /** The absolute URL below which the feeds are served, with a trailing slash. */
  readonly feedsUrl: string;
  /** The keys of this site's documents for fields (field-keys.ts): `{ summary: "preview", image: "hero.src" }`. */
  readonly fields: Readonly<Partial<Record<FieldName, string>>>;
  /** The keys that `social` may have, in lower case: the networks, and the accounts of the site. */
  readonly socialKeys: readonly string[];
  /** The values of `status` that publish a post, in lower case. Any other holds it. */
  readonly publishStatuses: readonly string[];
  /** BCP 47, the site's own first. With more than one, each has a feed. */
  readonly languages: readonly string[];
  /** The licence of the posts. */
  readonly licence: Licence | undefined;
  /** WebSub hubs: absolute URLs. */
  readonly hubs: readonly string[];
  /** Receives a message about the copies of each post. */
  readonly webhook?: { readonly url: string } | undefined;
  /** Set for a blog that used other software before: its old posts keep the ids that they had there. */
  readonly movedIn: MovedIn | undefined;
  readonly feeds: FeedPolicy;
}

export interface Licence {
  readonly name: string;
  readonly url: string;
}

export interface MovedIn {
  /** Posts that were published before this moment keep their old ids. */
  readonly before: Instant;
  /** The old ids were the `guid` of the front matter, or the URL of the post's page. */
  readonly ids: "guid" | "url";
}

export type FeedContent = "full" | "summary";

export interface FeedPolicy {
  /**
   * Decides whether the main feed, and those of categories and of featured posts, have posts in all languages or in the
   * site's only.
   */
  readonly main: "all" | "site-language";
  /** The number of entries in a feed. */
  readonly entries: number;
  /** Keyed by feed; `default` is for all other feeds. */
  readonly content: Readonly<Partial<Record<FeedKey | "default", FeedContent>>>;
  /** The types of categories that have feeds, besides each post's primary category. Absent: all types. */
  readonly categoryTypes: readonly string[] | undefined;
  /** The number of posts from which on a category without a type has a feed, on a site with many categories. */
  readonly categoryMinimum: number;
  /** The title of a link post leads to this page in RSS and Atom: by default to its own. */
  readonly linkPosts?: "page" | "target" | undefined;
  /** The configured paths of the main feed, keyed by format. Each begins with `/`. */
  readonly paths: Readonly<Record<string, string>>;
}
