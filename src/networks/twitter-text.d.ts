/** The only function that is used. The main module of twitter-text adds 45 more, with their polyfills. */
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
