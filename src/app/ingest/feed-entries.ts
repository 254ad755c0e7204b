import { hostWithoutWww, pageAddress, withoutFragment } from "../../domain/address.ts";
import { isCopyWaiting } from "../../domain/document.ts";
import { errorMessage } from "../../domain/errors.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import {
  departedEntries,
  type EntryDocument,
  type FeedMemory,
  nextWindow,
  type PolledEntry,
  type PolledFeed,
  type WindowEntry,
} from "../../domain/polled-feed.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { second } from "../../domain/time.ts";
import type { Parse, ParseEntry, Source } from "../../ports/content.ts";
import type { CheckEntryPage } from "../../ports/outside.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type { Aliases, Documents, Posts } from "../../ports/store.ts";
import type { Ingested } from "../results.ts";
import type { IngestTarget } from "./ingest-document.ts";
import { markHistory } from "./reconcile-source.ts";

export interface EntryPorts extends MatchPorts {
  readonly parseEntry: ParseEntry;
  /**
   * True where no text can end this process. Otherwise the attempt at an entry that is new or has changed is counted.
   */
  readonly isContained: boolean;
  readonly ingest: (target: IngestTarget, parse: Parse) => Promise<Ingested>;
  /** Called with the result for each entry that was new, changed or deleted. */
  readonly report: (path: string, result: Ingested) => void;
  readonly checkEntryPage: CheckEntryPage;
  readonly clock: Clock;
  readonly log: Log;
}

/** A source of one document, whose `bytes` are undefined where it is gone. `paths` are the documents of the feed. */
const asSource = (name: string, paths: ReadonlySet<string>, path: string, bytes: Uint8Array | undefined): Source => ({
  name,
  list: async () => [...paths],
  read: async (requested) => (requested === path ? bytes : paths.has(requested) ? "unreadable" : undefined),
});

/**
 * Deletes the post of an entry whose page is gone, or that the feed names as deleted. `paths`: the entries that the
 * feed has.
 */
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
  /** The entry has to be read again at the next poll. */
  readonly isOpen: boolean;
}

const ingestEntry = async (
  { entry, hash, path, post, unchanged, isReread }: MatchedEntry,
  seen: number,
  paths: ReadonlySet<string>,
  { site, source, isListed }: FeedContext,
  ports: EntryPorts,
): Promise<IngestedEntry> => {
  const plain = { path, hash, published: post?.published, isHistory: false, isOpen: false };
  if (unchanged !== undefined) return { ...plain, ...unchanged };
  // An entry that comes with another guid is still the same post.
  const document: EntryDocument = { entry: { ...entry, guid: post?.guid ?? entry.guid }, known: post?.published, seen };
  const bytes = new TextEncoder().encode(entryContent(document.entry));
  try {
    const target = {
      site,
      source: asSource(source, paths, path, bytes),
      path,
      isListed,
      isSectionIndex: false,
      isReread,
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
      hash: result.result === "page" || result.post?.source === source ? hash : undefined,
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
  /** True where no entry has to be tried again. */
  readonly isWhole: boolean;
  /** How many of the posts are history. */
  readonly history: number;
}

/** Ingests the entries of a poll, and returns what is to be remembered of them. */
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
    const post = await findEntryPost({ guid, url: /^https?:/i.test(guid) ? guid : undefined }, context, ports);
    if (post?.source === source && post.gone === undefined && !paths.has(post.path)) await remove(post.path);
  }
  const window = ingested.map(({ path, hash, published }): WindowEntry => ({ path, hash, published }));
  const left = departedEntries(memory, window, feed.isComplete);
  return {
    window: nextWindow(memory.window, window, feed.isComplete),
    asking: await requestPages(site.id, source, left, { ...ports, remove }),
    isWhole: !ingested.some(({ isOpen }) => isOpen),
    history: ingested.filter(({ isHistory }) => isHistory).length,
  };
};

interface MatchPorts {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly documents: Documents;
  readonly hash: Hash;
}

interface FeedContext {
  readonly site: Site;
  /** Its name in rows. */
  readonly source: string;
  /** The URL from which the feed was read. */
  readonly url: string;
  /** The first listing was complete before this poll. */
  readonly isListed: boolean;
}

interface MatchedEntry extends Pick<WindowEntry, "path"> {
  readonly entry: PolledEntry;
  readonly hash: string;
  /** The post that it was before. */
  readonly post: Post | undefined;
  /** The remembered entry, where it has not changed since. */
  readonly unchanged: WindowEntry | undefined;
  /** It is remembered, but not what was read of it: with other settings, or by another release, that may differ. */
  readonly isReread: boolean;
}

const onSite = (address: string, site: Site): string => {
  const { pathname, search, hash } = new URL(address);
  return new URL(pathname + search + hash, site.url).href;
};

/**
 * When the whole feed has moved to another domain, the posts are still known by the paths of their pages on the site.
 */
const possibleAddresses = (url: string, site: Site, feedUrl: string): readonly string[] => [
  pageAddress(url, site),
  ...(hostWithoutWww(url) === hostWithoutWww(feedUrl) ? [pageAddress(onSite(url, site), site)] : []),
];

/**
 * Finds the post that has the guid of an entry, or else its address. Feeds change either: from http to https, with
 * another domain, a new slug, or a guid that is made anew.
 */
