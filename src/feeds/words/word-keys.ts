/** The words of the pages and feeds, except those of their site and posts. `{name}` is a placeholder. */
export interface Words {
  readonly follow: string;
  readonly followHint: string;
  readonly open: string;
  /** By the id of the format. */
  readonly about: Readonly<Record<string, string>>;
  readonly importAll: string;
  readonly allFeeds: string;
  readonly newest: string;
  readonly empty: string;
  readonly readingTime: string;
  readonly alsoOn: string;
  readonly alsoIn: string;
  readonly disclosure: string;
  readonly picks: string;
  readonly topics: string;
  readonly languages: string;
  readonly others: string;
  readonly othersHint: string;
  readonly moreFrom: string;
  readonly moreHint: string;
  readonly haveSite: string;
  readonly haveSiteHint: string;
  readonly by: string;
  readonly licence: string;
  readonly keptValid: string;
  readonly featured: string;
  readonly archivePage: string;
  readonly postsOf: string;
}
