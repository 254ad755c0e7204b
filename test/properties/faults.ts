import type { Entry, Feed } from "../../src/domain/feed.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Rendered } from "../../src/ports/feeds.ts";
import { cleaned, cleanedLine, isVisible } from "./cleaning.ts";
import { entriesIn, type ReadEntry } from "./reading.ts";

// RFC 822's readers take a year below 100 for one of our time, however many zeros stand before it.
const earliest = Date.parse("0100-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");

const isWritable = (at: number): boolean => at >= earliest && at <= latest;
const isOnTheWeb = (url: string): boolean => /^https?:$/.test(URL.parse(url)?.protocol ?? "");

/** A post that no format can show as it is: the gate has to name it, and it alone. */
const isPoisonous = ({ post }: Entry): boolean => !isWritable(post.published) || !isOnTheWeb(post.url);

const lines = (texts: readonly string[]): readonly string[] => texts.map(cleanedLine).filter((text) => text !== "");

/** What a reader has to see of an entry. */
const wanted = ({ id, post }: Entry, feed: Feed): Required<ReadEntry> => ({
  id,
  title: isVisible(cleanedLine(post.title)) ? cleanedLine(post.title) : (URL.parse(post.url)?.href ?? id),
  summary: cleaned(post.summary).trim(),
  published: post.published,
  html: feed.content === "full" ? cleaned(post.html) : "",
  categories: [...new Set(lines(post.categories.map(({ name }) => name)))],
  authors: lines(post.authors.map(({ name }) => name)),
});

const sameMoment = (found: number, at: number): boolean => Math.floor(found / 1000) === Math.floor(at / 1000);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const faultsOfEntry = (found: ReadEntry, entry: Entry, feed: Feed): readonly string[] => {
  const want = wanted(entry, feed);
  const authors = want.authors.length > 0 || found.authors?.length === 0 ? want.authors : found.authors;
  const differs = {
    id: found.id !== want.id,
    title: found.title !== want.title && !isPoisonous(entry),
    summary: found.summary !== want.summary,
    date: !isPoisonous(entry) && !sameMoment(found.published, want.published),
    body: found.html !== undefined && found.html !== want.html,
    categories: !same(found.categories, want.categories),
    authors: found.authors !== undefined && !same(found.authors, authors),
  };
  return Object.entries(differs).flatMap(([name, is]) => (is ? [`${entry.id} has another ${name} than its post`] : []));
};

const faultsOfFile = (rendered: Rendered, feed: Feed): readonly string[] => {
  let found: readonly ReadEntry[];
  try {
    found = entriesIn(rendered);
  } catch (error) {
    return [`cannot be parsed: ${String(error)}`];
  }
  if (found.length !== feed.entries.length) return [`holds ${found.length} entries for ${feed.entries.length} posts`];
  const ids = new Set(found.map(({ id }) => id));
  return [
    ...(ids.size === found.length ? [] : ["holds an id twice"]),
    ...(rendered.text.isWellFormed() ? [] : ["holds half a character"]),
    ...found.flatMap((one, index) => {
      const entry = feed.entries[index];
      return entry === undefined ? [] : faultsOfEntry(one, entry, feed);
    }),
  ];
};

const files = ["feed.xml", "atom.xml", "feed.json", "index.html"] as const;

/** What is wrong with rendered files, by a judge that shares nothing with the code under test. */
export const faultsIn = (rendered: readonly Rendered[], feed: Feed): readonly string[] =>
  files.flatMap((file) => {
    const one = rendered.find((one) => one.file === file);
    return one === undefined ? [`${file} is missing`] : faultsOfFile(one, feed).map((fault) => `${file} ${fault}`);
  });

/** The gate has to name every poisonous post, and nothing else. */
const faultsOfGate = (rendered: readonly Rendered[], feed: Feed): readonly string[] => {
  const poisonous = new Set(feed.entries.filter(isPoisonous).map(({ id }) => id));
  const said = formats.gate(rendered, feed);
  const named = new Set(said.map(({ entry }) => entry));
  return [
    ...said
      .filter(({ entry }) => entry === undefined || !poisonous.has(entry))
      .map(({ file, problem, entry = "the feed" }) => `the gate refuses ${entry} in ${file}: it ${problem}`),
    ...[...poisonous].filter((id) => !named.has(id)).map((id) => `the gate lets ${id} pass`),
  ];
};

/** What of the promises about feeds does not hold of a feed in every format, in words. */
export const faultsOf = (feed: Feed, rendered = formats.render(feed)): readonly string[] => [
  ...faultsIn(rendered, feed),
  ...faultsOfGate(rendered, feed),
];
