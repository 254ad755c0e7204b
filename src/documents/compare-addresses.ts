import { fillPermalink, namesThePost, permalinkTokens } from "../domain/address.ts";
import type { Site } from "../domain/site.ts";
import { type PageFacts, permalinkValues, readPath, unusedPermalinks, urlByPermalink } from "./page-path.ts";

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

/** An address of the site's own feed or sitemap. */
export interface SitePage {
  readonly url: string;
  /** Sitemaps have none. */
  readonly title: string | undefined;
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
  readonly advice: { readonly choice: PermalinkChoice; readonly agreeing: number } | undefined;
}

const lastSegment = (path: string): string =>
  (path.split("/").findLast(Boolean) ?? "").replace(/\.html?$/, "").toLowerCase();

const possibleNames = ({ url, facts }: LocatedDocument, site: Site): readonly string[] => {
  if (facts === undefined) return [lastSegment(decodedPath(url))];
  const { slug, filename, post_title } = permalinkValues(facts, site);
  return [...new Set([slug, filename, post_title].map(lastSegment))];
};

const titleKey = (title: string): string => title.normalize("NFKC").toLowerCase().trim();

/** Finds the page of a document: the page with its title, or else the page with its name. */
const pageFinder = (pages: readonly SitePage[], taken: ReadonlySet<string>, site: Site) => {
  const free = pages.filter(({ url }) => !taken.has(decodedPath(url)));
  const byName = Map.groupBy(free, ({ url }) => lastSegment(decodedPath(url)));
  const byTitle = Map.groupBy(free, ({ title }) => (title === undefined ? "" : titleKey(title)));
  return (document: LocatedDocument): string | undefined => {
    const titled = document.title === "" ? [] : (byTitle.get(titleKey(document.title)) ?? []);
    const named = possibleNames(document, site).flatMap((name) => byName.get(name) ?? []);
    const both = named.find((page) => titled.includes(page));
    return (both ?? (titled.length === 1 ? titled[0] : undefined) ?? named[0])?.url;
  };
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
  const findPage = pageFinder(pages, new Set(agreeing.map(({ url }) => decodedPath(url))), site);
  const matched = others.map((document) => ({ ...document, page: findPage(document) }));
  const different = matched.flatMap(({ page, ...document }) => (page === undefined ? [] : [{ ...document, page }]));
  const pairs = different.flatMap(({ facts, page }): readonly Pair[] => (facts === undefined ? [] : [{ facts, page }]));
  const facts = documents.flatMap((document) => document.facts ?? []);
  const guess = guessPermalink(facts, pairs, paths, site);
  const fixed = agreeing.filter((document) => document.facts === undefined).length;
  const origin = mostFrequentOrigin(pages);
  return {
    agreeing: agreeing.length,
    different: different.map(({ path, url, page }) => ({ path, url, page })),
    absent: matched.flatMap(({ path, url, page }) => (page === undefined ? [{ path, url }] : [])),
    origin: origin === undefined || origin === new URL(site.url).origin ? undefined : origin,
    unused: unusedPermalinks(documents, site),
    advice: guess && { choice: guess.choice, agreeing: guess.agreeing + fixed },
  };
};

type PermalinkChoice = Pick<Site, "permalink" | "permalinks" | "permalinkCase">;

/** A document and the address that the site has for it. */
interface Pair {
  readonly facts: PageFacts;
  /** A URL. */
  readonly page: string;
}

/** Returns the decoded path of an address, so that two spellings of one address are equal. */
const decodedPath = (url: string): string => {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname).normalize("NFC");
  } catch {
    return pathname;
  }
};

/** `:title` is left out: it is the same as `:slug`. */
const tokens = [
  ...permalinkTokens.filter((name) => name !== "title").map((name) => `:${name}`),
  ":year-:month-:day",
  ":year-:month-:day-:slug",
  ":year:month:day",
];

/** These tokens stand for a date or a name, which differ between posts. */
const varies = /:(?:year|(?:i_)?month|(?:i_)?day|slug|filename|path|post_title)/;

const maxPatterns = 60;

