import type { Feed } from "../domain/feed.ts";
import { archivePage, type FeedKey, feedFolder } from "../domain/feed-key.ts";
import type { Instant } from "../domain/time.ts";
import { webUrl } from "./clean-values.ts";
import type { EntryView, FeedView } from "./view.ts";

/** The content of a file that was written. */
export interface Reading {
  /** Problems of the feed, apart from its entries. */
  readonly problems: readonly string[];
  /** Absent for a format without posts. */
  readonly entries?: readonly EntryReading[];
}

export interface EntryReading {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly published: Instant | undefined;
  /** HTML, which may be empty. Absent for a format without bodies. */
  readonly body?: string;
  /** Absent for a format without enclosures. */
  readonly enclosures?: readonly Enclosure[];
  /** Problems of this entry. */
  readonly problems: readonly string[];
}

/** A file that is attached to an entry. */
export interface Enclosure {
  readonly url: string | undefined;
  readonly mediaType: string | undefined;
  /** The size in bytes, or undefined if it is unknown. */
  readonly length: number | undefined;
}

/** The files of a format. */
export interface FormatFiles {
  /** The name of the format in the configuration. */
  readonly id: string;
  readonly file: string;
  readonly mediaType: string;
  /** The file of an archive page is its number with this suffix. Absent: the format has no archive pages. */
  readonly archiveSuffix?: string;
  /** True if the whole site has one file, in the folder of the main feed. */
  readonly mainOnly?: boolean;
}

/** The values that entries are written with, besides themselves. */
export type EntryContext = Pick<FeedView, "language" | "author">;

/** A file without its entries. */
export interface Frame {
  readonly head: string;
  readonly separator: string;
  /** The tail begins with the end of the element or list that contains the entries, and ends the file. */
  readonly tail: string;
  /** The file of a feed without entries. */
  readonly empty: string;
}

/** A file whose entries are separate texts: a text that is written and checked once is used in every feed. */
export interface FileParts {
  readonly frame: Frame;
  /** The texts of the entries, in their order. Each depends on its entry and the context alone. */
  readonly entries: readonly string[];
}

/**
 * Everything is joined in one step: `head + … + tail` would be joined when the text is read, and then copied again as a
 * whole.
 */
export const joinParts = ({ frame: { head, separator, tail, empty }, entries }: FileParts): string =>
  entries.length === 0
    ? empty
    : entries
        .map((entry, at) => `${at === 0 ? head : ""}${entry}${at === entries.length - 1 ? tail : ""}`)
        .join(separator);

/**
 * Returns the frame of an XML file whose entries are the last children of an element. `tail` is the end tags of this
 * element and of those around it.
 */
export const makeFrame = (empty: string, tail: string): Frame => {
  if (!empty.endsWith(tail)) throw new Error(`a feed without entries does not end with ${JSON.stringify(tail)}`);
  return { head: empty.slice(0, -tail.length), separator: "", tail, empty };
};

export interface Format extends FormatFiles {
  /** The name of the format on the page for people. */
  readonly name: string;
  /** Returns the id of an entry in this format. Absent where it is the id of the entry. */
  readonly idOf?: (entry: EntryView) => string;
  /** Absent for a file that is written as a whole. */
  readonly parts?: (view: FeedView) => FileParts;
  /** False for a feed that has no file of this format. Absent where each has one. */
  readonly isNeeded?: (feed: Feed) => boolean;
  /** Pure: the bytes depend only on the feed. */
  readonly write: (view: FeedView, feed: Feed) => string;
  /**
   * Reads a file, and checks it by the rules of the format. Throws `XmlError` or `SyntaxError` if it cannot be parsed.
   */
  readonly read: (text: string, view: FeedView) => Reading;
}

/** True if the format has a file for the feed. */
export const supports = ({ archiveSuffix, mainOnly = false, isNeeded }: Format, feed: Feed): boolean => {
  const isPage = archivePage(feed.key) !== undefined;
  const hasFile = isPage ? archiveSuffix !== undefined : !mainOnly || feed.key === "main";
  return hasFile && (isNeeded?.(feed) ?? true);
};

/** Returns the name of the file in the folder of the feed. */
export const fileName = ({ file, archiveSuffix }: FormatFiles, key: FeedKey): string => {
  const page = archivePage(key);
  return page === undefined || archiveSuffix === undefined ? file : `${page}${archiveSuffix}`;
};

export const uncleanProblem = "contains characters that are not allowed in a feed";

/** Returns the problems whose condition is true. */
export const listProblems = (conditions: Readonly<Record<string, boolean>>): readonly string[] =>
  Object.entries(conditions).flatMap(([problem, condition]) => (condition ? [problem] : []));

export const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/** Returns undefined for `0`, which RSS requires for an unknown length. */
export const parseLength = (length = "0"): number | undefined => (length === "0" ? undefined : Number(length));

export const parseMoment = (date: string | undefined): Instant | undefined => {
  const at = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? undefined : at;
};

/** Returns the URL of a format's file, by default for the feed in view. The main feed may have a configured path. */
export const fileUrl = (view: FeedView, files: FormatFiles, key: FeedKey = view.key): string => {
  const own = key === "main" ? view.paths[files.id] : undefined;
  const address = own === undefined ? undefined : URL.parse(own, view.feedsUrl)?.href;
  return address ?? folderUrl(view, key) + fileName(files, key);
};

/** Returns the folder of a feed's files, which is the address of its page. */
export const folderUrl = (view: FeedView, key: FeedKey): string =>
  key === view.key ? view.baseUrl : (webUrl(view.feedsUrl + feedFolder(key)) ?? view.feedsUrl);
