import { archivePage, type FeedKey, feedFolder } from "../../domain/feed-key.ts";
import type { Site } from "../../domain/site.ts";
import type { FeedState, Feeds, Pings } from "../../ports/store.ts";
import type { FeedStatus, HubStatus } from "../site-api.ts";

interface Ports {
  readonly feeds: Feeds;
  readonly pings: Pings;
}

const hubStatus = async (site: Site, state: FeedState, hub: string, { pings }: Ports): Promise<HubStatus> => {
  const ping = await pings.read({ kind: "ping", site: site.id, key: state.key, hub });
  return { url: hub, pinged: ping?.pinged, reason: ping?.reason };
};

/** Of its page for people, or of its RSS file where it has none: an archive page. */
const pathOf = (key: FeedKey): string => (archivePage(key) === undefined ? feedFolder(key) : `${key}.xml`);

const feedStatus = async (site: Site, state: FeedState, ports: Ports): Promise<FeedStatus> => ({
  key: state.key,
  title: state.title,
  url: new URL(pathOf(state.key), site.feedsUrl).href,
  rendered: state.rendered,
  due: state.due,
  faults: state.faults,
  hubs: await Promise.all(site.hubs.map((hub) => hubStatus(site, state, hub, ports))),
});

/** Every feed of a site with the last result of its gate, so that a feed that cannot be rendered is noticed. */
export const listFeeds = async (site: Site, ports: Ports): Promise<readonly FeedStatus[]> => {
  const states = await Promise.all((await ports.feeds.all(site.id)).map(({ key }) => ports.feeds.read(site.id, key)));
  return Promise.all(states.filter((state) => state !== undefined).map((state) => feedStatus(site, state, ports)));
};
