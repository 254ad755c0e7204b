import { detectFacets } from "@atproto/api/dist/rich-text/detection.js";
import { UnicodeString } from "@atproto/api/dist/rich-text/unicode.js";
import { makeFacets } from "../../src/networks/bluesky/bluesky-record.ts";

/** The first byte and the text that a facet covers, and the address or the hashtag in it. */
export type Found = readonly [start: number, covered: string, target: string];

interface Feature {
  readonly $type?: string;
  readonly uri?: unknown;
  readonly tag?: unknown;
}

interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly Feature[];
}

export const linksAndTags = (text: string, facets: readonly Facet[]): readonly Found[] =>
  facets
    .toSorted((a, b) => a.index.byteStart - b.index.byteStart)
    .flatMap(({ index, features }) => {
      const covered = Buffer.from(text).subarray(index.byteStart, index.byteEnd).toString();
      return features.flatMap(({ uri, tag = uri }) =>
        typeof tag === "string" ? [[index.byteStart, covered, tag] as const] : [],
      );
    });

const countOf = (sign: string, text: string): number => text.split(sign).length - 1;

/** The mistakes of `detectFacets`: it keeps a bracket of the sentence, and gives `httpbin.org` no scheme. */
const corrected = ([start, covered, target]: Found): Found => {
  const unopened = Math.max(0, countOf(")", covered) - countOf("(", covered));
  const end = Math.min(unopened, /\)*$/.exec(covered)?.[0].length ?? 0);
  const uri = target.slice(0, target.length - end);
  return [
    start,
    covered.slice(0, covered.length - end),
    /^http(?!s?:)/.test(uri) && covered.startsWith(uri) ? `https://${uri}` : uri,
  ];
};

const overlaps = ([start, covered]: Found, [other, otherCovered]: Found): boolean =>
  start < other + Buffer.byteLength(otherCovered) && other < start + Buffer.byteLength(covered);

/**
 * The links and hashtags that @atproto/api finds in a text, without the mistakes of it: one more is that an address may be
 * in a hashtag (`#12(https://a.example/12)`), and then no app links it.
 */
export const detectedByBluesky = (text: string): readonly Found[] => {
  const found = linksAndTags(text, detectFacets(new UnicodeString(text)) ?? []);
  const isTag = ([, covered]: Found) => /^[#＃$]/u.test(covered);
  // A post with an invalid address would be refused.
  const links = found
    .filter((one) => !isTag(one))
    .map(corrected)
    .filter(([, , uri]) => URL.parse(uri) !== null);
  const tags = found.filter((one) => isTag(one) && !links.some((link) => overlaps(link, one)));
  return [...links, ...tags].toSorted(([a], [b]) => a - b);
};

/** The links and hashtags that Crier finds in an author's own text. */
export const detectedByCrier = (text: string): readonly Found[] =>
  linksAndTags(text, makeFacets(text, { shown: "", url: "", handles: new Set(), isOwnText: true }));
