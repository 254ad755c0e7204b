import type { Reason, Warning } from "./findings.ts";
import type { Post, PostContent } from "./post.ts";
import { astroFolder, type Site } from "./site.ts";
import { type Instant, minute } from "./time.ts";

/** The name of the source of the documents that are sent to the API. */
export const apiSource = "api";

/** The longest document that is accepted, in bytes. */
export const maxDocument = 5 * 1024 * 1024;

/** True for the name of a Markdown file. Only Markdown becomes a post. */
export const isMarkdown = (path: string): boolean => /\.(md|mdx|mdoc|markdown)$/i.test(path);

/** True for the document of a feed's entry, which is named by the address of its page. */
export const isEntry = (path: string): boolean => /^https?:\/\//.test(path);

/** True for names such as `2026-03-01-hello.md`, as Jekyll has them. */
export const isDatedByName = (path: string): boolean => /(?:^|\/)\d{4}-\d{1,2}-\d{1,2}[-_.]+[^/]/.test(path);

export const isHidden = (segment: string): boolean => segment.startsWith(".") || segment === "node_modules";

/** False for the pictures, hidden files and libraries that are kept next to documents. */
export const isDocument = (path: string): boolean =>
  isMarkdown(path) && path.split("/").every((segment) => !isHidden(segment));

interface Refusal {
  readonly hash: string;
  readonly reasons: readonly Reason[];
  readonly at: Instant;
  /** Hash of the document's bytes and settings if it is too costly: it is not parsed again while they are the same. */
  readonly reading?: string;
}

/** A document that was found in a source, with its post or the reason why it has none. */
export interface KnownDocument {
  readonly site: string;
  readonly source: string;
  readonly path: string;
  readonly post?: string;
  /** The file that a person sent, by the name that the person used. */
  readonly file?: string;
  readonly refusal?: Refusal;
  /** A parse that began and has no result yet, with the hash of the bytes and settings. */
  readonly attempt?: { readonly reading: string; readonly at: Instant };
  /** The parts that were left out or guessed when its post was made. */
  readonly warnings?: readonly Warning[];
  /** The reason why it is a page of the site, not a post. */
  readonly page?: string;
  /**
   * Hash of its bytes and settings if its post belongs to a document of another source: a copy is not parsed again
   * while they are the same.
   */
  readonly copy?: string;
  /** It existed before its source's first listing was complete. Once it has a post, the post stores that. */
  readonly history?: true;
  /** It was deleted or became a page, and its post stays until a person confirms the deletion. */
  readonly missing?: { readonly since: Instant; readonly reason: string };
  /** Since when its post is in no feed because it has no date. A person who publishes it by hand ends that, too. */
  readonly undated?: Instant;
  /**
   * Posts that the row named before, and that were not saved yet when another one took their place. A slow worker may
   * save them later: then they are deleted.
   */
  readonly unsaved?: readonly string[];
  /** Unique to each save of the row, even if nothing else changed. */
  readonly save?: string;
}

const parentFolder = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** True for names such as `index.md` and `index.ja.mdx`. */
export const isIndex = (path: string): boolean => /(?:^|\/)index(?:\.[\w-]+)?\.[^./]+$/i.test(path);

/** True for a part of another document (Docusaurus: `_intro.mdx`) and for a note about the folder. */
const isPartial = (path: string): boolean => /(?:^|\/)(?:_|readme\.)[^/]*$/i.test(path);

/** Returns a folder and all folders above it: `a/b/` → `a/b/`, `a/`, and the root. */
const withParents = (folder: string): readonly string[] =>
  folder === "" ? [""] : [folder, ...withParents(parentFolder(folder.slice(0, -1)))];

/**
 * Returns the indexes whose folder contains other documents, at any depth. The index of any other folder is a page
 * bundle, which is a post.
 */
export const sectionIndexes = (paths: readonly string[]): ReadonlySet<string> => {
  const holding = new Set(
    paths
      .filter((path) => !isPartial(path))
      // The index of `a/b/` counts as another document of `a/`, not of `a/b/` itself.
      .flatMap((path) => withParents(parentFolder(path)).slice(isIndex(path) ? 1 : 0)),
  );
  return new Set(paths.filter((path) => isIndex(path) && holding.has(parentFolder(path))));
};

/**
 * Raised when Crier begins to read the same document differently, or one that was too costly. Every document is then
 * read again.
 */
const readingVersion = 9;

/**
 * Returns everything besides a document's bytes that determines its content: the text whose hash is the recipe of a
 * post. A document whose recipe has changed is read again.
 */
export const recipeText = (site: Site, isSectionIndex: boolean): string =>
  JSON.stringify([
    readingVersion,
    isSectionIndex,
    site.url,
    site.permalink,
    site.permalinks,
    site.permalinkCase,
    site.notes,
    site.timeZone,
    site.language,
    site.languages,
    site.author,
    site.fields,
    site.publishStatuses,
    site.movedIn,
    site.feeds.categoryTypes,
    site.feeds.main,
    astroFolder(site),
  ]);

/** Matches a word, or one character of a script that has no spaces between words. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu;

const countWords = (html: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const [one] of html.replaceAll(/<[^<>]*>/g, " ").matchAll(word)) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
};

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** Shorter texts are not compared: two notes of a day may begin alike. */
const minWords = 10;

/** Returns the share of the longer body's words that the other body has, too: 0 to 1. Their order does not matter. */
export const sharedText = (html: string, other: string): number => {
  const [words, otherWords] = [countWords(html), countWords(other)];
  const longer = Math.max(sum(words.values()), sum(otherWords.values()));
  if (longer < minWords) return 0;
  return sum([...words].map(([one, count]) => Math.min(count, otherWords.get(one) ?? 0))) / longer;
};

/** Two documents of one date that share at least this much have the same text. */
export const similarEnough = 0.9;

/**
 * Returns how similar a document is to the one that a post was made from: 2 for the same bytes, 0 if the dates differ.
 */
export const similarity = (post: Post, content: PostContent, hash: string): number => {
  if (post.hash === hash) return 2;
  return content.published === post.published ? sharedText(content.html, post.html) : 0;
};

/** Shorter documents are copies only with the same text: two notes of a day may differ in a number. */
const minEditedCopy = 50;

/** True where a document may be a copy of another one that still exists. `share`: see `similarity`. */
export const mayBeCopy = ({ html }: Pick<PostContent, "html">, share: number): boolean =>
  share >= 1 || sum(countWords(html).values()) >= minEditedCopy;

/**
 * The reason to wait with a document that has the text of another one: it may be that document, moved, before its old
 * file is deleted. `until`: a time of day.
 */
export const copyWaits = (original: string, until: string): Reason => ({
  code: "copy-waits",
  message: `its text is that of ${original}, which still exists: if that is deleted, this is the same post; otherwise it is published as another one after ${until}`,
});

export const isCopyWaiting = ({ code }: Reason): boolean => code === "copy-waits";

/** A document that is a copy of another one waits so long: it may be one half of a move (docs/decisions/0015). */
export const moveGrace = 10 * minute;

/** Returns the moment from which a copy that waits is a post of its own. Undefined for other refusals. */
export const copyWaitsUntil = ({ reasons, at }: Pick<Refusal, "reasons" | "at">): Instant | undefined =>
  reasons.some(isCopyWaiting) ? at + moveGrace : undefined;
