import {
  fillPermalink,
  keyTokens,
  meantToken,
  namesThePost,
  type PermalinkValues,
  permalinkTokens,
} from "../domain/address.ts";
import type { Site } from "../domain/site.ts";
import { type PageFacts, permalinkRule, permalinkValues, readPath, urlByPermalink } from "./page-path.ts";

/** An address of the site's own feed or sitemap. */
export interface SitePage {
  readonly url: string;
  /** Sitemaps have none. */
  readonly title: string | undefined;
}

export type PermalinkChoice = Pick<Site, "permalink" | "permalinks" | "permalinkCase">;

/** A permalink of the choice, with the documents that it was inferred from. */
export interface InferredRule {
  /** The key of `permalinks`, or "" for the permalink of all other documents. */
  readonly folder: string;
  readonly permalink: string;
  /** The number of its documents whose address the site has. */
  readonly agreeing: number;
  /** The paths of its documents for which the site has a page at another address. */
  readonly contradicting: readonly string[];
}

export interface InferredPermalink {
  readonly choice: PermalinkChoice;
  readonly rules: readonly InferredRule[];
}

/** Returns the decoded path of an address, so that two spellings of one address are equal. */
export const decodedPath = (url: string): string => {
  const pathname = new URL(url).pathname.replace(/\/index\.html$/, "/");
  try {
    return decodeURIComponent(pathname).normalize("NFC");
  } catch {
    return pathname;
  }
};

const segmentKey = (segment: string): string => segment.replace(/\.html?$/, "").toLowerCase();

export const lastSegment = (path: string): string => segmentKey(path.split("/").findLast(Boolean) ?? "");

export const titleKey = (title: string): string => title.normalize("NFKC").toLowerCase().trim();

const cases = ["keep", "lower"] as const;

/** The names that a page of the document can have as its last segment. */
export const possibleNames = (facts: PageFacts, site: Site): readonly string[] => {
  const names = cases.flatMap((permalinkCase) => {
    const { slug, filename, post_title } = permalinkValues(facts, { ...site, permalinkCase });
    return [slug, filename, post_title].map(lastSegment);
  });
  return [...new Set(names)];
};

interface CandidateDocument {
  readonly facts: PageFacts;
  /** The paths of the pages that may be its own. */
  readonly pages: readonly string[];
}

/** A title, a name or a value that more pages have does not tell whose page one is. */
const maxCandidates = 20;

