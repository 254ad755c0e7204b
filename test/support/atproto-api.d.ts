/** The judge of facets. The main module of @atproto/api has thousands of types, which take minutes to check. */
declare module "@atproto/api/dist/rich-text/unicode.js" {
  export class UnicodeString {
    constructor(text: string);
  }
}

declare module "@atproto/api/dist/rich-text/detection.js" {
  import type { UnicodeString } from "@atproto/api/dist/rich-text/unicode.js";

  interface DetectedFacet {
    readonly index: { readonly byteStart: number; readonly byteEnd: number };
    readonly features: readonly { readonly $type: string; readonly uri?: string; readonly tag?: string }[];
  }

  export const detectFacets: (text: UnicodeString) => readonly DetectedFacet[] | undefined;
}
