import type { Site } from "../domain/site.ts";
import type { Source } from "../ports/content.ts";

const isIn = (path: string, { folder }: Site): boolean => folder !== "" && path.startsWith(folder);

/** The site that a path of a source belongs to, and the path within it: the first site has all that is in no other's folder. */
export const sectionAt = (path: string, sites: readonly Site[]): { readonly site: Site; readonly path: string } => {
  const [first] = sites;
  if (first === undefined) throw new Error("the configuration names no site");
  const site = sites.find((one) => isIn(path, one)) ?? first;
  return { site, path: path.slice(site.folder.length) };
};

/** The part of a source that is one site's. */
export const sectionOf = (source: Source, site: Site, sites: readonly Site[]): Source => ({
  name: source.name,
  list: async () =>
    (await source.list()).flatMap((whole) => {
      const at = sectionAt(whole, sites);
      return at.site.id === site.id ? [at.path] : [];
    }),
  read: async (path) => {
    const whole = site.folder + path;
    // A folder that became another site's holds nothing of this one any more.
    return sectionAt(whole, sites).site.id === site.id ? source.read(whole) : undefined;
  },
});
