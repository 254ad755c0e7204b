/** What a document's path says: its name, its folders and its language. */
export interface PathFacts {
  /** `file` without the date at its beginning. */
  readonly name: string;
  /** The file's name without extension and language; the folder's name for `index.md`. */
  readonly file: string;
  /** Without that of the language and those of a generator (`_posts`). */
  readonly folders: readonly string[];
  /** As it is written in the folder or suffix. */
  readonly language: string | undefined;
}

const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/**
 * Two letters with an optional script or region, or three letters with one of these. Three letters alone are not read as a
 * language: `new`, `car` and `bin` are codes of ISO 639-3, and usual names of folders.
 */
export const isLanguage = (word: string): boolean => {
  if (!/^(?:[a-z]{2}(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?|[a-z]{3}[-_](?:[a-z]{2}|[a-z]{4}))$/i.test(word))
    return false;
  return names.of(word.replaceAll("_", "-")) !== undefined;
};

/** `socket.io.md` and `types.d.ts.md` are not translations. */
const softwareSuffixes = new Set(["io", "ts"]);

export const readPath = (path: string): PathFacts => {
  const segments = path.split("/").filter((segment) => segment !== "");
  const file = (segments.at(-1) ?? "").replace(/\.[^.]*$/, "");
  const suffix = /^(.+)\.([^.]+)$/.exec(file);
  const suffixLanguage =
    suffix?.[2] !== undefined && !softwareSuffixes.has(suffix[2]) && isLanguage(suffix[2]) ? suffix[2] : undefined;
  const stem = suffixLanguage === undefined ? file : (suffix?.[1] ?? file);
  const folder = segments.length > 1 ? segments[0] : undefined;
  const folderLanguage = folder !== undefined && isLanguage(folder) ? folder : undefined;
  const parent = segments.at(-2);
  const isIndex =
    /^_?index$/i.test(stem) && parent !== undefined && !(folderLanguage !== undefined && segments.length === 2);
  const name = isIndex ? parent : stem;
  const folders = segments.slice(folderLanguage === undefined ? 0 : 1, isIndex ? -2 : -1);
  return {
    name: name.replace(/^\d{4}-\d{1,2}-\d{1,2}[-_.]+(?=.)/, ""),
    file: name,
    folders: folders.filter((segment) => !segment.startsWith("_")),
    language: folderLanguage ?? suffixLanguage,
  };
};
