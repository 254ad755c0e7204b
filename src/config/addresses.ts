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
  const addresses = sites.flatMap(addressesOf);
  const configured = configuredPaths(sites);
  return configured.flatMap(({ at, path }, index) => {
    const uses = addresses.filter((other) => other === path).length;
    const ownUses = configured.slice(index).filter((later) => later.path === path).length;
    const problem = conflictAt(path, uses > ownUses);
    return problem === undefined ? [] : [`${at}: ${problem}`];
  });
};

const isBelow = (url: string, folder: string): boolean => {
  const [page, root] = [new URL(url), new URL(folder)];
  return page.host === root.host && page.pathname.startsWith(root.pathname);
};

/**
 * Sources that are a feed which Crier itself writes. Known where the feeds have a place of their own, outside the site: at
 * the site's address a feed may be the site's. `places`: the `feedsUrl` of each site, as it is configured.
 */
export const ownFeedProblems = (sites: readonly Site[], places: readonly (string | undefined)[]): readonly string[] => {
  const served = places
    .filter((place) => place !== undefined)
    .filter((place) => !sites.some(({ url }) => isBelow(url, place)));
  return sites.flatMap(({ sources }, site) =>
    sources.flatMap(({ kind, place }, index) =>
      kind === "feed" && served.some((folder) => isBelow(place, folder))
        ? [`sites[${site}].sources[${index}].feed: ${ownFeed}`]
        : [],
    ),
  );
};

/** Folders that always have files. A category's is not one of them: its old address may be redirected to the new one. */
const permanentFolders = (site: Site): readonly string[] =>
  ["featured/", "archive/", ...languageFeeds(site).map(feedFolder)].map((folder) => `/${site.folder}${folder}`);

const isFileIn = (path: string, folder: string): boolean =>
  path === folder || (path.startsWith(folder) && mediaTypeOf(path.slice(1)) !== undefined);

/** Redirects that would hide a file or that no request reaches: one line for each. */
export const redirectProblems = (
  redirects: Readonly<Record<string, string>>,
  sites: readonly Site[],
): readonly string[] => {
  const addresses = new Set(sites.flatMap(addressesOf));
  const folders = sites.flatMap(permanentFolders);
  return Object.keys(redirects).flatMap((path) => {
    const quoted = JSON.stringify(path);
    if (isOwnPath(path)) return [`deployment.redirects: Crier itself answers at ${quoted}: remove this redirect`];
    return addresses.has(path) || folders.some((folder) => isFileIn(path, folder))
      ? [
          `deployment.redirects: a feed or page is at ${quoted}: remove this redirect, or give the feed or page another path`,
        ]
      : [];
  });
};
