import {
  fillPermalink,
  keyTokens,
  meantToken,
  namesThePost,
  type PermalinkValues,
  permalinkTokens,
} from "../domain/address.ts";
import type { Site } from "../domain/site.ts";
import {
  type PageFacts,
  pageUrl,
  permalinkFolder,
  permalinkInLanguage,
  permalinkPaths,
  permalinkValues,
  readPath,
} from "./page-path.ts";

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

/** Finds the pages of each document: those with its title, its name or the value of one of its keys. */
export const findCandidates = (
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

/** Returns the first `most` of the permalinks that give these segments with the values of one document. */
const permalinkPatterns = (
  segments: readonly string[],
  values: readonly Value[],
  most: number = maxPatterns,
): readonly string[] => {
  const [first] = segments;
  if (first === undefined) return [""];
  const fitting = values.filter(([, parts]) => parts.every((part, index) => part === segments[index]));
  const options = fitting.some(([word]) => varies.test(word)) ? fitting : [...fitting, [first, [first]] as const];
  const found: string[] = [];
  for (const [word, parts] of options) {
    if (found.length >= most) break;
    const others = values.filter(([other]) => other !== word);
    const rests = permalinkPatterns(segments.slice(parts.length), others, most - found.length);
    found.push(...rests.map((rest) => `/${word}${rest}`));
  }
  return found;
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
  /** The paths that the keys of `permalinks` are compared with. */
  readonly paths: readonly string[];
  /** The language of its path. */
  readonly language: string | undefined;
  /** The pages that the permalinks tried so far give it. */
  readonly tried: Map<string, string | undefined>;
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
const pageBy = (
  { paths, language, values, tried }: Candidate,
  rules: Guess["rules"],
  pages: ReadonlySet<string>,
  site: Site,
): string | undefined => {
  const folder = permalinkFolder(paths, [...rules.keys()]);
  const permalink = permalinkInLanguage(rules.get(folder) ?? "", folder, language);
  if (!tried.has(permalink)) {
    const url = pageUrl(fillPermalink(permalink, values), site);
    const path = url === undefined ? "" : decodedPath(url);
    tried.set(permalink, pages.has(path) ? path : undefined);
  }
  return tried.get(permalink);
};

/** The guess that gives more documents their page comes first; of equal ones that with fewer rules. */
const compareGuesses = (one: Guess, other: Guess): number =>
  other.pages - one.pages ||
  one.rules.size - other.rules.size ||
  other.atRoot - one.atRoot ||
  cases.indexOf(one.permalinkCase) - cases.indexOf(other.permalinkCase) ||
  compareSimplicity([...one.rules.values()], [...other.rules.values()]);

/** The search has the documents in one case, the pages of the site, and the permalinks that may be chosen. */
interface Search {
  readonly candidates: readonly Candidate[];
  readonly permalinkCase: Guess["permalinkCase"];
  readonly pages: ReadonlySet<string>;
  readonly site: Site;
  readonly isTried: (pattern: string) => boolean;
}

/** Only for so many permalinks are those of folders searched. */
const maxRefined = 8;

/**
 * Returns a guess for each of the best permalinks: for the folders whose documents it does not fit, permalinks of their
 * own are searched, the outer folders before the inner ones.
 */
const search = ({ candidates, permalinkCase, pages, site, isTried }: Search): readonly Guess[] => {
  const patternsIn = new Map<string, readonly string[]>();
  const frequentIn = (folder: string, inside: readonly Candidate[]): readonly string[] => {
    const known = patternsIn.get(folder) ?? mostFrequent(inside, isTried);
    patternsIn.set(folder, known);
    return known;
  };
  const count = (members: readonly Candidate[], rules: Guess["rules"]): number =>
    new Set(members.flatMap((one) => pageBy(one, rules, pages, site) ?? [])).size;

  const withFolders = (members: readonly Candidate[], depth: number, outer: Guess["rules"]): Guess["rules"] => {
    const missed = members.filter((one) => pageBy(one, outer, pages, site) === undefined);
    let rules = outer;
    for (const folder of [...new Set(missed.flatMap(({ folders }) => folders[depth] ?? []))].toSorted()) {
      const inside = members.filter(({ folders }) => folders[depth] === folder);
      const guesses = frequentIn(folder, inside).map((pattern) => {
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

  const guessBy = (rules: Guess["rules"]): Guess => {
    const atRoot = candidates.filter(({ paths }) => permalinkFolder(paths, [...rules.keys()]) === "");
    return { permalinkCase, rules, pages: count(candidates, rules), atRoot: count(atRoot, rules) };
  };
  return frequentIn("", candidates)
    .map((pattern) => guessBy(new Map([["", pattern]])))
    .toSorted(compareGuesses)
    .slice(0, maxRefined)
    .map(({ rules }) => guessBy(withFolders(candidates, 0, rules)));
};

/** Names in lower case are the same in both cases. */
const differentCases = (documents: readonly PageFacts[], site: Site): readonly Guess["permalinkCase"][] =>
  documents.some((facts) => {
    const [kept, lowered] = cases.map((permalinkCase) => {
      const { slug, filename, path, lang } = permalinkValues(facts, { ...site, permalinkCase });
      return [slug, filename, path, lang].join("\n");
    });
    return kept !== lowered;
  })
    ? cases
    : ["keep"];

const describeCandidate = ({ facts, pages }: CandidateDocument, site: Site): Candidate => {
  const values = permalinkValues(facts, site);
  return {
    facts,
    values,
    patterns: [...new Set(pages.flatMap((page) => derive(page, facts, values, site)))],
    folders: foldersOf(facts),
    paths: permalinkPaths(facts),
    language: readPath(facts.path).language,
    tried: new Map(),
  };
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
  const searches = differentCases(sorted, site).map((permalinkCase) => ({
    permalinkCase,
    pages,
    site,
    candidates: paired.map((one) => describeCandidate(one, { ...site, permalinkCase })),
  }));
  const best = (isTried: Search["isTried"]): Guess | undefined =>
    searches.flatMap((one) => search({ ...one, isTried })).toSorted(compareGuesses)[0];
  const lasting = best((pattern) => !isRisky(pattern));
  const most = paired.filter(({ pages: own }) => own.length > 0).length;
  const any = lasting !== undefined && lasting.pages >= most ? undefined : best(() => true);
  const found = any !== undefined && any.pages > (lasting?.pages ?? 0) ? any : lasting;
  const searched = searches.find(({ permalinkCase }) => permalinkCase === found?.permalinkCase);
  if (found === undefined || searched === undefined) return undefined;
  return { choice: asChoice(found), rules: describeRules(found.rules, searched, paired) };
};

const describeRules = (
  rules: Guess["rules"],
  { candidates, pages, site }: Omit<Search, "isTried">,
  paired: readonly CandidateDocument[],
): readonly InferredRule[] => {
  const found = candidates.map((one) => pageBy(one, rules, pages, site));
  const taken = new Set(found);
  const described = candidates.map(({ facts, paths }, index) => {
    const names = new Set(possibleNames(facts, site));
    const hasOther = paired[index]?.pages.some((page) => !taken.has(page) && names.has(lastSegment(page))) ?? false;
    return {
      path: facts.path,
      folder: permalinkFolder(paths, [...rules.keys()]),
      agrees: found[index] !== undefined,
      hasOther,
    };
  });
  return [...rules]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([folder, permalink]) => {
      const governed = described.filter((one) => one.folder === folder);
      return {
        folder,
        permalink,
        agreeing: governed.filter(({ agrees }) => agrees).length,
        contradicting: governed.filter(({ agrees, hasOther }) => !agrees && hasOther).map(({ path }) => path),
      };
    });
};
