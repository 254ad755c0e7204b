const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** `index.md`, `index.ja.mdx`. */
export const isIndex = (path: string): boolean => /(?:^|\/)index(?:\.[\w-]+)?\.[^./]+$/i.test(path);

/** A part of another document (Docusaurus: `_intro.mdx`), or a note about the folder. */
const isBesides = (path: string): boolean => /(?:^|\/)(?:_|readme\.)[^/]*$/i.test(path);

/** `a/b/` → `a/b/`, `a/`, and the root. */
const withParents = (folder: string): readonly string[] =>
  folder === "" ? [""] : [folder, ...withParents(folderOf(folder.slice(0, -1)))];

/** The indexes whose folder holds other documents, at any depth. The index of any other folder is a page bundle: a post. */
export const sectionIndexes = (paths: readonly string[]): ReadonlySet<string> => {
  const holding = new Set(
    paths
      .filter((path) => !isBesides(path))
      // The index of `a/b/` is another document of `a/`, and not of `a/b/`.
      .flatMap((path) => withParents(folderOf(path)).slice(isIndex(path) ? 1 : 0)),
  );
  return new Set(paths.filter((path) => isIndex(path) && holding.has(folderOf(path))));
};
