import type { Feed } from "../domain/feed.ts";
import type { Instant } from "../domain/time.ts";
import type { FeedView } from "./view.ts";

/** What a written file holds, read back. */
export interface Reading {
  /** What is wrong with the feed around its entries. */
  readonly problems: readonly string[];
  readonly entries: readonly EntryReading[];
}

export interface EntryReading {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly published: Instant | undefined;
  /** What is wrong with this entry alone. */
  readonly problems: readonly string[];
}

/** One format: everything about it stands in its file. */
export interface Format {
  readonly file: string;
  readonly mediaType: string;
  /** For people: the name, and whom it is for. */
  readonly name: string;
  readonly about: string;
  /** Pure: the same feed gives the same bytes. */
  readonly write: (view: FeedView, feed: Feed) => string;
  /** Reads a file back and judges it by the format's rules. Throws where it cannot be parsed: `XmlError`, `SyntaxError`. */
  readonly read: (text: string, view: FeedView) => Reading;
}

/** The problems whose condition holds. */
export const problemsOf = (conditions: Readonly<Record<string, boolean>>): readonly string[] =>
  Object.entries(conditions).flatMap(([problem, holds]) => (holds ? [problem] : []));

/** A date as a moment; undefined where it is none. */
export const moment = (date: string | undefined): Instant | undefined => {
  const at = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? undefined : at;
};
