import * as z from "zod";
import { errorMessages, formatPath, problemLines } from "./config/messages.ts";
import { configSchema, type deploymentSchema, networkNames, type siteSchema } from "./config/schema.ts";
import type { Account, Policies } from "./domain/account.ts";
import { languageFeeds } from "./domain/feed.ts";
import { feedFolder } from "./domain/feed-key.ts";
import { suggestion } from "./domain/findings.ts";
import { ownFeed } from "./domain/polled-feed.ts";
import { generatedFolders, isOwnPath } from "./domain/serving.ts";
import { type FeedContent, makePerson, type Site, sourceName } from "./domain/site.ts";
import { feedMediaType, feedPaths } from "./feeds/index.ts";
import { feedFiles } from "./feeds/reader-files.ts";

export interface Config {
  readonly sites: readonly Site[];
  readonly accounts: readonly Account[];
  readonly policies: Policies;
  readonly deployment: z.output<typeof deploymentSchema>;
  /** The addresses of feeds that are configured and not derived: `{ "sites[0].feedsUrl": "https://…/" }`. */
  readonly ownFeedsUrls: Readonly<Record<string, string>>;
}

const maxLines = 50;
/** The longest line in characters. The limit exists because a line quotes the wrong value. */
const maxLine = 1000;

const cut = (line: string): string => (line.length > maxLine ? `${line.slice(0, maxLine)} …` : line);

/** The configuration has mistakes. The message has one line with the path for each of the first ones. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(found: readonly string[]) {
    const problems = found.slice(0, maxLines).map(cut);
    if (found.length > maxLines)
      problems.push(`there are ${found.length - maxLines} more mistakes: correct these first`);
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * The type of the export of `crier.config.ts`. A site needs `id`, `title` and `url`, an account `name` and `network`.
 */
export type ConfigInput = z.input<typeof configSchema>;

const contentByFeed = (content: FeedContent | Readonly<Record<string, FeedContent>>): Site["feeds"]["content"] =>
  typeof content === "string" ? { default: content } : content;

type SiteInput = z.output<typeof siteSchema>;

/** The first site is at the root of its host. Any other is in a folder of that host, unless it has a `feedsUrl`. */
const toSite = (site: SiteInput, index: number, [first = site]: readonly SiteInput[]): Omit<Site, "socialKeys"> => {
  const folder = index === 0 ? "" : `sites/${site.id}/`;
  const { languages, licence, movedIn, feeds, author } = site;
  const { categoryTypes } = feeds;
  return {
    ...site,
    description: site.description ?? site.title,
    author: makePerson(author?.name ?? site.title, author?.url, author?.email),
    licence,
    authority: site.authority ?? `${new URL(site.url).hostname},2026`,
    folder,
    feedsUrl: site.feedsUrl ?? new URL(folder, first.feedsUrl ?? first.url).href,
    languages: [...new Set([site.language, ...languages])],
    movedIn: movedIn && { before: Date.parse(movedIn.before), ids: movedIn.ids },
    feeds: { ...feeds, categoryTypes, content: contentByFeed(feeds.content), paths: { ...feeds.paths } },
  };
};

const duplicateProblems = (
  values: readonly (string | undefined)[],
  path: (index: number) => readonly PropertyKey[],
): readonly string[] => {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (value === undefined) return [];
    if (seen.has(value))
      return [`${formatPath(path(index))}: ${JSON.stringify(value)} is used twice: give each its own`];
    seen.add(value);
    return [];
  });
};

const optionalText = z.string().optional().catch(undefined);

/** Parses only the names, so that mistakes elsewhere do not hide them. */
const namesSchema = z.object({
  sites: z.array(z.object({ id: optionalText }).catch({})).catch([]),
  accounts: z.array(z.object({ name: optionalText, site: optionalText }).catch({})).catch([]),
});

