import type { FeedKey } from "./feed-key.ts";
import type { FieldName } from "./field-keys.ts";
import type { Instant } from "./time.ts";

/** An author of a feed or a post. */
export interface Person {
  readonly name: string;
  readonly url?: string;
  readonly email?: string;
}

export const personOf = (name: string, url: string | undefined, email: string | undefined): Person => ({
  name,
  ...(url === undefined ? {} : { url }),
  ...(email === undefined ? {} : { email }),
});

/** A place that a site's documents are read from, as the configuration names it. */
export interface SourcePlace {
  readonly kind: "folder" | "feed";
  /** The folder's path, or the feed's URL. */
  readonly place: string;
  /** Globs of paths in a folder. Without any, all of its documents are included. */
  readonly include: readonly string[];
  /** A glob that matches a folder excludes everything in it. */
  readonly exclude: readonly string[];
}

/** The source's name in rows. It stays while the configuration names the same place. */
export const sourceName = ({ kind, place }: Pick<SourcePlace, "kind" | "place">): string => `${kind}:${place}`;

/** What the feeds are about. A deployment can have several. */
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
  /** `authority,date` of the site's `tag:` URIs (RFC 4151). It stays when the domain changes, so that no reader sees an old post as new. */
  readonly authority: string;
  /** The path of a post's page, with tokens (address.ts). Used for documents that name no URL. */
  readonly permalink: string;
  /** In place of `permalink`, by folder or language (`de/`): the longest that fits. */
  readonly permalinks?: Readonly<Record<string, string>> | undefined;
  /** `lower` for what comes from the names of files and folders, as Hugo and Astro do. */
  readonly permalinkCase?: "keep" | "lower" | undefined;
  /** Where its documents are, besides the folder or bucket that all sites share. */
  readonly sources: readonly SourcePlace[];
  /** The folder of the site's documents in a shared source, and of its rendered files: empty for the first site, `sites/<id>/` for the others. */
  readonly folder: string;
  /** Where the feeds are served: absolute, with a trailing slash. */
  readonly feedsUrl: string;
  /** The keys of this site's documents for fields (field-keys.ts): `{ summary: "preview", image: "hero.src" }`. */
  readonly fields: Readonly<Partial<Record<FieldName, string>>>;
  /** What `social` may have a text for, in lower case: the networks, and the accounts of the site. */
  readonly socialKeys: readonly string[];
  /** The values of `status` that publish a post, in lower case. Any other holds it. */
  readonly publishStatuses: readonly string[];
  /** BCP 47, the site's own first. With more than one, each has a feed. */
  readonly languages: readonly string[];
  /** Of the posts. */
  readonly licence: Licence | undefined;
  /** WebSub hubs: absolute URLs. */
  readonly hubs: readonly string[];
  /** Told where each post went. */
  readonly webhook?: { readonly url: string } | undefined;
  /** For a blog that moved in: its old posts keep the ids that they had before. */
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
  /** What the main feed, and those of categories and of featured posts, hold: posts in the site's language only, or in all. */
  readonly main: "all" | "site-language";
  /** How many entries a feed shows. */
  readonly entries: number;
  /** By feed key; `default` for all other feeds. */
  readonly content: Readonly<Partial<Record<FeedKey | "default", FeedContent>>>;
  /** The types of categories that have feeds, besides each post's primary category. Absent: all types. */
  readonly categoryTypes: readonly string[] | undefined;
  /** The main feed's own paths, by the format's name: each begins with `/`. */
  readonly paths: Readonly<Record<string, string>>;
}
