import { archivePage } from "../../domain/feed-key.ts";
import type { Site } from "../../domain/site.ts";
import type { Formats } from "../../ports/feeds.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { FeedState, Pings } from "../../ports/store.ts";
import { makeFeed } from "./make-feed.ts";

export interface HubPingPorts {
  readonly pings: Pings;
  readonly formats: Pick<Formats, "topics">;
  readonly clock: Clock;
  /** How long caches may serve older bytes after a put, in ms. */
  readonly cacheDuration: number;
}

const isLoopback = (url: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/** No hub for an archive page, which has no subscribers (RFC 5005 §4), and no remote hub for a feed that only this machine serves. */
const hubsOf = (site: Site, { key }: Pick<FeedState, "key">): readonly string[] =>
  archivePage(key) === undefined ? site.hubs.filter((hub) => isLoopback(hub) || !isLoopback(site.feedsUrl)) : [];

/** True where the hubs are to be notified of a put, and the row does not say so yet. */
export const needsPing = (site: Site, state: FeedState): boolean =>
  !state.pingPending && hubsOf(site, state).length > 0;

/** Writes a row for each hub, due when the bytes are public. Called before the end of the render, which clears the mark. */
export const nudgeHubs = async (site: Site, state: FeedState, ports: HubPingPorts): Promise<void> => {
  const topics = ports.formats.topics(makeFeed(site, { state, entries: [], listed: [], archive: undefined }));
  for (const hub of hubsOf(site, state))
    await ports.pings.nudge(
      { kind: "ping", site: site.id, key: state.key, hub },
      topics,
      ports.clock() + ports.cacheDuration,
    );
};
