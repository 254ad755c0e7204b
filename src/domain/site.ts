import type { FeedKey } from "./feed-key.ts";
import type { Instant } from "./time.ts";

/** Someone a feed or a post is by. */
export interface Person {
  readonly name: string;
  readonly url?: string | undefined;
  readonly email?: string | undefined;
}

/** What the feeds are about. One deployment can hold several. */
export interface Site {
  /** Names the site in rows and ids; never changes. */
  readonly id: string;
  readonly title: string;
  /** Absolute, with a trailing slash. */
  readonly url: string;
  readonly description: string;
  readonly author: Person;
  /** BCP 47. */
  readonly language: string;
  /** IANA name; a date without a time means the start of its day here. */
  readonly timeZone: string;
  /** `authority,date` of the site's `tag:` URIs (RFC 4151). It stays when the domain changes, so that no reader sees an old post as new. */
  readonly authority: string;
  /** The path of a post's page, with `:slug`; used where a document names no URL of its own. */
  readonly permalink: string;
  /** Where the site's documents stand in a source and its files among the feeds: empty for the first site, `sites/<id>/` for any other. */
  readonly folder: string;
  /** Where the feeds are served: absolute, with a trailing slash. */
  readonly feedsUrl: string;
  /** The values of `status` that publish, in lower case. Any other holds the post. */
  readonly publishStatuses: readonly string[];
  /** BCP 47; with more than one, each has a feed. */
  readonly languages: readonly string[];
  /** Under which the posts stand. */
  readonly licence?: Licence | undefined;
  /** WebSub hubs: absolute URLs. */
  readonly hubs: readonly string[];
  /** For a blog that comes from elsewhere: its readers know the old posts by old ids. */
  readonly movedIn?: MovedIn | undefined;
  readonly feeds: FeedPolicy;
}

export interface Licence {
  readonly name: string;
  readonly url: string;
}

export interface MovedIn {
  /** Posts published before it keep the ids that the old feeds gave them. */
  readonly before: Instant;
  /** What those ids were: the front matter's `guid`, or the URL of the post's page. */
  readonly ids: "guid" | "url";
}

export type FeedContent = "full" | "summary";

export interface FeedPolicy {
  /** How many entries a feed shows. */
  readonly entries: number;
  /** By feed key; `default` for all the others. */
  readonly content: Readonly<Partial<Record<FeedKey | "default", FeedContent>>>;
  /** The types of categories that have feeds, besides each post's primary one; absent: all of them. */
  readonly categoryTypes?: readonly string[] | undefined;
  /** Where the main feed's formats are served instead, by the format's name: a path of the host that begins with `/`. */
  readonly paths: Readonly<Record<string, string>>;
}
