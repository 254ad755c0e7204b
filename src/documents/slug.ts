import type { Findings } from "../domain/findings.ts";

const reservedFiles = new Set(["feed.xml", "atom.xml", "feed.json", "index.html", "feeds.opml"]);
const reservedFolders = new Set(["api", "categories", "featured", "archive", "languages", "sites", "syndication"]);
const reservedPaths = new Set(["sandbox", "healthz"]);

/** What is wrong with a slug, as a phrase for a message; undefined where it is safe in keys, paths and URLs. */
const slugProblem = (slug: string): string | undefined => {
  const segments = slug.toLowerCase().split("/");
  const [first = ""] = segments;
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
    return "has an empty, `.` or `..` segment";
  if (!segments.every((segment) => /^[\p{L}\p{M}\p{N}._~-]+$/u.test(segment)))
    return "has other characters than letters, digits and `. _ ~ - /`";
  if (!/[\p{L}\p{N}]/u.test(slug)) return "has no letter and no digit";
  if (Buffer.byteLength(slug) > 200) return "is longer than 200 bytes";
  if (
    reservedFiles.has(segments.at(-1) ?? "") ||
    reservedPaths.has(first) ||
    (segments.length > 1 && reservedFolders.has(first))
  )
    return "is the name of one of the site's own files";
  return undefined;
};

export const checkSlug = (slug: string, field: string, found: Findings): string | undefined => {
  const problem = slugProblem(slug);
  if (problem === undefined) return slug;
  return found.refuse(
    "slug-unsafe",
    field,
    `The slug "${slug.slice(0, 80)}" ${problem}: give the document another \`slug\`.`,
  );
};

/** A file's name as a slug: other characters become a dash. */
export const slugFromName = (name: string): string =>
  name
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N}._~-]+/gu, "-")
    .replaceAll(/^-+|(?<!-)-+$/g, "");