/** Finds duplicate and unknown names even if other values are wrong, so that one run shows every mistake. */
const nameProblems = (input: unknown): readonly string[] => {
  const { data } = namesSchema.safeParse(input);
  if (data === undefined) return [];
  const ids = data.sites.flatMap(({ id }) => id ?? []);
  const known = new Set(ids);
  return [
    ...duplicateProblems(
      data.sites.map(({ id }) => id),
      (index) => ["sites", index, "id"],
    ),
    ...duplicateProblems(
      data.accounts.map(({ name }) => name),
      (index) => ["accounts", index, "name"],
    ),
    ...data.accounts
      .flatMap(({ site }, index) =>
        site === undefined || ids.length === 0 || known.has(site) ? [] : [{ site, index }],
      )
      .map(({ site, index }, at) => {
        // A suggestion compares the name with all others, so it is made only for lines that are shown.
        const hint = at < maxLines ? suggestion(site, ids) : "";
        return `${formatPath(["accounts", index, "site"])}: there is no site ${JSON.stringify(site)} under sites: ${hint}`;
      }),
  ];
};

/** Returns the configured paths of main feeds, with the files that are served there. */
export const servedPaths = ({ sites }: Pick<Config, "sites">): Readonly<Record<string, string>> =>
  Object.fromEntries(
    sites.flatMap(({ folder, feeds }) =>
      Object.entries(feeds.paths).map(([id, path]) => [path, `/${folder}${feedFiles[id]}`]),
    ),
  );

