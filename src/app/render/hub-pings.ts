import { archivePage } from "../../domain/feed-key.ts";
import type { Site } from "../../domain/site.ts";
import type { Formats } from "../../ports/feeds.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { FeedLease, FeedState, Pings } from "../../ports/store.ts";
import { feedOf } from "./feed-of.ts";

export interface HubPingPorts {
  readonly pings: Pings;
  readonly formats: Pick<Formats, "topics">;
  readonly clock: Clock;
  /** How long a cache may go on serving older bytes after a put, in ms. */
  readonly cacheDuration: number;
}

const isLoopback = (url: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/** Nobody subscribes to a page of the archive (RFC 5005 §4), and a hub elsewhere cannot fetch what only this machine serves. */
const hubsOf = (site: Site, { key }: Pick<FeedState, "key">): readonly string[] =>
  archivePage(key) === undefined ? site.hubs.filter((hub) => isLoopback(hub) || !isLoopback(site.feedsUrl)) : [];

/** Remembered before the first put, so that a crash between put and ping still tells the hubs (interleaving 28). False when the lease is lost. */
export const markPingPending = async (site: Site, lease: FeedLease): Promise<boolean> =>
  lease.state.pingPending || hubsOf(site, lease.state).length === 0 || (await lease.markPingPending());

/** A row for each hub, due when the bytes are public. Before the render ends, which clears the mark. */
export const nudgeHubs = async (site: Site, state: FeedState, ports: HubPingPorts): Promise<void> => {
  const topics = ports.formats.topics(feedOf(site, { state, entries: [], siblings: [] }));
  for (const hub of hubsOf(site, state))
    await ports.pings.nudge(
      { kind: "ping", site: site.id, key: state.key, hub },
      topics,
      ports.clock() + ports.cacheDuration,
    );
};
