import type { Entry, Feed } from "../../src/domain/feed.ts";
import { linkedNoteText } from "../../src/domain/note-text.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Rendered } from "../../src/ports/feeds.ts";
import { expectedLine, expectedText, isVisible } from "./cleaning.ts";
import { entriesIn, type ReadEntry } from "./reading.ts";

// Readers of RFC 822 dates read a year below 100 as one of this century, even with leading zeros.
const earliest = Date.parse("0100-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");

const isWritable = (at: number): boolean => at >= earliest && at <= latest;
const isWebUrl = (url: string): boolean => /^https?:$/.test(URL.parse(url)?.protocol ?? "");

/** A post that no format can show unchanged: the gate must name this post, and no other. */
const isInvalid = ({ post }: Entry): boolean => !isWritable(post.published) || !isWebUrl(post.url);

const lines = (texts: readonly string[]): readonly string[] => texts.map(expectedLine).filter((text) => text !== "");

const labelOf = ({ id, post }: Entry): string =>
  isVisible(expectedLine(post.title)) ? expectedLine(post.title) : (URL.parse(post.url)?.href ?? id);

/** The text of a note on the page for people, where its links are links. */
const linkedText = ({ post }: Entry): string =>
  expectedText(linkedNoteText(post.html, post.language, { plainLinks: true }).text).trim();

/** Returns an entry as each format must have it. */
const expectedEntry = ({ id, post }: Entry, feed: Feed): Required<ReadEntry> => ({
  id,
  title: post.isNote === true ? "" : labelOf({ id, post, updated: 0 }),
  summary: expectedText(post.summary).trim(),
  published: post.published,
  html: feed.content === "full" ? expectedText(post.html) : "",
  categories: [...new Set(lines(post.categories.map(({ name }) => name)))],
  authors: lines(post.authors.map(({ name }) => name)),
});

const sameMoment = (found: number, at: number): boolean => Math.floor(found / 1000) === Math.floor(at / 1000);

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const faultsOfEntry = (found: ReadEntry, entry: Entry, feed: Feed): readonly string[] => {
  const expected = expectedEntry(entry, feed);
  const authors = expected.authors.length > 0 || found.authors?.length === 0 ? expected.authors : found.authors;
  const differs = {
    id: found.id !== expected.id,
    title: found.title !== expected.title && !isInvalid(entry),
    // A note has its text once: in a format with bodies it is the body.
    summary:
      found.summary !== expected.summary &&
      !(
        entry.post.isNote === true &&
        (isInvalid(entry) || ["", labelOf(entry), linkedText(entry)].includes(found.summary))
      ),
    date: !isInvalid(entry) && !sameMoment(found.published, expected.published),
    body: found.html !== undefined && found.html !== expected.html,
    categories: !isEqual(found.categories, expected.categories),
    authors: found.authors !== undefined && !isEqual(found.authors, authors),
  };
  return Object.entries(differs).flatMap(([name, isDifferent]) =>
    isDifferent ? [`${entry.id} has another ${name} than its post`] : [],
  );
};

const faultsOfFile = (rendered: Rendered, feed: Feed): readonly string[] => {
  let found: readonly ReadEntry[];
  try {
    found = entriesIn(rendered);
  } catch (error) {
    return [`cannot be parsed: ${String(error)}`];
  }
  if (found.length !== feed.entries.length) return [`has ${found.length} entries for ${feed.entries.length} posts`];
  const ids = new Set(found.map(({ id }) => id));
  return [
    ...(ids.size === found.length ? [] : ["has an id twice"]),
    ...(rendered.text.isWellFormed() ? [] : ["has a lone surrogate"]),
    ...found.flatMap((one, index) => {
      const entry = feed.entries[index];
      return entry === undefined ? [] : faultsOfEntry(one, entry, feed);
    }),
  ];
};

const files = ["feed.xml", "atom.xml", "feed.json", "index.html"] as const;

/** Returns the faults of rendered files, which are checked independently of the code under test. */
export const faultsIn = (rendered: readonly Rendered[], feed: Feed): readonly string[] =>
  files.flatMap((file) => {
    const one = rendered.find((one) => one.file === file);
    return one === undefined ? [`${file} is missing`] : faultsOfFile(one, feed).map((fault) => `${file} ${fault}`);
  });

/** The gate must name every invalid post, and nothing else. */
const faultsOfGate = (rendered: readonly Rendered[], feed: Feed): readonly string[] => {
  const invalidIds = new Set(feed.entries.filter(isInvalid).map(({ id }) => id));
  const faults = formats.gate(rendered, feed);
  const named = new Set(faults.map(({ entry }) => entry));
  return [
    ...faults
      .filter(({ entry }) => entry === undefined || !invalidIds.has(entry))
      .map(({ file, problem, entry = "the feed" }) => `the gate refuses ${entry} in ${file}: ${problem}`),
    ...[...invalidIds].filter((id) => !named.has(id)).map((id) => `the gate accepts ${id}`),
  ];
};

/** Returns the faults of a feed in any format. */
export const faultsOf = (feed: Feed, rendered = formats.render(feed)): readonly string[] => [
  ...faultsIn(rendered, feed),
  ...faultsOfGate(rendered, feed),
];
