import type { Site } from "../domain/site.ts";
import { guessPermalink, type Pair, type PermalinkChoice, pathOfUrl } from "./guess-permalink.ts";
import { type PageFacts, permalinkValues, unusedPermalinks } from "./page-path.ts";

/** A document as Crier would publish it. */
export interface LocatedDocument {
  readonly path: string;
  readonly url: string;
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  /** Absent where the document gives the address of its page itself. */
  readonly facts: PageFacts | undefined;
}

/** An address of the site's own feed or sitemap. */
export interface SitePage {
  readonly url: string;
  /** Sitemaps have none. */
  readonly title: string | undefined;
}

export interface AddressComparison {
  readonly agreeing: number;
  /** `page` is what the site has for the document. */
  readonly different: readonly { readonly path: string; readonly url: string; readonly page: string }[];
  /** The site has no page that looks like the document's. */
  readonly absent: readonly { readonly path: string; readonly url: string }[];
  /** Where the site's pages are, if it is not where `url` says. */
  readonly origin: string | undefined;
  /** Folders of `permalinks` without a document. */
  readonly unused: readonly string[];
  readonly advice: { readonly choice: PermalinkChoice; readonly agreeing: number } | undefined;
}

const nameIn = (path: string): string =>
  (path.split("/").findLast(Boolean) ?? "").replace(/\.html?$/, "").toLowerCase();

const namesOf = ({ url, facts }: LocatedDocument, site: Site): readonly string[] => {
  if (facts === undefined) return [nameIn(pathOfUrl(url))];
  const { slug, filename, post_title } = permalinkValues(facts, site);
  return [...new Set([slug, filename, post_title].map(nameIn))];
};

const titleKey = (title: string): string => title.normalize("NFKC").toLowerCase().trim();

/** The page that is the document's: the one with its title, else the one that is named like it. */
const finderOf = (pages: readonly SitePage[], taken: ReadonlySet<string>, site: Site) => {
  const free = pages.filter(({ url }) => !taken.has(pathOfUrl(url)));
  const byName = Map.groupBy(free, ({ url }) => nameIn(pathOfUrl(url)));
  const byTitle = Map.groupBy(free, ({ title }) => (title === undefined ? "" : titleKey(title)));
  return (document: LocatedDocument): string | undefined => {
    const titled = document.title === "" ? [] : (byTitle.get(titleKey(document.title)) ?? []);
    const named = namesOf(document, site).flatMap((name) => byName.get(name) ?? []);
    const both = named.find((page) => titled.includes(page));
    return (both ?? (titled.length === 1 ? titled[0] : undefined) ?? named[0])?.url;
  };
};

/** The most frequent origin. */
const originOf = (pages: readonly SitePage[]): string | undefined =>
  [...Map.groupBy(pages, ({ url }) => new URL(url).origin)].toSorted(
    ([, one], [, other]) => other.length - one.length,
  )[0]?.[0];

/** Compares the documents' addresses with those of the site's own feed or sitemap. Schemes and hosts are compared as a whole only. */
export const compareAddresses = (
  documents: readonly LocatedDocument[],
  pages: readonly SitePage[],
  site: Site,
): AddressComparison => {
  const paths = new Set(pages.map(({ url }) => pathOfUrl(url)));
  const [agreeing, others] = [
    documents.filter(({ url }) => paths.has(pathOfUrl(url))),
    documents.filter(({ url }) => !paths.has(pathOfUrl(url))),
  ];
  const pageOf = finderOf(pages, new Set(agreeing.map(({ url }) => pathOfUrl(url))), site);
  const matched = others.map((document) => ({ ...document, page: pageOf(document) }));
  const different = matched.flatMap(({ page, ...document }) => (page === undefined ? [] : [{ ...document, page }]));
  const pairs = different.flatMap(({ facts, page }): readonly Pair[] => (facts === undefined ? [] : [{ facts, page }]));
  const facts = documents.flatMap((document) => document.facts ?? []);
  const guess = guessPermalink(facts, pairs, paths, site);
  const fixed = agreeing.filter((document) => document.facts === undefined).length;
  const origin = originOf(pages);
  return {
    agreeing: agreeing.length,
    different: different.map(({ path, url, page }) => ({ path, url, page })),
    absent: matched.flatMap(({ path, url, page }) => (page === undefined ? [{ path, url }] : [])),
    origin: origin === undefined || origin === new URL(site.url).origin ? undefined : origin,
    unused: unusedPermalinks(documents, site),
    advice: guess && { choice: guess.choice, agreeing: guess.agreeing + fixed },
  };
};
