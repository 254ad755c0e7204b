import type { Site } from "../domain/site.ts";
import {
  decodedPath,
  findCandidates,
  type InferredPermalink,
  inferPermalink,
  lastSegment,
  possibleNames,
  type SitePage,
  titleKey,
} from "./infer-permalink.ts";
import { type PageFacts, unusedPermalinks, urlByPermalink } from "./page-path.ts";

/** A document as Crier would publish it. */
export interface LocatedDocument {
  readonly path: string;
  readonly url: string;
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  /** Absent if the document itself gives the address of its page. */
  readonly facts: PageFacts | undefined;
}

export interface AddressComparison {
  readonly agreeing: number;
  /** `page` is the URL that the site has for the document. */
  readonly different: readonly { readonly path: string; readonly url: string; readonly page: string }[];
  /** Documents for which the site has no similar page. */
  readonly absent: readonly { readonly path: string; readonly url: string }[];
  /** The origin of the site's pages, if it differs from that of `url`. */
  readonly origin: string | undefined;
  /** Folders of `permalinks` without a document. */
  readonly unused: readonly string[];
  /** Permalinks with which more documents agree. */
  readonly advice: (InferredPermalink & { readonly agreeing: number }) | undefined;
}

const namesOf = ({ url, facts }: LocatedDocument, site: Site): readonly string[] =>
  facts === undefined ? [lastSegment(decodedPath(url))] : possibleNames(facts, site);

/** Finds the page of a document: the page with its title, or else the page with its name. */
const pageFinder = (pages: readonly SitePage[], taken: ReadonlySet<string>, site: Site) => {
  const free = pages.filter(({ url }) => !taken.has(decodedPath(url)));
  const byName = Map.groupBy(free, ({ url }) => lastSegment(decodedPath(url)));
  const byTitle = Map.groupBy(free, ({ title }) => (title === undefined ? "" : titleKey(title)));
  return (document: LocatedDocument): string | undefined => {
    const titled = document.title === "" ? [] : (byTitle.get(titleKey(document.title)) ?? []);
    const named = namesOf(document, site).flatMap((name) => byName.get(name) ?? []);
    const both = named.find((page) => titled.includes(page));
    return (both ?? (titled.length === 1 ? titled[0] : undefined) ?? named[0])?.url;
  };
};

/** Returns the documents that probably have one of the pages. */
export const withPages = (
  documents: readonly LocatedDocument[],
  pages: readonly SitePage[],
  site: Site,
): readonly LocatedDocument[] => {
  const paths = new Set(pages.map(({ url }) => decodedPath(url)));
  const following = documents.flatMap(({ facts }) => facts ?? []);
  const found = new Set(
    findCandidates(following, pages, site).flatMap(({ facts, pages: own }) => (own.length > 0 ? [facts] : [])),
  );
  return documents.filter(({ url, facts }) => (facts === undefined ? paths.has(decodedPath(url)) : found.has(facts)));
};

/** Returns the most frequent origin. */
const mostFrequentOrigin = (pages: readonly SitePage[]): string | undefined =>
  [...Map.groupBy(pages, ({ url }) => new URL(url).origin)].toSorted(
    ([, one], [, other]) => other.length - one.length,
  )[0]?.[0];

/**
 * Compares the documents' addresses with those of the site's own feed or sitemap. Schemes and hosts are compared only
 * for the site as a whole.
 */
export const compareAddresses = (
  documents: readonly LocatedDocument[],
  pages: readonly SitePage[],
  site: Site,
): AddressComparison => {
  const paths = new Set(pages.map(({ url }) => decodedPath(url)));
  const [agreeing, others] = [
    documents.filter(({ url }) => paths.has(decodedPath(url))),
    documents.filter(({ url }) => !paths.has(decodedPath(url))),
  ];
  const facts = documents.flatMap((document) => document.facts ?? []);
  const inferred = inferPermalink(facts, pages, site);
  const urlOf = (document: LocatedDocument): string => {
    const url = document.facts && inferred && urlByPermalink(document.facts, { ...site, ...inferred.choice });
    return url ?? document.url;
  };
  const byPath = new Map(pages.map(({ url }) => [decodedPath(url), url]));
  const agreed = documents.filter((document) => byPath.has(decodedPath(urlOf(document))));
  const taken = new Set([...agreeing.map(({ url }) => url), ...agreed.map(urlOf)].map(decodedPath));
  const findPage = pageFinder(pages, taken, site);
  const matched = others.map((document) => ({
    ...document,
    page: byPath.get(decodedPath(urlOf(document))) ?? findPage(document),
  }));
  const origin = mostFrequentOrigin(pages);
  return {
    agreeing: agreeing.length,
    different: matched.flatMap(({ path, url, page }) => (page === undefined ? [] : [{ path, url, page }])),
    absent: matched.flatMap(({ path, url, page }) => (page === undefined ? [{ path, url }] : [])),
    origin: origin === undefined || origin === new URL(site.url).origin ? undefined : origin,
    unused: unusedPermalinks(documents, site),
    advice:
      inferred === undefined || agreed.length <= agreeing.length ? undefined : { ...inferred, agreeing: agreed.length },
  };
};
