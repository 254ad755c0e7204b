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
  /** Where the feeds are served: absolute, with a trailing slash. */
  readonly feedsUrl: string;
  /** The values of `status` that publish, in lower case. Any other holds the post. */
  readonly publishStatuses: readonly string[];
  readonly feeds: FeedPolicy;
}

export interface FeedPolicy {
  /** How many entries a feed shows. */
  readonly entries: number;
  readonly content: "full" | "summary";
}
