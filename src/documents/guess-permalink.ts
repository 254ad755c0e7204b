import { fillPermalink, namesThePost, permalinkTokens } from "../domain/address.ts";
import type { Site } from "../domain/site.ts";
import { readPath } from "./document-path.ts";
import { type PageFacts, permalinkValues, urlByPermalink } from "./page-path.ts";

export type PermalinkChoice = Pick<Site, "permalink" | "permalinks" | "permalinkCase">;

/** A document and the address that the site has for it. */
export interface Pair {
  readonly facts: PageFacts;
  /** A URL. */
  readonly page: string;
}

/** The path of an address with its characters decoded: what two spellings of one address have in common. */
export const pathOfUrl = (url: string): string => {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname).normalize("NFC");
  } catch {
    return pathname;
  }
};

/** `:title` is left out: it is the same as `:slug`. */
const words = [
  ...permalinkTokens.filter((name) => name !== "title").map((name) => `:${name}`),
  ":year-:month-:day",
  ":year-:month-:day-:slug",
  ":year:month:day",
];

/** Segments that stand for a date or a name: they are not the same for all posts. */
const varies = /:(?:year|(?:i_)?month|(?:i_)?day|slug|filename|path|post_title)/;

const maxPatterns = 60;

/** Every permalink that gives these segments, by the values of one document. */
const patternsOf = (
  segments: readonly string[],
  values: readonly (readonly [word: string, segments: readonly string[]])[],
): readonly string[] => {
  const [first] = segments;
  if (first === undefined) return [""];
  const fitting = values.filter(([, parts]) => parts.every((part, index) => part === segments[index]));
  const options = fitting.some(([word]) => varies.test(word)) ? fitting : [...fitting, [first, [first]] as const];
  return options
    .flatMap(([word, parts]) =>
      patternsOf(
        segments.slice(parts.length),
        values.filter(([other]) => other !== word),
      ).map((rest) => `/${word}${rest}`),
    )
    .slice(0, maxPatterns);
};

const derive = ({ facts, page }: Pair, site: Site): readonly string[] => {
  const base = pathOfUrl(site.url);
  const whole = pathOfUrl(page);
  const path = whole.startsWith(base) ? whole.slice(base.length) : whole;
  const [end = ""] = /(?:\/|\.html?)?$/.exec(path) ?? [];
  const segments = path
    .slice(0, path.length - end.length)
    .split("/")
    .filter(Boolean);
  const filled = permalinkValues(facts, site);
  const values = words
    .map((word) => [word, decodeURIComponent(fillPermalink(word, filled)).split("/")] as const)
    .filter(([, parts]) => parts.every(Boolean));
  return patternsOf(segments, values)
    .filter(namesThePost)
    .map((pattern) => pattern + end);
};

/** How many documents have an address with these settings that the site has, too. */
const countAgreeing = (documents: readonly PageFacts[], pages: ReadonlySet<string>, site: Site): number =>
  documents.filter((facts) => {
    const url = urlByPermalink(facts, site);
    return url !== undefined && pages.has(pathOfUrl(url));
  }).length;

/** How many derived permalinks are tried: the most frequent ones. */
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

/** The first that makes the most documents agree; of equal ones the simplest. */
const best = (guesses: readonly Guess[]): Guess | undefined =>
  guesses.toSorted(
    (one, other) => other.agreeing - one.agreeing || tokenCount(one.choice) - tokenCount(other.choice),
  )[0];

/** The folder or language that can have a permalink of its own. */
const groupOf = ({ path }: PageFacts): string | undefined => {
  const { language, folders } = readPath(path);
  const group = language ?? folders[0];
  return group === undefined ? undefined : `${group}/`;
};

/**
 * The settings with which the most documents have addresses that the site has, too: permalinks are derived from the
 * pairs, and tried on all documents. Undefined where no settings are better than the present ones.
 */
export const guessPermalink = (
  documents: readonly PageFacts[],
  pairs: readonly Pair[],
  pages: ReadonlySet<string>,
  site: Site,
): Guess | undefined => {
  const guessOf = (choice: PermalinkChoice): Guess => ({
    choice,
    agreeing: countAgreeing(documents, pages, { ...site, ...choice }),
  });
  const now = guessOf({ permalink: site.permalink, permalinks: site.permalinks, permalinkCase: site.permalinkCase });
  const tried = (["keep", "lower"] as const).flatMap((permalinkCase) =>
    mostFrequent(pairs.flatMap((pair) => derive(pair, { ...site, permalinkCase }))).map((permalink) =>
      guessOf({ permalink, permalinks: undefined, permalinkCase }),
    ),
  );
  const start = best([now, ...tried]) ?? now;
  const different = pairs.filter(({ facts }) => countAgreeing([facts], pages, { ...site, ...start.choice }) === 0);
  const groups = Map.groupBy(different, ({ facts }) => groupOf(facts));
  const found = [...groups].reduce((guess, [group, members]) => {
    if (group === undefined) return guess;
    const cased = { ...site, ...guess.choice };
    const permalinks = mostFrequent(members.flatMap((pair) => derive(pair, cased)));
    const others = permalinks.map((permalink) =>
      guessOf({ ...guess.choice, permalinks: { ...guess.choice.permalinks, [group]: permalink } }),
    );
    return best([guess, ...others]) ?? guess;
  }, start);
  return found.agreeing > now.agreeing ? found : undefined;
};
