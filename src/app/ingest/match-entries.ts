import { addressOf } from "../../domain/address.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import type { FeedMemory, PolledEntry, WindowEntry } from "../../domain/polled-feed.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Hash } from "../../ports/runtime.ts";
import type { Aliases, Documents, Posts } from "../../ports/store.ts";
import { withOwnPages } from "./entry-pages.ts";

export interface MatchPorts {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly documents: Documents;
  readonly hash: Hash;
}

export interface FeedContext {
  readonly site: Site;
  /** Its name in rows. */
  readonly source: string;
  /** Where the feed came from. */
  readonly url: string;
  /** The first listing was complete before this poll. */
  readonly isListed: boolean;
}

export interface MatchedEntry extends Pick<WindowEntry, "path"> {
  readonly entry: PolledEntry;
  readonly hash: string;
  /** The post that it was before. */
  readonly post: Post | undefined;
  /** What is remembered of it, where it has not changed since. */
  readonly unchanged: WindowEntry | undefined;
}

const onSite = (address: string, site: Site): string => {
  const { pathname, search, hash } = new URL(address);
  return new URL(pathname + search + hash, site.url).href;
};

const hostOf = (url: string): string => new URL(url).host.replace(/^www\./, "");

/** Where the whole feed has moved to another domain, the posts are still known by the paths of their pages on the site. */
const addressesOf = (url: string, site: Site, feedUrl: string): readonly string[] => [
  addressOf(url, site),
  ...(hostOf(url) === hostOf(feedUrl) ? [addressOf(onSite(url, site), site)] : []),
];

/**
 * The post that has the guid of an entry, or else its address. Feeds change either: from http to https, with another
 * domain, a new slug, or a guid that is made anew.
 */
export const postOfEntry = async (
  { guid, url }: Pick<PolledEntry, "guid" | "url">,
  { site, url: feedUrl }: Pick<FeedContext, "site" | "url">,
  { aliases, posts }: Pick<MatchPorts, "aliases" | "posts">,
): Promise<Post | undefined> => {
  const names = [
    ...(guid === undefined ? [] : [["guid", guid] as const]),
    ...(url === undefined ? [] : addressesOf(url, site, feedUrl).map((address) => ["address", address] as const)),
  ];
  for (const [kind, value] of names) {
    const id = await aliases.read(site.id, kind, value);
    const post = id === undefined ? undefined : await posts.read(site.id, id);
    if (post !== undefined) return post;
  }
  return undefined;
};

/** Without `updated`, which some generators set anew whenever they build the site. */
export const contentOf = (entry: PolledEntry): string => canonicalJson({ ...entry, updated: undefined });

/** A guid that several entries have names none of them. */
const withUniqueGuids = (entries: readonly PolledEntry[]): readonly PolledEntry[] => {
  const counts = Map.groupBy(entries, ({ guid }) => guid);
  return entries.map((entry) => ((counts.get(entry.guid)?.length ?? 0) > 1 ? { ...entry, guid: undefined } : entry));
};

const withoutCopies = (entries: readonly PolledEntry[]): readonly PolledEntry[] => [
  ...new Map(entries.map((entry) => [contentOf(entry), entry])).values(),
];

/** Finds for each entry of a poll the post that it was before, and the path of its document: every path is there once. */
export const matchEntries = async (
  entries: readonly PolledEntry[],
  { window }: Pick<FeedMemory, "window">,
  context: FeedContext,
  ports: MatchPorts,
): Promise<readonly MatchedEntry[]> => {
  const { source, url } = context;
  const known = new Map(window.flatMap((one) => (one.hash === undefined ? [] : [[one.hash, one] as const])));
  const found = [];
  for (const entry of withUniqueGuids(withoutCopies(withOwnPages(entries, window)))) {
    const hash = ports.hash(contentOf(entry)).slice(0, 16);
    const unchanged = known.get(hash);
    const post = unchanged === undefined ? await postOfEntry(entry, context, ports) : undefined;
    found.push({ entry, hash, unchanged, post });
  }
  const taken = new Set<string>();
  const pathOf = ({ guid, url: page }: PolledEntry, post: Post | undefined, hash: string): string => {
    const own = post?.source === source ? [post.path] : [];
    const names = [...own, page ?? `${url}#${guid ?? hash}`];
    return names.find((path) => !taken.has(path)) ?? `${names[0]}#${hash}`;
  };

  const matched: MatchedEntry[] = [];
  for (const one of found) {
    const path = one.unchanged?.path ?? pathOf(one.entry, one.post, one.hash);
    taken.add(path);
    matched.push({ ...one, path });
  }
  return matched;
};
