import type { Reason, Warning } from "./findings.ts";
import type { Post, PostContent } from "./post.ts";
import type { Site } from "./site.ts";
import type { Instant } from "./time.ts";

/** The name of the source of the documents that are sent to the API. */
export const apiSource = "api";

/** In bytes. Longer documents are refused. */
export const maxDocument = 1024 * 1024;

/** By its name: only Markdown becomes a post. */
export const isMarkdown = (path: string): boolean => /\.(md|mdx|mdoc|markdown)$/i.test(path);

/** The document of a feed's entry is named by the address of its page. */
export const isEntry = (path: string): boolean => /^https?:\/\//.test(path);

/** `2026-03-01-hello.md`, as Jekyll names files. */
export const isDatedByName = (path: string): boolean => /(?:^|\/)\d{4}-\d{1,2}-\d{1,2}[-_.]+[^/]/.test(path);

export const isHidden = (segment: string): boolean => segment.startsWith(".") || segment === "node_modules";

/** Pictures, hidden files and libraries are kept next to documents: they are not read. */
export const isDocument = (path: string): boolean =>
  isMarkdown(path) && path.split("/").every((segment) => !isHidden(segment));

/** A document that was found in a source: its post, or why it does not become one. */
export interface KnownDocument {
  readonly site: string;
  readonly source: string;
  readonly path: string;
  readonly post?: string;
  /** The file that it was sent from, as its person knows it. */
  readonly file?: string;
  readonly refusal?: {
    readonly hash: string;
    readonly reasons: readonly Reason[];
    readonly at: Instant;
    /** Of its bytes and settings, where it is too costly: it is not parsed again while they are the same. */
    readonly reading?: string;
  };
  /** Of its bytes and settings: it was to be parsed at that moment, and nothing is known of the result. */
  readonly attempt?: { readonly reading: string; readonly at: Instant };
  /** What was left out or guessed when its post was made. */
  readonly warnings?: readonly Warning[];
  /** Why it is a page of the site, not a post. */
  readonly page?: string;
  /** Of its bytes and settings, where its post is another source's document: a copy is not parsed again while it is the same. */
  readonly copy?: string;
  /** It was there before its source's first listing was complete. Once it has a post, the post says so. */
  readonly history?: true;
  /** It was deleted or became a page, and its post stays until a person confirms it. */
  readonly missing?: { readonly since: Instant; readonly reason: string };
  /** Another one with each save of the row, even of the same. */
  readonly save?: string;
}

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

/** Raised when a release reads the same document differently, or one that was too costly: every document is then read again. */
const readingVersion = 6;

/** Everything besides a document's bytes that determines its content. A document with another recipe is read again. */
export const recipeOf = (site: Site, isSectionIndex: boolean): string =>
  JSON.stringify([
    readingVersion,
    isSectionIndex,
    site.url,
    site.permalink,
    site.permalinks,
    site.permalinkCase,
    site.timeZone,
    site.language,
    site.languages,
    site.author,
    site.fields,
    site.publishStatuses,
    site.movedIn,
    site.feeds.categoryTypes,
    site.feeds.main,
  ]);

/** Scripts without spaces between words: each character counts. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu;

const countWords = (html: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const [one] of html.replaceAll(/<[^<>]*>/g, " ").matchAll(word)) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
};

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** Of fewer words, nothing can be said: two notes of a day may begin alike. */
const fewestWords = 10;

/** The words that two bodies share, as a part of the longer one: 0 to 1. Their order does not matter. */
export const sharedText = (html: string, other: string): number => {
  const [words, otherWords] = [countWords(html), countWords(other)];
  const longer = Math.max(sum(words.values()), sum(otherWords.values()));
  if (longer < fewestWords) return 0;
  return sum([...words].map(([one, count]) => Math.min(count, otherWords.get(one) ?? 0))) / longer;
};

/** From here on two documents of one date are the same text. */
export const alike = 0.9;

/** How much a document is like the one that a post was made of: 2 for the same bytes, and 0 under another date. */
export const likeness = (post: Post, content: PostContent, hash: string): number => {
  if (post.hash === hash) return 2;
  return content.published === post.published ? sharedText(content.html, post.html) : 0;
};

/** The document may be the new place of another one, which is still there. */
export const copyWaits = (original: string): Reason => ({
  code: "copy-waits",
  message: `its text is that of ${original}, which is still there: when that is deleted, this is the same post; else it is published as another one after 10 minutes`,
});

export const isCopyWaiting = ({ code }: Reason): boolean => code === "copy-waits";
