import { hour, type Instant, minute } from "./time.ts";

/** An entry that was in the feed, as far as it is remembered. */
export interface WindowEntry {
  /** Of its document. */
  readonly path: string;
  /** Of what was read. Undefined where it is to be read again: it is a post of another source, or could not be read. */
  readonly hash: string | undefined;
  /** Of its post; undefined where it was refused. */
  readonly published: Instant | undefined;
}

/** What a feed source remembers from one poll to the next. */
export interface FeedMemory {
  /** The address of the next poll: the configured one, until the feed moves for good. */
  readonly url: string;
  readonly validators: { readonly etag?: string; readonly lastModified?: string };
  /** Hash of all settings that the entries were read with. */
  readonly recipe: string;
  /** In ms: how long the feed itself asks to wait between two polls. */
  readonly pollAfter: number | undefined;
  /** The feed is not polled before. */
  readonly next: Instant;
  /** The last poll that ended. */
  readonly last: { readonly at: Instant; readonly answer: "entries" | "unchanged" | "failed" } | undefined;
  /** Polls in a row that failed. */
  readonly failures: number;
  /** Why the last one failed. */
  readonly problem: string | undefined;
  /** Hash of what a poll began to read, and with which settings: where it is still there, reading it ended the process. */
  readonly reading: string | undefined;
  /** The entries of the last poll that brought any. */
  readonly window: readonly WindowEntry[];
  /** Entries that left, and whose pages have not answered yet. */
  readonly asking: readonly WindowEntry[];
}

export const emptyMemory = (url: string): FeedMemory => ({
  url,
  validators: {},
  recipe: "",
  pollAfter: undefined,
  next: 0,
  last: undefined,
  failures: 0,
  problem: undefined,
  reading: undefined,
  window: [],
  asking: [],
});

/** The rows of a feed with a whole archive in it stay small. Of the entries behind, no departure is noticed. */
const maxWindow = 1_000;

/**
 * The entries whose pages are to be asked: those that are no longer in the feed, although they are newer than the oldest
 * that is. Older ones made room, as is usual. An empty feed, and one whose end is missing, say nothing about what is not in them.
 */
export const departed = (
  { window, asking }: Pick<FeedMemory, "window" | "asking">,
  now: readonly WindowEntry[],
  isComplete: boolean,
): readonly WindowEntry[] => {
  const oldest = Math.min(...now.flatMap(({ published }) => published ?? []));
  if (!isComplete || !Number.isFinite(oldest)) return asking;
  const present = new Set(now.map(({ path }) => path));
  return [...asking, ...window].filter(
    ({ path, published }) => !present.has(path) && published !== undefined && published > oldest,
  );
};

/** What is remembered of the entries of a poll. After an empty or incomplete feed, those of the poll before still count. */
export const nextWindow = (
  before: readonly WindowEntry[],
  now: readonly WindowEntry[],
  isComplete: boolean,
): readonly WindowEntry[] => {
  const present = new Set(now.map(({ path }) => path));
  const kept = isComplete && now.length > 0 ? [] : before.filter(({ path }) => !present.has(path));
  return [...now, ...kept].slice(0, maxWindow);
};

const [shortest, longest] = [5 * minute, hour];

/** The time between two polls: at least what the feed and its server ask for, within limits. In ms. */
export const pollInterval = (asked: readonly (number | undefined)[]): number =>
  Math.min(longest, Math.max(shortest, ...asked.map((wait) => wait ?? 0)));

const longestBackoff = 24 * hour;

/** After so many failures in a row: twice as long each time, up to six hours, and at least what the server asks for. */
export const retryInterval = (failures: number, asked: number | undefined): number =>
  Math.min(longestBackoff, Math.max(Math.min(shortest * 2 ** (failures - 1), 6 * hour), asked ?? 0));