const findCandidates = (
  documents: readonly PageFacts[],
  pages: readonly SitePage[],
  site: Site,
): readonly CandidateDocument[] => {
  const paths = pages.map(({ url, title }) => ({ path: decodedPath(url), title }));
  const byTitle = Map.groupBy(paths, ({ title }) => titleKey(title ?? ""));
  const byName = Map.groupBy(paths, ({ path }) => lastSegment(path));
  const few = (found: readonly { readonly path: string }[] = []) =>
    found.length > maxCandidates ? [] : found.map(({ path }) => path);
  return documents.map((facts) => {
    const names = [...possibleNames(facts, site), ...[...facts.keys.values()].map(segmentKey)];
    const titled = facts.title === "" ? [] : few(byTitle.get(titleKey(facts.title)));
    const found = new Set([...titled, ...names.flatMap((name) => few(byName.get(name)))]);
    return { facts, pages: [...found].toSorted() };
  });
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

type Value = readonly [word: string, segments: readonly string[]];

/** Returns every permalink that gives these segments with the values of one document. */
const permalinkPatterns = (segments: readonly string[], values: readonly Value[]): readonly string[] => {
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

/** A key can be a token if it has letters only, and is not a token or nearly one. */
const keyValues = ({ keys }: PermalinkValues): readonly Value[] =>
  [...keys]
    .filter(([key]) => /^[a-z]+$/.test(key) && meantToken(key) === undefined)
    .map(([key, text]) => [`:${key}`, [text]] as const);

const derive = (path: string, facts: PageFacts, values: PermalinkValues, site: Site): readonly string[] => {
  const base = decodedPath(site.url);
  const below = path.startsWith(base) ? path.slice(base.length) : path;
  const [end = ""] = /(?:\/|\.html?)?$/.exec(below) ?? [];
  const segments = below
    .slice(0, below.length - end.length)
    .split("/")
    .filter(Boolean);
  const filled = tokens
    .map((word) => [word, decodeURIComponent(fillPermalink(word, values)).split("/")] as const)
    .filter(([, parts]) => parts.every(Boolean));
  const { language } = readPath(facts.path);
  return permalinkPatterns(segments, [...filled, ...keyValues(values)])
    .flatMap((pattern) =>
      // The language of a path comes before a permalink without it.
      language !== undefined && pattern.startsWith("/:lang/") ? [pattern.slice("/:lang".length), pattern] : [pattern],
    )
    .filter(namesThePost)
    .map((pattern) => pattern + end);
};

/**
 * True if the permalink has what an author chooses anew for each post. The next post may have another category, and
 * another folder is rarer.
 */
const isRisky = (permalink: string): boolean => /:categories/.test(permalink) || keyTokens(permalink).length > 0;

/** A document with all that is known of it in one case of `permalinkCase`. */
interface Candidate {
  readonly facts: PageFacts;
  readonly values: PermalinkValues;
  readonly patterns: readonly string[];
  /** Its folders, each within the one before: `de/`, `de/notes/`. The language of its path is the first one. */
  readonly folders: readonly string[];
}

const foldersOf = ({ path }: PageFacts): readonly string[] => {
  const { language } = readPath(path);
  const folders = path.split("/").slice(0, -1);
  const inLanguage = language === undefined || folders[0] === language ? folders : [language, ...folders];
  return inLanguage.map((_, index) => `${inLanguage.slice(0, index + 1).join("/")}/`);
};

/** Only the most frequent derived permalinks are tried, at most this many. */
const maxTried = 20;

const mostFrequent = (candidates: readonly Candidate[], isTried: (pattern: string) => boolean): readonly string[] =>
  [
    ...Map.groupBy(
      candidates.flatMap(({ patterns }) => patterns.filter(isTried)),
      (pattern) => pattern,
    ),
  ]
    .toSorted(([one, first], [other, second]) => second.length - first.length || compareSimplicity([one], [other]))
    .slice(0, maxTried)
    .map(([pattern]) => pattern);

/** The tokens that are preferred where the documents do not tell them apart, the first one most. */
const preferred = ["slug", "path", "year", "month", "day", "filename", "post_title", "lang", "section", "sections"];

const tokenNames = (patterns: readonly string[]): readonly string[] =>
  patterns.flatMap((pattern) => [...pattern.matchAll(/:([a-z]+(?:_[a-z]+)*)/gi)].map(([, name = ""]) => name));

/** Fewer tokens come first, then fewer segments, then the preferred tokens. The order is total. */
const compareSimplicity = (one: readonly string[], other: readonly string[]): number => {
  const rank = (name: string): number => (preferred.includes(name) ? preferred.indexOf(name) : preferred.length);
  const ranks = (patterns: readonly string[]): number =>
    tokenNames(patterns).reduce((sum, name) => sum + rank(name), 0);
  const segments = (patterns: readonly string[]): number => patterns.join("").split("/").length;
  return (
    tokenNames(one).length - tokenNames(other).length ||
    segments(one) - segments(other) ||
    ranks(one) - ranks(other) ||
    (one.join(" ") < other.join(" ") ? -1 : 1)
  );
};

interface Guess {
  readonly permalinkCase: (typeof cases)[number];
  /** The permalinks by folder; "" is that of all other documents. */
  readonly rules: ReadonlyMap<string, string>;
  /** The number of pages that documents have with these permalinks. */
  readonly pages: number;
  /** The number of documents that agree with the permalink of the site. */
  readonly atRoot: number;
}

const asChoice = ({ rules, permalinkCase }: Pick<Guess, "rules" | "permalinkCase">): PermalinkChoice => {
  const folders = [...rules].filter(([folder]) => folder !== "").toSorted(([one], [other]) => (one < other ? -1 : 1));
  return {
    permalink: rules.get("") ?? "",
    permalinks: folders.length === 0 ? undefined : Object.fromEntries(folders),
    permalinkCase,
  };
};

/** Returns the page of the site that a document has with these permalinks. */
const pageBy = (candidate: Candidate, choice: PermalinkChoice, pages: ReadonlySet<string>, site: Site) => {
  const url = urlByPermalink(candidate.facts, { ...site, ...choice }, candidate.values);
  const path = url && decodedPath(url);
  return path !== undefined && pages.has(path) ? path : undefined;
};

/** The guess that gives more documents their page comes first; of equal ones that with fewer rules. */
const compareGuesses = (one: Guess, other: Guess): number =>
  other.pages - one.pages ||
  one.rules.size - other.rules.size ||
  other.atRoot - one.atRoot ||
  cases.indexOf(one.permalinkCase) - cases.indexOf(other.permalinkCase) ||
  compareSimplicity([...one.rules.values()], [...other.rules.values()]);

/**
 * Returns the best choice: for each permalink that fits many documents, permalinks for the folders whose documents it
 * does not fit are searched, the outer folders before the inner ones.
 */
const search = (
  candidates: readonly Candidate[],
  permalinkCase: Guess["permalinkCase"],
  isTried: (pattern: string) => boolean,
  pages: ReadonlySet<string>,
  site: Site,
): readonly Guess[] => {
  const pagesBy = (members: readonly Candidate[], rules: Guess["rules"]): readonly (string | undefined)[] => {
    const choice = asChoice({ rules, permalinkCase });
    return members.map((one) => pageBy(one, choice, pages, site));
  };
  const count = (members: readonly Candidate[], rules: Guess["rules"]): number =>
    new Set(pagesBy(members, rules).filter((page) => page !== undefined)).size;

  const withFolders = (members: readonly Candidate[], depth: number, outer: Guess["rules"]): Guess["rules"] => {
    const found = pagesBy(members, outer);
    const missed = members.flatMap(({ folders }, index) => (found[index] === undefined ? (folders[depth] ?? []) : []));
    let rules = outer;
    for (const folder of [...new Set(missed)].toSorted()) {
      const inside = members.filter(({ folders }) => folders[depth] === folder);
      const guesses = mostFrequent(inside, isTried).map((pattern) => {
        const guess = new Map([...rules, [folder, pattern]]);
        return { pattern, guess, agreeing: count(inside, guess) };
      });
      const [best] = guesses.toSorted(
        (one, other) => other.agreeing - one.agreeing || compareSimplicity([one.pattern], [other.pattern]),
      );
      if (best !== undefined && best.agreeing > count(inside, rules)) rules = best.guess;
      rules = withFolders(inside, depth + 1, rules);
    }
    return rules;
  };

  return mostFrequent(candidates, isTried).map((pattern) => {
    const rules = withFolders(candidates, 0, new Map([["", pattern]]));
    const { permalink, permalinks } = asChoice({ rules, permalinkCase });
    const atRoot = candidates.filter(({ facts }) => permalinkRule(facts, { permalink, permalinks })[0] === "");
    return { permalinkCase, rules, pages: count(candidates, rules), atRoot: count(atRoot, rules) };
  });
};

/**
 * Infers the permalinks of a site from the addresses of its pages. Neither the permalinks of the configuration nor the
 * order of the documents and pages has an influence. A permalink with categories or keys of the documents is chosen only
 * if folders do not explain as many addresses. Returns undefined if no page is that of a document.
 */
export const inferPermalink = (
  documents: readonly PageFacts[],
  sitePages: readonly SitePage[],
  configured: Site,
): InferredPermalink | undefined => {
  const site = { ...configured, permalink: "", permalinks: undefined };
  const pages = new Set(sitePages.map(({ url }) => decodedPath(url)));
  const sorted = documents.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const paired = findCandidates(sorted, sitePages, site);
  const byCase = cases.map((permalinkCase) => ({
    permalinkCase,
    candidates: paired.map(({ facts, pages: own }): Candidate => {
      const values = permalinkValues(facts, { ...site, permalinkCase });
      const patterns = [...new Set(own.flatMap((page) => derive(page, facts, values, site)))];
      return { facts, values, patterns, folders: foldersOf(facts) };
    }),
  }));
  const best = (isTried: (pattern: string) => boolean): Guess | undefined =>
    byCase
      .flatMap(({ candidates, permalinkCase }) => search(candidates, permalinkCase, isTried, pages, site))
      .toSorted(compareGuesses)[0];
  const lasting = best((pattern) => !isRisky(pattern));
  const any = best(() => true);
  const found = any !== undefined && any.pages > (lasting?.pages ?? 0) ? any : lasting;
  if (found === undefined) return undefined;
  const choice = asChoice(found);
  const candidates = byCase.find(({ permalinkCase }) => permalinkCase === found.permalinkCase)?.candidates ?? [];
  return { choice, rules: describeRules(choice, candidates, paired, pages, site) };
};

const describeRules = (
  choice: PermalinkChoice,
  candidates: readonly Candidate[],
  paired: readonly CandidateDocument[],
  pages: ReadonlySet<string>,
  site: Site,
): readonly InferredRule[] => {
  const found = candidates.map((one) => pageBy(one, choice, pages, site));
  const taken = new Set(found);
  const named = paired.map(({ facts, pages: own }) => {
    const names = new Set(possibleNames(facts, site));
    return own.some((page) => !taken.has(page) && names.has(lastSegment(page)));
  });
  return Object.entries({ "": choice.permalink, ...choice.permalinks }).map(([folder, permalink]) => {
    const governed = candidates
      .map(({ facts }, index) => ({ facts, index }))
      .filter(({ facts }) => permalinkRule(facts, choice)[0] === folder);
    return {
      folder,
      permalink,
      agreeing: governed.filter(({ index }) => found[index] !== undefined).length,
      contradicting: governed
        .filter(({ index }) => found[index] === undefined && named[index])
        .map(({ facts }) => facts.path),
    };
  });
};
