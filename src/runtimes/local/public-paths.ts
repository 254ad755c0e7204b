import type { Site } from "../../domain/site.ts";

interface Place {
  readonly hostname: string;
  readonly path: string;
  readonly folder: string;
}

/** Where a request for a public address is served. */
export interface Served {
  readonly path: string;
  /** What a proxy could have taken off, and did not. */
  readonly prefix?: string;
}

export interface PublicPathsOptions {
  readonly sites: readonly Pick<Site, "feedsUrl" | "folder">[];
  /** The same on every host: the API, and the configured paths of feeds. */
  readonly isShared: (path: string) => boolean;
}

/**
 * The feeds of a site are at its `feedsUrl`, and on this server in its folder. A request may still have the path of that
 * address in front, or not: some proxies take it off. A host on which only one site is, is that site's.
 */
export const publicPaths = ({ sites, isShared }: PublicPathsOptions): ((url: URL) => Served) => {
  const places = sites.map(({ feedsUrl, folder }): Place => {
    const { hostname, pathname } = new URL(feedsUrl);
    return { hostname, path: pathname, folder: `/${folder}` };
  });
  const longestFirst = places.toSorted((one, other) => other.path.length - one.path.length);
  return ({ hostname, pathname }) => {
    const here = longestFirst.filter((place) => place.hostname === hostname);
    const below = here.find(({ path }) => path !== "/" && pathname.startsWith(path));
    if (below !== undefined && below.path !== below.folder) {
      const rest = pathname.slice(below.path.length);
      const prefix = below.path.endsWith(below.folder)
        ? below.path.slice(0, below.path.length - below.folder.length + 1)
        : below.path;
      return { path: isShared(`/${rest}`) ? `/${rest}` : below.folder + rest, prefix };
    }
    const [only, ...others] = here;
    const isOwn = only !== undefined && others.length === 0 && !pathname.startsWith(only.folder);
    return { path: isOwn && !isShared(pathname) ? only.folder + pathname.slice(1) : pathname };
  };
};
