import type { FeedKey } from "../../src/domain/feed-key.ts";
import { minute } from "../../src/domain/time.ts";
import type { Clock } from "../../src/ports/runtime.ts";
import type { FeedLease, Feeds, RenderResult } from "../../src/ports/store.ts";

interface Options {
  readonly key?: FeedKey;
  readonly duration?: number;
  readonly minInterval?: number;
}

/** A lease that the test has until it calls `end` with a result; undefined if the feed could not be leased. */
export const takeLease = async (feeds: Feeds, clock: Clock, options: Options = {}) => {
  const { key = "main", duration = minute, minInterval = 0 } = options;
  const taken = Promise.withResolvers<FeedLease | undefined>();
  const result = Promise.withResolvers<RenderResult | "lost">();
  const ended = feeds.withLease("blog", key, { clock, duration, minInterval }, (lease) => {
    taken.resolve(lease);
    return result.promise;
  });
  ended.then(() => taken.resolve(undefined), taken.reject);
  const lease = await taken.promise;
  return (
    lease && {
      ...lease,
      end: async (answer: RenderResult | "lost"): Promise<void> => {
        result.resolve(answer);
        await ended;
      },
    }
  );
};
