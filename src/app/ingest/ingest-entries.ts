import { isCopyWaiting } from "../../domain/document.ts";
import { errorMessage } from "../../domain/errors.ts";
import {
  departed,
  type EntryDocument,
  type FeedMemory,
  nextWindow,
  type PolledFeed,
  type WindowEntry,
} from "../../domain/polled-feed.ts";
import { second } from "../../domain/time.ts";
import type { Parse, ParseEntry, Source } from "../../ports/content.ts";
import type { AskPage } from "../../ports/outside.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Ingested } from "../site-api.ts";
import { askPages } from "./ask-pages.ts";
import { markHistory } from "./first-listing.ts";
import type { Target } from "./ingest-document.ts";
import {
  contentOf,
  type FeedContext,
  type MatchedEntry,
  type MatchPorts,
  matchEntries,
  postOfEntry,
} from "./match-entries.ts";

export interface EntryPorts extends MatchPorts {
  readonly parseEntry: ParseEntry;
  /** No text can end this process. Else the attempt at an entry that is new or has changed is counted. */
  readonly isContained: boolean;
  readonly ingest: (target: Target, parse: Parse) => Promise<Ingested>;
  /** Called with the result for each entry that was new, changed or deleted. */
  readonly report: (path: string, result: Ingested) => void;
  readonly askPage: AskPage;
  readonly clock: Clock;
  readonly log: Log;
}

/** One document as a source: `bytes` are undefined where it is gone. The other ones of the feed are `paths`. */
const asSource = (name: string, paths: ReadonlySet<string>, path: string, bytes: Uint8Array | undefined): Source => ({
  name,
  list: async () => [...paths],
  read: async (asked) => (asked === path ? bytes : paths.has(asked) ? "kept" : undefined),
});

/** The page of an entry is gone, or the feed names it as deleted. `paths`: the entries that the feed has. */
export const removeEntry = async (
  path: string,
  paths: ReadonlySet<string>,
  { site, source, isListed }: Omit<FeedContext, "url">,
  { ingest, report }: Pick<EntryPorts, "ingest" | "report">,
): Promise<void> => {
  const target = { site, source: asSource(source, paths, path, undefined), path, isListed, isSectionIndex: false };
  const result = await ingest(target, async () => ({ parsed: { kind: "refused", reasons: [] }, references: [] }));
  if (result.result === "deleted") report(path, result);
};

interface IngestedEntry extends WindowEntry {
  readonly isHistory: boolean;
  /** It is to be read again at the next poll. */
  readonly isOpen: boolean;
}

const ingestEntry = async (
  { entry, hash, path, post, unchanged }: MatchedEntry,
  seen: number,
  paths: ReadonlySet<string>,
  { site, source, isListed }: FeedContext,
  ports: EntryPorts,
): Promise<IngestedEntry> => {
  const plain = { path, hash, published: post?.published, isHistory: false, isOpen: false };
  if (unchanged !== undefined) return { ...plain, ...unchanged };
  // One that comes with another guid is still that post.
  const document: EntryDocument = { entry: { ...entry, guid: post?.guid ?? entry.guid }, known: post?.published, seen };
  const bytes = new TextEncoder().encode(contentOf(document.entry));
  try {
    const target = {
      site,
      source: asSource(source, paths, path, bytes),
      path,
      isListed,
      isSectionIndex: false,
      countsAttempt: !ports.isContained,
    };
    const result = await ports.ingest(target, async () => ({
      parsed: await ports.parseEntry(document, site),
      references: [],
    }));
    ports.report(path, result);
    if (result.result === "refused")
      return {
        ...plain,
        hash: result.conflict ? undefined : hash,
        published: undefined,
        isOpen: result.reasons.some(isCopyWaiting),
      };
    return {
      ...plain,
      hash: result.post?.source === source ? hash : undefined,
      published: result.post?.published,
      isHistory: result.post?.history === true && !result.post.byHand,
    };
  } catch (error) {
    ports.log.alarm("ingest", `${path} could not be read: ${errorMessage(error)}`, { path });
    if (!isListed) await markHistory(site.id, source, path, ports);
    return { ...plain, hash: undefined, isOpen: true };
  }
};

export interface EntriesResult extends Pick<FeedMemory, "window" | "asking"> {
  /** No entry is to be tried again. */
  readonly isWhole: boolean;
  /** How many of the posts are history. */
  readonly history: number;
}

/** Brings what a poll found into the posts, and says what is to be remembered of it. */
export const ingestEntries = async (
  feed: PolledFeed,
  memory: FeedMemory,
  context: FeedContext,
  ports: EntryPorts,
): Promise<EntriesResult> => {
  const { site, source } = context;
  const matched = await matchEntries(feed.entries, memory, context, ports);
  const paths = new Set(matched.map(({ path }) => path));
  const now = ports.clock();
  const ingested: IngestedEntry[] = [];
  // Without dates the order of the feed is the order of the posts.
  for (const [index, one] of matched.entries())
    ingested.push(await ingestEntry(one, now - index * second, paths, context, ports));

  const remove = (path: string): Promise<void> => removeEntry(path, paths, context, ports);
  for (const guid of feed.deleted) {
    const post = await postOfEntry({ guid, url: /^https?:/i.test(guid) ? guid : undefined }, context, ports);
    if (post?.source === source && post.gone === undefined && !paths.has(post.path)) await remove(post.path);
  }
  const window = ingested.map(({ path, hash, published }): WindowEntry => ({ path, hash, published }));
  const left = departed(memory, window, feed.isComplete);
  return {
    window: nextWindow(memory.window, window, feed.isComplete),
    asking: await askPages(site.id, source, left, { ...ports, remove }),
    isWhole: !ingested.some(({ isOpen }) => isOpen),
    history: ingested.filter(({ isHistory }) => isHistory).length,
  };
};
