import type { Feed } from "../domain/feed.ts";
import type { Fault, Rendered } from "../ports/feeds.ts";
import { isClean } from "./clean-values.ts";
import {
  type Enclosure,
  type EntryReading,
  type Format,
  fileName,
  joinParts,
  type Reading,
  sameList,
  supports,
  uncleanProblem,
} from "./format.ts";
import { type FragmentsOf, hasParts, type Joined } from "./fragments.ts";
import { XmlError } from "./tree.ts";
import type { FeedView } from "./view.ts";

/** Returns the entry that contains the parse error. */
const entryOfError = (cause: unknown, feed: Feed): string | undefined => {
  const open = cause instanceof XmlError ? cause.open : [];
  const entry = open.findLast(({ name }) => name === "item" || name === "entry" || name === "article");
  return entry === undefined ? undefined : feed.entries[entry.nth]?.id;
};

const enclosureText = ({ url, mediaType, length }: Enclosure): string => [url, mediaType, length].join(" ");

// XML parsers drop text that is only white space.
const sameText = (a: string, b: string): boolean => a === b || (a.trim() === "" && b.trim() === "");

/** Returns the ids of the entries in a format. */
const idsIn = ({ idOf = ({ id }) => id }: Format, { entries }: FeedView): readonly string[] => entries.map(idOf);

const entryProblems = (
  found: EntryReading | undefined,
  id: string | undefined,
  index: number,
  feed: Feed,
  view: FeedView,
): readonly string[] => {
  const expected = view.entries[index];
  const published = feed.entries[index]?.post.published ?? Number.NaN;
  if (found === undefined) return ["is missing"];
  return [
    ...(found.id === id && expected?.id === feed.entries[index]?.id
      ? []
      : [`has the id ${found.id ?? "undefined"} in the file`]),
    ...((found.title || undefined) === expected?.title ? [] : ["has another title than its post"]),
    // RFC 822 dates have whole seconds, rounded down even before 1970.
    ...(Math.floor((found.published ?? Number.NaN) / 1000) === Math.floor(published / 1000)
      ? []
      : ["has another date than its post"]),
    ...(found.body === undefined || sameText(found.body, expected?.html ?? "")
      ? []
      : ["has another body than its post", ...(isClean(found.body) ? [] : [uncleanProblem])]),
    ...(found.enclosures === undefined ||
    sameList(
      found.enclosures.map(enclosureText),
      expected?.enclosure === undefined ? [] : [enclosureText(expected.enclosure)],
    )
      ? []
      : ["has another enclosure than its post"]),
    ...found.problems,
  ];
};

const repeatedIds = (feed: Feed): readonly string[] => {
  const ids = feed.entries.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
};

/**
 * Reads each fragment alone in a file: if this file is well-formed and has one entry, so is the fragment. Returns
 * undefined if one is not.
 */
const readFragments = (format: Format, { frame, fragments }: Joined, view: FeedView) => {
  for (const fragment of fragments) {
    if (fragment.reading !== undefined) continue;
    const [entry, ...others] = format.read(joinParts({ frame, entries: [fragment.text] }), view).entries ?? [];
    if (entry === undefined || others.length > 0) return undefined;
    // The two texts are equal: one string is kept instead of two.
    fragment.reading = entry.body === fragment.html ? { ...entry, body: fragment.html } : entry;
  }
  return fragments.flatMap(({ reading }) => reading ?? []);
};

/**
 * Returns what reading the whole file would return. The file without entries is well-formed and ends where its list of
 * entries ends, so a text that is inserted there is in that list. Each fragment was read as one entry of such a list,
 * so the file has exactly these entries.
 */
const readJoined = (format: Format, joined: Joined, view: FeedView): Reading | undefined => {
  const { problems, entries: others } = format.read(joined.frame.empty, view);
  const entries = readFragments(format, joined, view);
  return entries === undefined || others?.length !== 0 ? undefined : { problems, entries };
};

/**
 * A file that is equal to the joined text is read in parts. Any other file is read as a whole, which also finds the
 * invalid entry.
 */
const readFile = (format: Format, text: string, view: FeedView, joinedOf: FragmentsOf): Reading => {
  const joined = hasParts(format) ? joinedOf(format, view) : undefined;
  if (joined === undefined || text !== joined.text) return format.read(text, view);
  try {
    return readJoined(format, joined, view) ?? format.read(text, view);
  } catch {
    return format.read(text, view);
  }
};

const checkFile = (
  format: Format,
  text: string,
  feed: Feed,
  view: FeedView,
  joinedOf: FragmentsOf,
): readonly Fault[] => {
  const file = fileName(format, feed.key);
  let reading: Reading;
  try {
    reading = readFile(format, text, view, joinedOf);
  } catch (cause) {
    const problem = `cannot be parsed: ${cause instanceof Error ? cause.message : String(cause)}`;
    const entry = entryOfError(cause, feed);
    return [entry === undefined ? { file, problem } : { file, problem, entry }];
  }
  return [
    ...reading.problems.map((problem) => ({ file, problem })),
    ...(reading.entries === undefined ? [] : checkEntries(format, reading.entries, feed, view)),
  ];
};

const checkEntries = (
  format: Format,
  entries: readonly EntryReading[],
  feed: Feed,
  view: FeedView,
): readonly Fault[] => {
  const file = fileName(format, feed.key);
  const expected = idsIn(format, view);
  // A missing or repeated entry shifts all entries after it. In this case entries are found by their ids.
  const ids = entries.map(({ id }) => id);
  const found = (index: number) =>
    ids.length === feed.entries.length ? entries[index] : entries.find(({ id }) => id === expected[index]);
  const known = new Set<string | undefined>(expected);
  return [
    ...ids
      .filter((id) => !known.has(id))
      .map((id) => ({ file, problem: `contains an entry that is not in its window: ${id ?? "one without an id"}` })),
    ...(ids.length > feed.entries.length
      ? [{ file, problem: `contains ${ids.length} entries instead of ${feed.entries.length}` }]
      : []),
    ...repeatedIds(feed).map((id) => ({ file, problem: "is in the feed more than once", entry: id })),
    ...feed.entries.flatMap(({ id }, index) =>
      entryProblems(found(index), expected[index], index, feed, view).map((problem) => ({ file, problem, entry: id })),
    ),
  ];
};

/** Compares the rendered files with the window that they were made from. */
export const gateWith =
  (formats: readonly Format[], makeView: (feed: Feed) => FeedView, joinedOf: FragmentsOf) =>
  (rendered: readonly Rendered[], feed: Feed): readonly Fault[] => {
    const view = makeView(feed);
    return formats
      .filter((format) => supports(format, feed))
      .flatMap((format) => {
        const file = fileName(format, feed.key);
        const text = rendered.find((one) => one.file === file)?.text;
        return text === undefined
          ? [{ file, problem: "was not rendered" }]
          : checkFile(format, text, feed, view, joinedOf);
      });
  };
