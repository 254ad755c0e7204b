import type { Queue, SetTimer } from "../ports/runtime.ts";
import type { Ref } from "../ports/store.ts";

export interface InProcessOptions {
  readonly work: (ref: Ref) => Promise<void>;
  /** How many rows of each kind are processed at once. */
  readonly concurrency: Readonly<Record<Ref["kind"], number>>;
  /** The row is not processed again before this is done, so that a deferral is written first. */
  readonly onError: (ref: Ref, error: unknown) => void | Promise<void>;
  readonly setTimer: SetTimer;
}

export interface InProcessQueue extends Queue {
  /** Resolves once nothing is queued and nothing is being processed. */
  idle(): Promise<void>;
  /** Accepts and starts nothing more; resolves when the running steps are over. What was queued is still due in the table. */
  stop(): Promise<void>;
}

const keyOf = (ref: Ref): string => {
  switch (ref.kind) {
    case "post":
      return JSON.stringify([ref.kind, ref.site, ref.id]);
    case "feed":
      return JSON.stringify([ref.kind, ref.site, ref.key]);
    case "delivery":
      return JSON.stringify([ref.kind, ref.site, ref.post, ref.account, ref.generation]);
    case "ping":
      return JSON.stringify([ref.kind, ref.site, ref.key, ref.hub]);
    case "notice":
      return JSON.stringify([ref.kind, ref.site, ref.to, ref.about]);
  }
};

/** The rows of one kind: those that wait, in order of arrival, and those that are being processed. */
interface Lane {
  readonly waiting: Map<string, Ref>;
  readonly active: Set<string>;
}

const lane = (): Lane => ({ waiting: new Map(), active: new Set() });

/**
 * Feeds wait while posts are published, and this many milliseconds longer: an import, whose documents are read one after
 * the other, renders each feed once. They wait for so many posts at most: at first for a few, so that there is a feed soon.
 */
const quietTime = 100;
const [firstPosts, mostPosts] = [10, 1_000];

/** A post waits this many milliseconds for others, so that they are published together and mark their feeds once. */
const gatherTime = 100;

/**
 * A queue for one process. It holds each row once, and never gives a row to two workers: a lease does not ensure that on a
 * laptop that sleeps until the lease is over (interleavings 23 and 45).
 */
export const inProcessQueue = ({ work, concurrency, onError, setTimer }: InProcessOptions): InProcessQueue => {
  const lanes: Readonly<Record<Ref["kind"], Lane>> = {
    post: lane(),
    feed: lane(),
    delivery: lane(),
    ping: lane(),
    notice: lane(),
  };
  const all = Object.values(lanes);
  let stopped = false;
  /** How many posts were started since a feed was last started. */
  let postsStarted = 0;
  /** For how many posts the feeds wait now: four times as many as before, until no post was published for a while. */
  let postsBeforeFeeds = firstPosts;
  /** Cancels the wait of the feeds after the last post. */
  let quiet: (() => void) | undefined;
  /** Cancels the wait of posts for others; `over` until all that waited have started. */
  let gathering: (() => void) | "over" | undefined;
  let untilIdle: PromiseWithResolvers<void> | undefined;

  const isIdle = () => all.every(({ waiting, active }) => active.size === 0 && (stopped || waiting.size === 0));

  const resolveIdle = () => {
    if (!isIdle()) return;
    untilIdle?.resolve();
    untilIdle = undefined;
  };

  const run = async (ref: Ref): Promise<void> => {
    try {
      await work(ref);
    } catch (error) {
      try {
        await onError(ref, error);
      } catch {
        // The row is still due, and the sweep finds it.
      }
    }
  };

  const mustWait = (kind: Ref["kind"]): boolean =>
    kind === "feed" &&
    postsStarted < postsBeforeFeeds &&
    (quiet !== undefined || lanes.post.waiting.size + lanes.post.active.size > 0);

  /** Lets the feeds begin when no post was published for a while. */
  const awaitQuiet = (): void => {
    quiet?.();
    quiet = setTimer(quietTime, () => {
      quiet = undefined;
      startWaiting("feed");
      postsBeforeFeeds = firstPosts;
    });
  };

  /** True while there are fewer posts than can be published at once, and more may come. */
  const gathers = (kind: Ref["kind"]): boolean => {
    const { waiting } = lanes.post;
    if (kind !== "post" || waiting.size === 0 || waiting.size >= concurrency.post || gathering === "over") return false;
    gathering ??= setTimer(gatherTime, () => {
      gathering = "over";
      startWaiting("post");
    });
    return true;
  };

  const endGathering = (): void => {
    if (typeof gathering === "function") gathering();
    gathering = undefined;
  };

  const startWaiting = (kind: Ref["kind"]): void => {
    const { waiting, active } = lanes[kind];
    if (mustWait(kind) || gathers(kind)) return;
    if (kind === "feed" && waiting.size > 0) {
      if (postsStarted >= postsBeforeFeeds) postsBeforeFeeds = Math.min(mostPosts, postsBeforeFeeds * 4);
      postsStarted = 0;
    }
    for (const [key, ref] of waiting) {
      if (stopped || active.size >= concurrency[kind]) break;
      if (active.has(key)) continue;
      waiting.delete(key);
      active.add(key);
      if (kind === "post") postsStarted += 1;
      void run(ref).then(() => {
        active.delete(key);
        startWaiting(kind);
        if (kind === "post") {
          awaitQuiet();
          startWaiting("feed");
        }
        resolveIdle();
      });
    }
    if (kind === "post" && waiting.size === 0) endGathering();
  };

  const idle = (): Promise<void> => {
    if (isIdle()) return Promise.resolve();
    untilIdle ??= Promise.withResolvers<void>();
    return untilIdle.promise;
  };

  return {
    send: async (refs) => {
      if (stopped) return;
      for (const ref of refs) {
        const { waiting } = lanes[ref.kind];
        const key = keyOf(ref);
        if (!waiting.has(key)) waiting.set(key, ref);
      }
      for (const kind of new Set(refs.map((ref) => ref.kind))) startWaiting(kind);
    },
    idle,
    stop: () => {
      stopped = true;
      quiet?.();
      endGathering();
      resolveIdle();
      return idle();
    },
  };
};
