/** The judge of mentions on X. */
declare module "twitter-text/dist/extractEntitiesWithIndices.js" {
  interface Entity {
    readonly indices: readonly [number, number];
    /** Set for a mention. */
    readonly screenName?: string;
  }

  const extractEntitiesWithIndices: (text: string) => readonly Entity[];
  export = extractEntitiesWithIndices;
}

/** The pattern of the generic top-level domains. */
declare module "twitter-text/dist/regexp/validGTLD.js" {
  const validGtld: RegExp;
  export = validGtld;
}

/** The judge of lengths on X. */
declare module "twitter-text/dist/parseTweet.js" {
  const parseTweet: (text: string) => { readonly weightedLength: number };
  export = parseTweet;
}

/** The judge of hashtags on X. */
declare module "twitter-text/dist/extractHashtags.js" {
  const extractHashtags: (text: string) => readonly string[];
  export = extractHashtags;
}
