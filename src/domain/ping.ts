import { backoff } from "./backoff.ts";
import type { FeedKey } from "./feed-key.ts";
import { day, hour, type Instant, second } from "./time.ts";

/** A hub that is told of one feed's changes: a delivery like any other, at least once after the last change. */
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
  /** The first failure since the hub last took a ping or was given up, however often the feed has changed. */
  readonly since?: Instant | undefined;
  /** The hub wants to be left alone until then, whoever wakes the row. */
  readonly wait?: Instant | undefined;
  /** When the hub was last told. */
  readonly pinged?: Instant | undefined;
  /** Why the hub has not been told, in words. */
  readonly reason?: string | undefined;
  readonly due?: Instant | undefined;
}

/** What a hub said. */
export type HubAnswer =
  | { readonly kind: "taken" }
  /** `retryAfter`: when it wants to be asked again, in ms from now. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryAfter?: number | undefined };

/** A hub that cannot be told for so long is given up; the feed's next change starts anew. */
export const giveUpPingAfter = 72 * hour;
/** No hub silences a feed for longer by one answer. */
const longestWait = day;

/** Nothing more is to be done about it, until the feed changes. */
export const stopPinging = (ping: Ping, reason: string): Ping => ({ ...ping, wait: undefined, due: undefined, reason });

/** The ping after the hub's answer. Where newer bytes become public later, the hub is told once more then. Pure. */
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
