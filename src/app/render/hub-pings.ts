import { archivePage } from "../../domain/feed-key.ts";
import { afterPing, type Ping } from "../../domain/notice.ts";
import { type MessageAnswer, stopSending } from "../../domain/retry.ts";
import type { Site } from "../../domain/site.ts";
import type { Formats } from "../../ports/feeds.ts";
import type { TellHub } from "../../ports/outside.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type { FeedState, PingRef, Pings } from "../../ports/store.ts";
import { makeFeed } from "./make-feed.ts";

export interface HubPingPorts {
  readonly pings: Pings;
  readonly formats: Pick<Formats, "topics">;
  readonly clock: Clock;
  /** How long caches may serve older bytes after a put, in ms. */
  readonly cacheDuration: number;
}

const isLoopback = (url: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/**
 * An archive page has no hub, because it has no subscribers (RFC 5005 §4). A feed that only this machine serves has no
 * remote hub.
 */
const feedHubs = (site: Site, { key }: Pick<FeedState, "key">): readonly string[] =>
  archivePage(key) === undefined ? site.hubs.filter((hub) => isLoopback(hub) || !isLoopback(site.feedsUrl)) : [];

/** True where the hubs are to be notified of a put, and the row does not say so yet. */
export const needsPing = (site: Site, state: FeedState): boolean =>
  !state.pingPending && feedHubs(site, state).length > 0;

/** Writes a row for each hub, due when the bytes are public. Called before the end of the render, which clears the mark. */
export const nudgeHubs = async (site: Site, state: FeedState, ports: HubPingPorts): Promise<void> => {
  const topics = ports.formats.topics(makeFeed(site, { state, entries: [], listed: [], archive: undefined }));
  for (const hub of feedHubs(site, state))
    await ports.pings.nudge(
      { kind: "ping", site: site.id, key: state.key, hub },
      topics,
      ports.clock() + ports.cacheDuration,
    );
};

export interface PingPorts {
  readonly pings: Pings;
  readonly tellHub: TellHub;
  readonly site: (id: string) => Site;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly log: Log;
}

/** Notifies one hub that one feed has changed. To notify it twice is harmless, so there is no claim. */
export const ping = async (ref: PingRef, ports: PingPorts): Promise<void> => {
  const now = ports.clock();
  const read = await ports.pings.read(ref);
  if (read?.due === undefined || read.due > now) return;
  if (!ports.site(ref.site).hubs.includes(ref.hub)) {
    await ports.pings.save(stopSending(read, "the hub was removed from the configuration"));
    return;
  }
  if (read.wait !== undefined && read.wait > now) {
    await ports.pings.save({ ...read, due: read.wait });
    return;
  }
  const answer = await notifyHub(read, ports.tellHub);
  const next = afterPing(read, answer, ports.hash(`${ref.site}\n${ref.key}\n${ref.hub}`), ports.clock());
  if (!(await ports.pings.save(next))) return keepWait(ref, next, ports);
  if (answer.kind === "refused" && next.due === undefined)
    ports.log.alarm(
      "unreachable",
      `${ref.hub} could not be notified of the feed ${ref.key} for three days: ${answer.reason}; it is tried again at the feed's next change. Check sites[].hubs in crier.config.ts`,
      { ...ref },
    );
};

/** Sends one topic after the other. A refused topic ends it, and all are sent again later. */
const notifyHub = async ({ hub, topics }: Ping, tellHub: TellHub): Promise<MessageAnswer> => {
  for (const topic of topics) {
    const answer = await tellHub(hub, topic);
    if (answer.kind === "refused") return answer;
  }
  return { kind: "taken" };
};

/** The feed changed while the hub was notified: the row stays due, but the hub's own wait is kept. */
const keepWait = async (ref: PingRef, { wait }: Ping, { pings }: PingPorts): Promise<void> => {
  const nudged = wait === undefined ? undefined : await pings.read(ref);
  if (nudged !== undefined) await pings.save({ ...nudged, wait });
};
