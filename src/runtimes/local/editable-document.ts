import type { Site } from "../../domain/site.ts";

type Placed = Pick<Site, "id" | "folder">;

/** The site whose folder a path lies in, of a document or of a page: the first site has all that is in no other's. */
export const siteAt = <T extends Placed>(path: string, sites: readonly [T, ...(readonly T[])]): T =>
  sites.find(({ folder }) => folder !== "" && path.startsWith(folder)) ?? sites[0];

/** Which document a person can be asked to edit, for each site. */
export interface Editable {
  /** The document was published: it is the one that a person works on. */
  published(path: string): void;
  /** It is refused or gone. */
  lost(path: string): void;
  /** The one published last, else the first of those that were listed. */
  of(site: string): string | undefined;
}

export const editable = (sites: readonly [Placed, ...(readonly Placed[])], listed: readonly string[]): Editable => {
  const known = new Map(sites.map(({ id }): [string, string[]] => [id, []]));
  const pathsOf = (path: string): string[] => known.get(siteAt(path, sites).id) ?? [];
  for (const path of listed) pathsOf(path).push(path);
  const lost = (path: string): void => {
    const paths = pathsOf(path);
    const index = paths.indexOf(path);
    if (index !== -1) paths.splice(index, 1);
  };
  return {
    published: (path) => {
      lost(path);
      pathsOf(path).unshift(path);
    },
    lost,
    of: (site) => known.get(site)?.[0],
  };
};
