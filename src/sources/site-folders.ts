import type { Site } from "../domain/site.ts";
import type { Source } from "../ports/content.ts";

const isInFolderOf = (path: string, { folder }: Site): boolean => folder !== "" && path.startsWith(folder);

/** The site that a path of a source belongs to, and the path within it. What is in no other site's folder is the first site's. */
export const siteAndPathOf = (path: string, sites: readonly Site[]): { readonly site: Site; readonly path: string } => {
  const [first] = sites;
  if (first === undefined) throw new Error("the configuration names no site");
  const site = sites.find((one) => isInFolderOf(path, one)) ?? first;
  return { site, path: path.slice(site.folder.length) };
};

/** The documents of one site in a source. */
export const sourceOfSite = (source: Source, site: Site, sites: readonly Site[]): Source => ({
  name: source.name,
  list: async () =>
    (await source.list()).flatMap((fullPath) => {
      const owner = siteAndPathOf(fullPath, sites);
      return owner.site.id === site.id ? [owner.path] : [];
    }),
  read: async (path) => {
    const fullPath = site.folder + path;
    // After a change of the configuration the path may belong to another site.
    return siteAndPathOf(fullPath, sites).site.id === site.id ? source.read(fullPath) : undefined;
  },
});
