import type { Site } from "../../domain/site.ts";

type SiteFolder = Pick<Site, "id" | "folder">;

/** The site of a document or page, by the folder in its path: the first site where it is in no other's folder. */
export const siteAt = <T extends SiteFolder>(path: string, sites: readonly [T, ...(readonly T[])]): T =>
  sites.find(({ folder }) => folder !== "" && path.startsWith(folder)) ?? sites[0];

/** For each site, the document that the banner suggests to edit. */
export interface EditableDocuments {
  /** The document was just published, so a person is working on it. */
  add(path: string): void;
  /** The document is refused or deleted. */
  remove(path: string): void;
  /** The document that was added last, or else the first of those that were listed. */
  of(site: string): string | undefined;
}

export const trackEditable = (
  sites: readonly [SiteFolder, ...(readonly SiteFolder[])],
  listed: readonly string[],
): EditableDocuments => {
  const pathsBySite = new Map(sites.map(({ id }): [string, string[]] => [id, []]));
  const pathsOf = (path: string): string[] => pathsBySite.get(siteAt(path, sites).id) ?? [];
  for (const path of listed) pathsOf(path).push(path);
  const remove = (path: string): void => {
    const paths = pathsOf(path);
    const index = paths.indexOf(path);
    if (index !== -1) paths.splice(index, 1);
  };
  return {
    add: (path) => {
      remove(path);
      pathsOf(path).unshift(path);
    },
    remove,
    of: (site) => pathsBySite.get(site)?.[0],
  };
};
