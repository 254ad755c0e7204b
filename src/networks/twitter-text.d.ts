/** The only functions that are used. The main module of twitter-text adds 44 more, with their polyfills. */
declare module "twitter-text/dist/extractUrlsWithIndices.js" {
  interface UrlWithIndices {
    readonly url: string;
    /** Start and end in UTF-16 units. */
    readonly indices: readonly [number, number];
  }

  const extractUrlsWithIndices: (
    text: string,
    options: { readonly extractUrlsWithoutProtocol: boolean },
  ) => readonly UrlWithIndices[];
  export = extractUrlsWithIndices;
}

declare module "twitter-text/dist/extractMentionsOrListsWithIndices.js" {
  interface MentionWithIndices {
    readonly screenName: string;
    /** Start and end in UTF-16 units. */
    readonly indices: readonly [number, number];
  }

  const extractMentionsOrListsWithIndices: (text: string) => readonly MentionWithIndices[];
  export = extractMentionsOrListsWithIndices;
}