/** Checks everything, so that one run shows every mistake. Throws `ConfigError`. */
export const loadConfig = (input: unknown): Config => {
  const { data, error } = configSchema.safeParse(input, { error: errorMessages() });
  if (data === undefined) throw new ConfigError([...problemLines(error.issues), ...nameProblems(input)]);
  const { deployment } = data;
  const { approve, ...policies } = data.policies;
  const accounts = data.accounts.map((account) => ({
    ...account,
    site: account.site ?? data.sites[0]?.id ?? "",
    approve: account.approve ?? approve,
  }));
  const accountsBySite = Map.groupBy(accounts, ({ site }) => site);
  const socialKeys = (id: string): readonly string[] => [
    ...(accountsBySite.get(id) ?? []).map(({ name }) => name),
    ...networkNames,
  ];
  const sites = data.sites.map(toSite).map((site) => ({ ...site, socialKeys: [...new Set(socialKeys(site.id))] }));
  const problems = [
    ...nameProblems(input),
    ...duplicateProblems(
      sites.map(({ feedsUrl }) => feedsUrl),
      (index) => ["sites", index, "feedsUrl"],
    ),
    ...sites.flatMap(({ sources }, site) =>
      duplicateProblems(sources.map(sourceName), (index) => ["sites", site, "sources", index]),
    ),
    ...pathProblems(sites),
    ...ownFeedProblems(
      sites,
      data.sites.map(({ feedsUrl }) => feedsUrl),
    ),
    ...redirectProblems(deployment.redirects, sites),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const ownFeedsUrls = Object.fromEntries(
    data.sites.flatMap(({ feedsUrl }, index) =>
      feedsUrl === undefined ? [] : [[formatPath(["sites", index, "feedsUrl"]), feedsUrl] as const],
    ),
  );
  return { sites, accounts, policies, deployment, ownFeedsUrls };
};

interface ConfiguredPath {
  readonly at: string;
  readonly path: string;
}

/** Returns the configured paths, except those that are the default path of their format. */
const configuredPaths = (sites: readonly Site[]): readonly ConfiguredPath[] =>
  sites.flatMap(({ folder, feeds }, index) =>
    Object.entries(feeds.paths)
      .filter(([id, path]) => path !== `/${folder}${feedFiles[id]}`)
      .map(([id, path]) => ({ at: `sites[${index}].feeds.paths.${id}`, path })),
  );

const conflictAt = (path: string, isTaken: boolean): string | undefined => {
  const quoted = JSON.stringify(path);
  const [folder] = generatedFolders.exec(path) ?? [];
  if (isOwnPath(path)) return `Crier itself answers at ${quoted}: use another path`;
  if (folder !== undefined)
    return `Crier puts files of its own below ${JSON.stringify(folder)}: use another path than ${quoted}`;
  return isTaken ? `another file is at ${quoted}: use another path` : undefined;
};

/**
 * Returns one line for each configured path of a feed that is already used. Of two equal paths the second is reported.
 */
const pathProblems = (sites: readonly Site[]): readonly string[] => {
  // A site may get feeds of notes and of articles at any time. Its own pages may be in these folders.
  const folders = new Set(sites.flatMap(({ folder }) => [`/${folder}notes/`, `/${folder}articles/`]));
  const uses = Map.groupBy(sites.flatMap(feedPaths), (path) => path);
  const configured = configuredPaths(sites);
  const later = new Map([...Map.groupBy(configured, ({ path }) => path)].map(([path, all]) => [path, all.length]));
  return configured.flatMap(({ at, path }) => {
    const ownUses = later.get(path) ?? 0;
    later.set(path, ownUses - 1);
    const problem = conflictAt(path, (uses.get(path)?.length ?? 0) > ownUses || isFileIn(path, folders));
    return problem === undefined ? [] : [`${at}: ${problem}`];
  });
};

const hostAndPath = ({ host, pathname }: URL): string => host + pathname;

/**
 * Returns the URL's folder and all folders above it. The number is limited, because no site has a path of thousands of
 * folders.
 */
const parentFolders = (url: string): readonly string[] => {
  const { host, pathname } = new URL(url);
  const folders: string[] = [];
  for (let end = pathname.indexOf("/"); end >= 0 && folders.length < 100; end = pathname.indexOf("/", end + 1))
    folders.push(host + pathname.slice(0, end + 1));
  return folders;
};

/** Returns a test for URLs below one of the folders. */
const belowOneOf = (folders: readonly string[]): ((url: string) => boolean) => {
  const known = new Set(folders.map((folder) => hostAndPath(new URL(folder))));
  return (url) => parentFolders(url).some((folder) => known.has(folder));
};

/**
 * Reports sources that are a feed which Crier itself writes. That is certain only if Crier's feeds have their own
 * address outside the site: at the site's address, a feed may be the site's own. `feedsUrls` has the configured one of
 * each site.
 */
const ownFeedProblems = (sites: readonly Site[], feedsUrls: readonly (string | undefined)[]): readonly string[] => {
  const siteFolders = new Set(sites.flatMap(({ url }) => parentFolders(url)));
  const isServed = belowOneOf(
    feedsUrls.filter((url) => url !== undefined).filter((url) => !siteFolders.has(hostAndPath(new URL(url)))),
  );
  return sites.flatMap(({ sources }, site) =>
    sources.flatMap(({ kind, location }, index) =>
      kind === "feed" && isServed(location) ? [`sites[${site}].sources[${index}].feed: ${ownFeed}`] : [],
    ),
  );
};

/**
 * Returns the folders that always have files. Those of categories are not among them, so that the old address of a
 * category can be redirected to the new one.
 */
const permanentFolders = (site: Site): readonly string[] =>
  ["featured/", "archive/", ...languageFeeds(site).map(feedFolder)].map((folder) => `/${site.folder}${folder}`);

const isFileIn = (path: string, folders: ReadonlySet<string>): boolean => {
  if (folders.has(path)) return true;
  if (feedMediaType(path.slice(1)) === undefined) return false;
  // A path of a redirect has at most a few hundred characters.
  for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1))
    if (folders.has(path.slice(0, end + 1))) return true;
  return false;
};

/** Returns one line for each redirect that would hide a file or that no request reaches. */
const redirectProblems = (redirects: Readonly<Record<string, string>>, sites: readonly Site[]): readonly string[] => {
  const addresses = new Set(sites.flatMap(feedPaths));
  const folders = new Set(sites.flatMap(permanentFolders));
  return Object.keys(redirects).flatMap((path) => {
    const quoted = JSON.stringify(path);
    if (isOwnPath(path)) return [`deployment.redirects: Crier itself answers at ${quoted}: remove this redirect`];
    return addresses.has(path) || isFileIn(path, folders)
      ? [
          `deployment.redirects: a feed or page is at ${quoted}: remove this redirect, or give the feed or page another path`,
        ]
      : [];
  });
};
