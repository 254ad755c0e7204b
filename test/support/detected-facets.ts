import { detectFacets } from "@atproto/api/dist/rich-text/detection.js";
import { UnicodeString } from "@atproto/api/dist/rich-text/unicode.js";
import { makeFacets } from "../../src/networks/bluesky/bluesky-record.ts";

/** The text that a facet covers, and the address or the hashtag in it. */
type Found = readonly [covered: string, target: string];

interface Feature {
  readonly $type?: string;
  readonly uri?: unknown;
  readonly tag?: unknown;
}

interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly Feature[];
}

const linksAndTags = (text: string, facets: readonly Facet[]): readonly Found[] =>
  facets
    .toSorted((a, b) => a.index.byteStart - b.index.byteStart)
    .flatMap(({ index, features }) => {
      const covered = Buffer.from(text).subarray(index.byteStart, index.byteEnd).toString();
      return features.flatMap(({ uri, tag = uri }) => (typeof tag === "string" ? [[covered, tag] as const] : []));
    });

const countOf = (sign: string, text: string): number => text.split(sign).length - 1;

/** The mistakes of `detectFacets`: it keeps a bracket of the sentence, and gives `httpbin.org` no scheme. */
const corrected = ([covered, target]: Found): Found => {
  const unopened = Math.max(0, countOf(")", covered) - countOf("(", covered));
  const end = Math.min(unopened, /\)*$/.exec(covered)?.[0].length ?? 0);
  const uri = target.slice(0, target.length - end);
  return [
    covered.slice(0, covered.length - end),
    /^http(?!s?:)/.test(uri) && covered.startsWith(uri) ? `https://${uri}` : uri,
  ];
};

/** The links and hashtags that @atproto/api finds in a text, without the mistakes of it. */
export const detectedByBluesky = (text: string): readonly Found[] =>
  linksAndTags(text, detectFacets(new UnicodeString(text)) ?? []).flatMap((found) => {
    if (/^[#＃$]/u.test(found[0])) return [found];
    const link = corrected(found);
    // A post with an invalid address would be refused.
    return URL.parse(link[1]) === null ? [] : [link];
  });

/** The links and hashtags that Crier finds in an author's own text. */
export const detectedByCrier = (text: string): readonly Found[] =>
  linksAndTags(text, makeFacets(text, { shown: "", url: "", handles: new Set(), isOwnText: true }));
