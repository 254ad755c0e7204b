import { languageFeed } from "../domain/feed-key.ts";
import type { Site } from "../domain/site.ts";
import { addressesOf, feedFiles, mediaTypeOf } from "../feeds/index.ts";

/** The paths of the API, the sandbox and the health check, on one machine and on AWS (infra/constructs/cdn.ts). */
const ownPaths = /^\/(?:api\/|sandbox|healthz$)/;

/** Files below these depend on the documents: they are not known beforehand. */
const folders = /^\/(?:categories|languages|featured|archive|sites)\//;

interface Own {
  readonly at: string;
  readonly path: string;
}

/** A format's own usual path is no other one. */
const configuredPaths = (sites: readonly Site[]): readonly Own[] =>
  sites.flatMap(({ folder, feeds }, index) =>
    Object.entries(feeds.paths)
      .filter(([id, path]) => path !== `/${folder}${feedFiles[id]}`)
      .map(([id, path]) => ({ at: `sites[${index}].feeds.paths.${id}`, path })),
  );

const clash = (path: string, isTaken: boolean): string | undefined => {
  const quoted = JSON.stringify(path);
  const [folder] = folders.exec(path) ?? [];
  if (ownPaths.test(path)) return `Crier itself answers at ${quoted}: use another path`;
  if (folder !== undefined)
    return `Crier puts files of its own below ${JSON.stringify(folder)}: use another path than ${quoted}`;
  return isTaken ? `another file is at ${quoted}: use another path` : undefined;
};

/** Own paths of feeds at which there is something else: one line each. Of two that are equal, the later one is wrong. */
export const pathProblems = (sites: readonly Site[]): readonly string[] => {
  const addresses = sites.flatMap(addressesOf);
  const own = configuredPaths(sites);
  return own.flatMap(({ at, path }, index) => {
    const isHere = (other: string): boolean => other === path;
    const itself = own.slice(index).filter((later) => isHere(later.path)).length;
    const problem = clash(path, addresses.filter(isHere).length > itself);
    return problem === undefined ? [] : [`${at}: ${problem}`];
  });
};

/** Of a category's feed the old address may lead to the new one: those are the documents' and come and go. */
const lastingFolders = ({ folder, languages }: Site): readonly string[] => [
  `/${folder}featured/`,
  `/${folder}archive/`,
  ...(languages.length > 1 ? languages.map((tag) => `/${folder}${languageFeed(tag)}/`) : []),
];

const standsIn = (path: string, folder: string): boolean =>
  path === folder || (path.startsWith(folder) && mediaTypeOf(path.slice(1)) !== undefined);

/** Redirects that would hide a file, or that no request reaches: one line each. */
export const redirectProblems = (
  redirects: Readonly<Record<string, string>>,
  sites: readonly Site[],
): readonly string[] => {
  const addresses = new Set(sites.flatMap(addressesOf));
  const folders = sites.flatMap(lastingFolders);
  return Object.keys(redirects).flatMap((path) => {
    const quoted = JSON.stringify(path);
    if (ownPaths.test(path)) return [`deployment.redirects: Crier itself answers at ${quoted}: remove this redirect`];
    return addresses.has(path) || folders.some((folder) => standsIn(path, folder))
      ? [
          `deployment.redirects: a feed or page is at ${quoted}: remove this redirect, or give the feed or page another path`,
        ]
      : [];
  });
};
