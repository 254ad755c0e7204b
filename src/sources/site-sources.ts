import { posix } from "node:path";
import { apiSource } from "../domain/document.ts";
import type { Site, SourceLocation } from "../domain/site.ts";
import type { Source } from "../ports/content.ts";
import type { LocalSource } from "./source-kind.ts";

/** False if the source is another site's. */
export const isSourceOf = ({ id }: Pick<Site, "id">, source: Pick<Source, "site">): boolean =>
  source.site === undefined || source.site === id;

export interface SitePath {
  readonly site: Site;
  /** The path within the site's documents. */
  readonly path: string;
}

const sitesByFolder = new WeakMap<readonly Site[], ReadonlyMap<string, Site>>();

/** The map has the sites by their folders, so that the time for a path does not grow with the number of sites. */
const byFolder = (sites: readonly Site[]): ReadonlyMap<string, Site> => {
  const known = sitesByFolder.get(sites);
  if (known !== undefined) return known;
  const made = new Map(sites.filter(({ folder }) => folder !== "").map((site) => [site.folder, site]));
  sitesByFolder.set(sites, made);
  return made;
};

const siteOfFolder = (path: string, sites: readonly Site[]): Site | undefined => {
  const folders = byFolder(sites);
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    const site = folders.get(path.slice(0, slash + 1));
    if (site !== undefined) return site;
  }
  return undefined;
};

/**
 * Returns the site that a path of a source belongs to. A path of a shared source that is in no other site's folder
 * belongs to the first site.
 */
export const findSite = ({ site: owner }: Pick<Source, "site">, path: string, sites: readonly Site[]): SitePath => {
  const site = owner === undefined ? (siteOfFolder(path, sites) ?? sites[0]) : sites.find(({ id }) => id === owner);
  if (site === undefined) throw new Error(`the configuration has no site ${owner ?? "at all"}`);
  return { site, path: owner === undefined ? path.slice(site.folder.length) : path };
};

/** Returns the documents of one site in a source, or undefined if the source is another site's. */
const sourceOfSite = (source: Source, site: Site, sites: readonly Site[]): Source | undefined => {
  if (!isSourceOf(site, source)) return undefined;
  if (source.site !== undefined) return source;
  return {
    name: source.name,
    list: async () =>
      (await source.list()).flatMap((fullPath) => {
        const owner = findSite(source, fullPath, sites);
        return owner.site.id === site.id ? [owner.path] : [];
      }),
    read: async (path) => {
      const fullPath = site.folder + path;
      // After a change of the configuration the path may belong to another site.
      return findSite(source, fullPath, sites).site.id === site.id ? source.read(fullPath) : undefined;
    },
    findElsewhere: async (path) => source.findElsewhere?.(site.folder + path),
  };
};

/** Returns the sources of a site by name, as if each were its own. */
export const sectionsOfSite = (
  sources: readonly Source[],
  site: Site,
  sites: readonly Site[],
): ReadonlyMap<string, Source> =>
  new Map(
    sources.flatMap((source) => {
      const section = sourceOfSite(source, site, sites);
      return section === undefined ? [] : [[section.name, section] as const];
    }),
  );

/** Returns the path and the folders that contain it: `a`, `a/b`, `a/b/c.md`. */
const withFolders = (path: string): readonly string[] => {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
};

export const matches =
  ({ include, exclude }: Pick<SourceLocation, "include" | "exclude">) =>
  (path: string): boolean =>
    (include.length === 0 || include.some((glob) => posix.matchesGlob(path, glob))) &&
    !withFolders(path).some((part) => exclude.some((glob) => posix.matchesGlob(part, glob)));

/** Restricts a source to the documents that `include` and `exclude` allow: its callers do not see any others. */
export const matching = (source: LocalSource, globs: Pick<SourceLocation, "include" | "exclude">): LocalSource => {
  const isIncluded = matches(globs);
  const { watch } = source;
  return {
    ...source,
    list: async () => (await source.list()).filter(isIncluded),
    read: async (path) => (isIncluded(path) ? source.read(path) : undefined),
    ...(watch && {
      watch: (onChange, log) =>
        watch((path, isGone) => {
          if (isIncluded(path)) onChange(path, isGone);
        }, log),
    }),
  };
};

/** A source that has only one document: the one that was sent to the API. */
export const oneDocument = (path: string, bytes: Uint8Array): Source => ({
  name: apiSource,
  list: async () => [path],
  read: async (requested) => (requested === path ? bytes : undefined),
});
