import { decodePercent } from "./address.ts";

/** A link from one document to another, as its author wrote it. */
export type Reference =
  /**
   * Written as `./other.md` or `{% link _posts/a.md %}`. A path that begins with `/` starts at the folder of all
   * documents.
   */
  | { readonly kind: "file"; readonly path: string }
  /** Written as `{% post_url 2026-01-01-a %}` or `{% post_link a %}`. */
  | { readonly kind: "post"; readonly name: string }
  /**
   * Written as `{{< ref "a.md" >}}` or `{{< relref "/posts/a#b" >}}`. The target is a path, with or without its
   * extension, or the name of a file.
   */
  | { readonly kind: "ref"; readonly target: string };

/** Returns the URL of the post that a document refers to; undefined if no post is known. */
export type ResolveReference = (reference: Reference) => string | undefined;

/** The most references of one document that are followed. */
export const maxReferences = 100;

/** References with the same key have the same target. */
export const referenceKey = (reference: Reference): string => JSON.stringify(reference);

/** Returns the target as the author wrote it. */
export const referenceTarget = (reference: Reference): string => {
  if (reference.kind === "file") return reference.path;
  return reference.kind === "post" ? reference.name : reference.target;
};

const extensions = ["md", "markdown", "mdx", "mdoc"];

/** Resolves `.` and `..`. Undefined if the path leads out of the folder of all documents. */
const normalise = (path: string): string | undefined => {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") {
      if (segments.pop() === undefined) return undefined;
    } else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.join("/");
};

/**
 * Returns the path without its first folders: `a/b/c.md` → `a/b/c.md`, `b/c.md`, `c.md`. A generator's root may be
 * above the folder of the documents.
 */
const suffixes = (path: string): readonly string[] => {
  const segments = path.split("/").filter(Boolean);
  return segments.map((_, index) => segments.slice(index).join("/"));
};

/** Returns the folders of a path: `a/b/c.md` → `a/b/`, `a/`, and the root. */
const foldersOf = (path: string): readonly string[] => {
  const folders = path.split("/").slice(0, -1);
  return [...folders.map((_, index) => `${folders.slice(0, folders.length - index).join("/")}/`), ""];
};

const withExtensions = (path: string): readonly string[] =>
  extensions.some((extension) => path.endsWith(`.${extension}`))
    ? [path]
    : [...extensions.map((extension) => `${path}.${extension}`), `${path}/index.md`];

const unique = (paths: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(paths.flatMap((path) => (path === undefined || path === "" ? [] : [path]))),
];

/** Returns the possible paths of the document that `from` refers to, the most probable first. */
export const referencePaths = (reference: Reference, from: string): readonly string[] => {
  const [folder = ""] = foldersOf(from);
  switch (reference.kind) {
    case "file": {
      // Zola writes the root as `@/`, Docusaurus as `@site/`.
      const path = decodePercent(reference.path).replace(/^@\w*\//, "/");
      return unique(path.startsWith("/") ? suffixes(path) : [normalise(folder + path)]);
    }
    case "post":
      return unique(
        [...foldersOf(from), "_posts/"].flatMap((above) => withExtensions(above + reference.name)).map(normalise),
      );
    case "ref": {
      const [path = ""] = decodePercent(reference.target).split("#");
      const paths = path.startsWith("/") ? suffixes(path) : foldersOf(from).map((above) => above + path);
      return unique(paths.flatMap(withExtensions).map(normalise));
    }
  }
};

/** Returns the fragment of the reference with its `#`, or an empty text. */
export const referenceFragment = (reference: Reference): string => {
  const target = referenceTarget(reference);
  return target.includes("#") ? target.slice(target.indexOf("#")) : "";
};

/** Returns a file's name without date and extension, by which a reference may name a document in any folder. */
const bareFileName = (path: string): string =>
  (path.split("/").findLast(Boolean) ?? "")
    .replace(/\.(?:md|mdx|mdoc|markdown)$/, "")
    .replace(/^\d{4}-\d\d?-\d\d?-(?=.)/, "");

/** True if the reference may mean the document at the path, whatever folder it is in. */
export const isNamedBy = (path: string, reference: Reference): boolean =>
  bareFileName(path) === referenceName(reference);

export const referenceName = (reference: Reference): string =>
  bareFileName(decodePercent(referenceTarget(reference).split("#", 1)[0] ?? ""));
