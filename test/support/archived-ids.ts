import type { Archive } from "../../src/ports/store.ts";

/** The posts in the archive of the main feed, in the order of their numbers. */
export const archivedIds = async (archive: Archive): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let n = 1; ; n += 1) {
    const page = await archive.read("blog", "main", n);
    if (page === undefined) return ids;
    ids.push(...page.ids);
  }
};
