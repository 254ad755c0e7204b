import type { Feed } from "../domain/feed.ts";
import { archivePage, type FeedKey } from "../domain/feed-key.ts";
import type { Instant } from "../domain/time.ts";
import type { FeedView } from "./view.ts";

/** What a written file holds, read back. */
export interface Reading {
  /** What is wrong with the feed around its entries. */
  readonly problems: readonly string[];
  /** Absent for a format that lists feeds and no posts. */
  readonly entries?: readonly EntryReading[] | undefined;
}

export interface EntryReading {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly published: Instant | undefined;
  /** HTML, empty where there is none; absent for a format that carries no bodies. */
  readonly body?: string | undefined;
  /** Absent for a format that carries none. */
  readonly enclosures?: readonly Enclosure[] | undefined;
  /** What is wrong with this entry alone. */
  readonly problems: readonly string[];
}

/** A file beside an entry. */
export interface Enclosure {
  readonly url: string | undefined;
  readonly mediaType: string | undefined;
  /** Bytes; absent where nobody knows. */
  readonly length?: number | undefined;
}

/** Where a format's files stand. */
export interface FormatFiles {
  /** Names it in the configuration. */
  readonly id: string;
  readonly file: string;
  readonly mediaType: string;
  /** Of the files of archive pages, behind their number; a format without one has none. */
  readonly archiveSuffix?: string | undefined;
  /** It is about the whole site: it has one file, beside the main feed. */
  readonly mainOnly?: boolean | undefined;
}

/** One format: everything about it stands in its file. */
export interface Format extends FormatFiles {
  /** For people: the name, and whom it is for. */
  readonly name: string;
  readonly about: string;
  /** Pure: the same feed gives the same bytes. */
  readonly write: (view: FeedView, feed: Feed) => string;
  /** Reads a file back and judges it by the format's rules. Throws where it cannot be parsed: `XmlError`, `SyntaxError`. */
  readonly read: (text: string, view: FeedView) => Reading;
}

/** Whether the format shows such a feed. */
export const supports = ({ archiveSuffix, mainOnly = false }: FormatFiles, key: FeedKey): boolean =>
  archivePage(key) === undefined ? !mainOnly || key === "main" : archiveSuffix !== undefined;

/** The format's file of a feed, in the feed's folder. */
export const fileOf = ({ file, archiveSuffix }: FormatFiles, key: FeedKey): string => {
  const page = archivePage(key);
  return page === undefined || archiveSuffix === undefined ? file : `${page}${archiveSuffix}`;
};

export const uncleanProblem = "holds characters that no feed may hold";

/** The problems whose condition holds. */
export const problemsOf = (conditions: Readonly<Record<string, boolean>>): readonly string[] =>
  Object.entries(conditions).flatMap(([problem, condition]) => (condition ? [problem] : []));

/** A length as a number; undefined for `0`, which RSS asks for where nobody knows. */
export const parseLength = (length = "0"): number | undefined => (length === "0" ? undefined : Number(length));

/** A date as a moment; undefined where it is none. */
export const parseMoment = (date: string | undefined): Instant | undefined => {
  const at = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? undefined : at;
};
