import { type Attempts, accepted, afterRefusal, type MessageAnswer } from "./attempts.ts";
import type { FeedKey } from "./feed-key.ts";
import type { Instant } from "./time.ts";

/** The notification of one hub about one feed: sent at least once after the feed's last change. */
export interface Ping extends Attempts {
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
  /** When the hub last accepted a ping. */
  readonly pinged: Instant | undefined;
}

/** The ping after the hub's answer. Where newer bytes become public later, it is sent once more then. Pure. */
export const afterPing = (ping: Ping, answer: MessageAnswer, seed: string, now: Instant): Ping =>
  answer.kind === "taken"
    ? { ...ping, ...accepted, pinged: now, due: ping.publicAt > now ? ping.publicAt : undefined }
    : afterRefusal(ping, answer, seed, now);
