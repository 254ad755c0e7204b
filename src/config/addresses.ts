import { generatedFolders, isOwnPath } from "../domain/crier-paths.ts";
import { languageFeeds } from "../domain/feed.ts";
import { feedFolder } from "../domain/feed-key.ts";
import { ownFeed } from "../domain/polled-feed.ts";
import type { Site } from "../domain/site.ts";
import { addressesOf, feedFiles, mediaTypeOf } from "../feeds/index.ts";

interface ConfiguredPath {
  readonly at: string;
  readonly path: string;
}

/** Without those that are the default path of their format. */
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

/** Configured paths of feeds that are used by something else: one line for each. Of two equal paths the second is reported. */
export const pathProblems = (sites: readonly Site[]): readonly string[] => {
  const uses = Map.groupBy(sites.flatMap(addressesOf), (path) => path);
  const configured = configuredPaths(sites);
  const later = new Map([...Map.groupBy(configured, ({ path }) => path)].map(([path, all]) => [path, all.length]));
  return configured.flatMap(({ at, path }) => {
    const ownUses = later.get(path) ?? 0;
    later.set(path, ownUses - 1);
    const problem = conflictAt(path, (uses.get(path)?.length ?? 0) > ownUses);
    return problem === undefined ? [] : [`${at}: ${problem}`];
  });
};

const keyOf = ({ host, pathname }: URL): string => host + pathname;

/** Every folder that a URL is below, or names itself. A path of thousands of folders is no address of a site. */
const foldersOf = (url: string): readonly string[] => {
  const { host, pathname } = new URL(url);
  const folders: string[] = [];
  for (let end = pathname.indexOf("/"); end >= 0 && folders.length < 100; end = pathname.indexOf("/", end + 1))
    folders.push(host + pathname.slice(0, end + 1));
  return folders;
};

/** Whether a URL is below one of these folders. */
const belowOneOf = (folders: readonly string[]): ((url: string) => boolean) => {
  const known = new Set(folders.map((folder) => keyOf(new URL(folder))));
  return (url) => foldersOf(url).some((folder) => known.has(folder));
};

/**
 * Sources that are a feed which Crier itself writes. Known where the feeds have a place of their own, outside the site: at
 * the site's address a feed may be the site's. `places`: the `feedsUrl` of each site, as it is configured.
 */
export const ownFeedProblems = (sites: readonly Site[], places: readonly (string | undefined)[]): readonly string[] => {
  // The folders that a site is in.
  const holding = new Set(sites.flatMap(({ url }) => foldersOf(url)));
  const isServed = belowOneOf(
    places.filter((place) => place !== undefined).filter((place) => !holding.has(keyOf(new URL(place)))),
  );
  return sites.flatMap(({ sources }, site) =>
    sources.flatMap(({ kind, place }, index) =>
      kind === "feed" && isServed(place) ? [`sites[${site}].sources[${index}].feed: ${ownFeed}`] : [],
    ),
  );
};

/** Folders that always have files. A category's is not one of them: its old address may be redirected to the new one. */
const permanentFolders = (site: Site): readonly string[] =>
  ["featured/", "archive/", ...languageFeeds(site).map(feedFolder)].map((folder) => `/${site.folder}${folder}`);

const isFileIn = (path: string, folders: ReadonlySet<string>): boolean => {
  if (folders.has(path)) return true;
  if (mediaTypeOf(path.slice(1)) === undefined) return false;
  // A path of a redirect has at most a few hundred characters.
  for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1))
    if (folders.has(path.slice(0, end + 1))) return true;
  return false;
};

/** Redirects that would hide a file or that no request reaches: one line for each. */
export const redirectProblems = (
  redirects: Readonly<Record<string, string>>,
  sites: readonly Site[],
): readonly string[] => {
  const addresses = new Set(sites.flatMap(addressesOf));
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
