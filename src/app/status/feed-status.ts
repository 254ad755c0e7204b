import type { FeedStatus, HubStatus, PollStatus, SourceStatus } from "../../contract/installation-status.ts";
import { archivePage, byImportance, type FeedKey, feedFolder } from "../../domain/feed-key.ts";
import type { FeedMemory } from "../../domain/polled-feed.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Source } from "../../ports/content.ts";
import type { FeedState, Feeds, Pings, Posts, SourceStates } from "../../ports/store.ts";

export interface FeedPorts {
  readonly feeds: Feeds;
  readonly pings: Pings;
  /** The names of the files for feed readers, by the id of their format. */
  readonly feedFiles: Readonly<Record<string, string>>;
}

const hubStatus = async (site: Site, state: FeedState, hub: string, { pings }: FeedPorts): Promise<HubStatus> => {
  const ping = await pings.read({ kind: "ping", site: site.id, key: state.key, hub });
  return { url: hub, pinged: ping?.pinged, reason: ping?.reason };
};

/** The path of its page for people. An archive page has none: that of its RSS file. */
const pathOfFeed = (key: FeedKey): string => (archivePage(key) === undefined ? feedFolder(key) : `${key}.xml`);

/** The addresses of its files for feed readers. The main feed may have other paths. */
const feedAddresses = (
  { feeds, feedsUrl }: Site,
  key: FeedKey,
  feedFiles: FeedPorts["feedFiles"],
): readonly string[] => {
  if (archivePage(key) !== undefined) return [];
  return Object.entries(feedFiles).map(([id, file]) => {
    const own = key === "main" ? feeds.paths[id] : undefined;
    return new URL(own ?? feedFolder(key) + file, feedsUrl).href;
  });
};

const feedStatus = async (site: Site, state: FeedState, ports: FeedPorts): Promise<FeedStatus> => ({
  key: state.key,
  title: state.title,
  url: new URL(pathOfFeed(state.key), site.feedsUrl).href,
  addresses: feedAddresses(site, state.key, ports.feedFiles),
  rendered: state.rendered,
  due: state.due,
  faults: state.faults,
  shortened: state.shortened,
  hubs: await Promise.all(site.hubs.map((hub) => hubStatus(site, state, hub, ports))),
});

/**
 * Lists the feeds of a site with the last result of its gate, so that a feed that cannot be rendered is noticed. With a
 * limit only the most important ones are read.
 */
export const listFeeds = async (site: Site, ports: FeedPorts, limit?: number): Promise<readonly FeedStatus[]> => {
  const all = (await ports.feeds.all(site.id)).map(({ key }) => key);
  return readFeeds(site, limit === undefined ? all : all.toSorted(byImportance).slice(0, limit), ports);
};

const readFeeds = async (site: Site, keys: readonly FeedKey[], ports: FeedPorts): Promise<readonly FeedStatus[]> => {
  const states = await Promise.all(keys.map((key) => ports.feeds.read(site.id, key)));
  return Promise.all(states.filter((state) => state !== undefined).map((state) => feedStatus(site, state, ports)));
};

/** Lists the most important feeds that a post is in. */
export const listFeedsOf = async (
  { id }: Pick<Post, "id">,
  site: Site,
  ports: FeedPorts & { readonly posts: Pick<Posts, "head"> },
  limit: number,
): Promise<readonly FeedStatus[]> => {
  const { listed = [] } = (await ports.posts.head(site.id, id)) ?? {};
  const keys = listed.map(({ feed }) => feed).toSorted(byImportance);
  return readFeeds(site, keys.slice(0, limit), ports);
};

export interface SourcePorts {
  /** The sources of the site. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly sourceStates: Pick<SourceStates, "read">;
}

const pollStatus = (feed: string, memory: FeedMemory | undefined): PollStatus => ({
  url: memory?.url ?? feed,
  polled: memory?.last?.at,
  answer: memory?.last?.answer,
  next: memory?.next,
  entries: memory?.window.length ?? 0,
  failures: memory?.failures ?? 0,
  problem: memory?.problem,
});

/** Lists the sources of a site, and how the polls of its feeds went. */
export const listSources = async (
  site: Pick<Site, "id">,
  { sources, sourceStates }: SourcePorts,
): Promise<readonly SourceStatus[]> =>
  Promise.all(
    [...sources.values()].map(async ({ name, feed }) => {
      const state = await sourceStates.read(site.id, name);
      return { name, listed: state.listed, poll: feed === undefined ? undefined : pollStatus(feed, state.feed) };
    }),
  );