/** Returns every permalink that gives these segments with the values of one document. */
const permalinkPatterns = (
  segments: readonly string[],
  values: readonly (readonly [word: string, segments: readonly string[]])[],
): readonly string[] => {
  const [first] = segments;
  if (first === undefined) return [""];
  const fitting = values.filter(([, parts]) => parts.every((part, index) => part === segments[index]));
  const options = fitting.some(([word]) => varies.test(word)) ? fitting : [...fitting, [first, [first]] as const];
  return options
    .flatMap(([word, parts]) =>
      permalinkPatterns(
        segments.slice(parts.length),
        values.filter(([other]) => other !== word),
      ).map((rest) => `/${word}${rest}`),
    )
    .slice(0, maxPatterns);
};

const derive = ({ facts, page }: Pair, site: Site): readonly string[] => {
  const base = decodedPath(site.url);
  const whole = decodedPath(page);
  const path = whole.startsWith(base) ? whole.slice(base.length) : whole;
  const [end = ""] = /(?:\/|\.html?)?$/.exec(path) ?? [];
  const segments = path
    .slice(0, path.length - end.length)
    .split("/")
    .filter(Boolean);
  const filled = permalinkValues(facts, site);
  const values = tokens
    .map((word) => [word, decodeURIComponent(fillPermalink(word, filled)).split("/")] as const)
    .filter(([, parts]) => parts.every(Boolean));
  return permalinkPatterns(segments, values)
    .filter(namesThePost)
    .map((pattern) => pattern + end);
};

/** Counts the documents whose address with these settings is also an address of the site. */
const countAgreeing = (documents: readonly PageFacts[], pages: ReadonlySet<string>, site: Site): number =>
  documents.filter((facts) => {
    const url = urlByPermalink(facts, site);
    return url !== undefined && pages.has(decodedPath(url));
  }).length;

/** Only the most frequent derived permalinks are tried, at most this many. */
const maxTried = 20;

const mostFrequent = (patterns: readonly string[]): readonly string[] =>
  [...Map.groupBy(patterns, (pattern) => pattern)]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .slice(0, maxTried)
    .map(([pattern]) => pattern);

interface Guess {
  readonly choice: PermalinkChoice;
  readonly agreeing: number;
}

const tokenCount = ({ permalink, permalinks }: PermalinkChoice): number =>
  [permalink, ...Object.values(permalinks ?? {})].join("").split(":").length;

/** Returns the choice that makes the most documents agree, and the simplest of equal ones. */
const bestGuess = (guesses: readonly Guess[]): Guess | undefined =>
  guesses.toSorted(
    (one, other) => other.agreeing - one.agreeing || tokenCount(one.choice) - tokenCount(other.choice),
  )[0];

/** Returns the folder or language that can have a permalink of its own. */
const permalinkGroup = ({ path }: PageFacts): string | undefined => {
  const { language, folders } = readPath(path);
  const group = language ?? folders[0];
  return group === undefined ? undefined : `${group}/`;
};

/**
 * Returns the settings with which the most documents have addresses that the site has, too. Permalinks are derived from
 * the pairs and tried on all documents. Returns undefined if no settings are better than the present ones.
 */
const guessPermalink = (
  documents: readonly PageFacts[],
  pairs: readonly Pair[],
  pages: ReadonlySet<string>,
  site: Site,
): Guess | undefined => {
  const makeGuess = (choice: PermalinkChoice): Guess => ({
    choice,
    agreeing: countAgreeing(documents, pages, { ...site, ...choice }),
  });
  const now = makeGuess({ permalink: site.permalink, permalinks: site.permalinks, permalinkCase: site.permalinkCase });
  const tried = (["keep", "lower"] as const).flatMap((permalinkCase) =>
    mostFrequent(pairs.flatMap((pair) => derive(pair, { ...site, permalinkCase }))).map((permalink) =>
      makeGuess({ permalink, permalinks: undefined, permalinkCase }),
    ),
  );
  const start = bestGuess([now, ...tried]) ?? now;
  const different = pairs.filter(({ facts }) => countAgreeing([facts], pages, { ...site, ...start.choice }) === 0);
  const groups = Map.groupBy(different, ({ facts }) => permalinkGroup(facts));
  const found = [...groups].reduce((guess, [group, members]) => {
    if (group === undefined) return guess;
    const cased = { ...site, ...guess.choice };
    const permalinks = mostFrequent(members.flatMap((pair) => derive(pair, cased)));
    const others = permalinks.map((permalink) =>
      makeGuess({ ...guess.choice, permalinks: { ...guess.choice.permalinks, [group]: permalink } }),
    );
    return bestGuess([guess, ...others]) ?? guess;
  }, start);
  return found.agreeing > now.agreeing ? found : undefined;
};