const findEntryPost = async (
  { guid, url }: Pick<PolledEntry, "guid" | "url">,
  { site, url: feedUrl }: Pick<FeedContext, "site" | "url">,
  { aliases, posts }: Pick<MatchPorts, "aliases" | "posts">,
): Promise<Post | undefined> => {
  const names = [
    ...(guid === undefined ? [] : [["guid", guid] as const]),
    ...(url === undefined ? [] : possibleAddresses(url, site, feedUrl).map((address) => ["address", address] as const)),
  ];
  for (const [kind, value] of names) {
    const id = await aliases.read(site.id, kind, value);
    const post = id === undefined ? undefined : await posts.read(site.id, id);
    if (post !== undefined) return post;
  }
  return undefined;
};

/** Leaves out `updated`, which some generators set anew whenever they build the site. */
const entryContent = (entry: PolledEntry): string => canonicalJson({ ...entry, updated: undefined });

/** A guid that several entries have identifies none of them. */
const withUniqueGuids = (entries: readonly PolledEntry[]): readonly PolledEntry[] => {
  const counts = Map.groupBy(entries, ({ guid }) => guid);
  return entries.map((entry) => ((counts.get(entry.guid)?.length ?? 0) > 1 ? { ...entry, guid: undefined } : entry));
};

const withoutCopies = (entries: readonly PolledEntry[]): readonly PolledEntry[] => [
  ...new Map(entries.map((entry) => [entryContent(entry), entry])).values(),
];

/** Finds for each entry of a poll the post that it was before, and the path of its document. Each path is used once. */
const matchEntries = async (
  entries: readonly PolledEntry[],
  { window }: Pick<FeedMemory, "window">,
  context: FeedContext,
  ports: MatchPorts,
): Promise<readonly MatchedEntry[]> => {
  const { source, url } = context;
  const known = new Map(window.flatMap((one) => (one.hash === undefined ? [] : [[one.hash, one] as const])));
  const found = [];
  for (const entry of withUniqueGuids(withoutCopies(withOwnPages(entries, window)))) {
    const hash = ports.hash(entryContent(entry)).slice(0, 16);
    const unchanged = known.get(hash);
    const post = unchanged === undefined ? await findEntryPost(entry, context, ports) : undefined;
    found.push({ entry, hash, unchanged, post });
  }
  const unknown = new Set(window.flatMap((one) => (one.hash === undefined ? [one.path] : [])));
  const taken = new Set<string>();
  const choosePath = ({ guid, url: page }: PolledEntry, post: Post | undefined, hash: string): string => {
    const own = post?.source === source ? [post.path] : [];
    const names = [...own, page ?? `${url}#${guid ?? hash}`];
    return names.find((path) => !taken.has(path)) ?? `${names[0]}#${hash}`;
  };

  const matched: MatchedEntry[] = [];
  for (const one of found) {
    const path = one.unchanged?.path ?? choosePath(one.entry, one.post, one.hash);
    taken.add(path);
    matched.push({ ...one, path, isReread: unknown.has(path) });
  }
  return matched;
};

/** True for a fragment from which a script chooses the page that it shows (`#/posts/a`, `#!a`). */
const isRoute = (url: string): boolean => /#[/!]/.test(url);

/**
 * Returns the entries with the addresses of their pages. A fragment belongs to the address where it distinguishes
 * entries: a page of release notes has an entry for each of its parts. Elsewhere it marks a position on the page, or
 * the origin of a reader.
 */
const withOwnPages = (entries: readonly PolledEntry[], window: readonly WindowEntry[]): readonly PolledEntry[] => {
  const split = new Set(window.flatMap(({ path }) => (path.includes("#") ? [withoutFragment(path)] : [])));
  const pages = Map.groupBy(entries, ({ url }) => url && withoutFragment(url));
  // Most pages have one address, however many entries name it.
  const parted = new Map([...pages].filter(([, those]) => new Set(those.map(({ url }) => url)).size > 1));
  const isPart = ({ url, guid }: PolledEntry): boolean =>
    url !== undefined &&
    (isRoute(url) ||
      split.has(withoutFragment(url)) ||
      (parted.get(withoutFragment(url)) ?? []).some((other) => other.url !== url && other.guid !== guid));
  return entries.map((entry) =>
    entry.url === undefined || isPart(entry) ? entry : { ...entry, url: withoutFragment(entry.url) },
  );
};

interface RequestPagesPorts {
  readonly documents: Documents;
  readonly posts: Posts;
  readonly checkEntryPage: CheckEntryPage;
  /** Called for an entry whose page is gone. */
  readonly remove: (path: string) => Promise<void>;
}

/**
 * At most this many pages are requested after one poll, so that a site that lost its posts is not flooded with
 * requests.
 */
const maxRequested = 20;

/**
 * Requests the page of each entry that left its feed, once. Returns the entries that have to be tried again, because
 * there was no answer.
 */
export const requestPages = async (
  site: string,
  source: string,
  entries: readonly WindowEntry[],
  { documents, posts, checkEntryPage, remove }: RequestPagesPorts,
): Promise<readonly WindowEntry[]> => {
  const livingPost = async (path: string): Promise<Post | undefined> => {
    const id = (await documents.read(site, source, path))?.post;
    const post = id === undefined ? undefined : await posts.read(site, id);
    return post?.source === source && post.path === path && post.gone === undefined ? post : undefined;
  };
  const unanswered: WindowEntry[] = [];
  for (const entry of entries.slice(0, maxRequested)) {
    const post = await livingPost(entry.path);
    const answer = post === undefined ? "there" : await checkEntryPage(post.url);
    if (answer === "gone") await remove(entry.path);
    if (answer === "unknown") unanswered.push(entry);
  }
  return [...unanswered, ...entries.slice(maxRequested)];
};
