import { backoff } from "./backoff.ts";
import type { FeedKey } from "./feed-key.ts";
import { day, hour, type Instant, second } from "./time.ts";

/** The notification of one hub about one feed: sent at least once after the feed's last change. */
export interface Ping {
  readonly site: string;
  readonly key: FeedKey;
  /** The hub's URL. */
  readonly hub: string;
  /** Grows with every write. */
  readonly version: number;
  /** The addresses that subscribers know the feed by. */
  readonly topics: readonly string[];
  /** When everyone is served the newest bytes: until then a cache may show older ones. */
  readonly publicAt: Instant;
  /** Failed since the feed's last change. */
  readonly attempts: number;
  /** The first failure since the hub last accepted a ping or was given up, however often the feed has changed. */
  readonly since: Instant | undefined;
  /** The hub asked for no ping before this moment, even when the feed changes. */
  readonly wait: Instant | undefined;
  /** When the hub last accepted a ping. */
  readonly pinged: Instant | undefined;
  /** Why the hub has not accepted the last ping. */
  readonly reason: string | undefined;
  readonly due: Instant | undefined;
}

/** The answer of a hub. */
export type HubAnswer =
  | { readonly kind: "taken" }
  /** `retryAfter`: when it wants to be asked again, in ms from now. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryAfter: number | undefined };

/** A hub that has accepted no ping for this long is given up until the feed's next change. */
export const giveUpPingAfter = 72 * hour;
/** One answer of a hub delays the next ping by this at most. */
const longestWait = day;

/** It is not sent again until the feed changes. */
export const stopPinging = (ping: Ping, reason: string): Ping => ({ ...ping, wait: undefined, due: undefined, reason });

/** The ping after the hub's answer. Where newer bytes become public later, it is sent once more then. Pure. */
export const afterPing = (ping: Ping, answer: HubAnswer, seed: string, now: Instant): Ping => {
  if (answer.kind === "taken") {
    const due = ping.publicAt > now ? ping.publicAt : undefined;
    return { ...ping, attempts: 0, since: undefined, wait: undefined, pinged: now, reason: undefined, due };
  }
  const [attempts, since] = [ping.attempts + 1, ping.since ?? now];
  if (now - since >= giveUpPingAfter) return { ...stopPinging(ping, answer.reason), attempts, since: undefined };
  const { reason, retryAfter } = answer;
  const wait = retryAfter === undefined ? undefined : now + Math.min(Math.max(retryAfter, second), longestWait);
  return { ...ping, attempts, since, wait, reason, due: wait ?? now + backoff(seed, attempts) };
};
