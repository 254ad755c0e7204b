/** The one function that is used of twitter-text: its main module brings 45 more, and polyfills for all of them. */
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
