import type { Queue, SetTimer } from "../ports/runtime.ts";
import type { Ref } from "../ports/store.ts";

export interface InProcessOptions {
  readonly work: (ref: Ref) => Promise<void>;
  /** The most rows of each kind that are processed at once. */
  readonly concurrency: Readonly<Record<Ref["kind"], number>>;
  /**
   * Called when a step fails. The row is not processed again before it is done, so that a deferral is written first.
   */
  readonly onError: (ref: Ref, error: unknown) => void | Promise<void>;
  readonly setTimer: SetTimer;
}

export interface InProcessQueue extends Queue {
  /** Resolves once nothing is queued and nothing is being processed. */
  idle(): Promise<void>;
  /**
   * Accepts and starts nothing more; resolves when the running steps are over. Queued rows are still due in the table.
   */
  stop(): Promise<void>;
}

const refKey = (ref: Ref): string => {
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
 * Feeds wait while posts are published, and this many milliseconds longer, so that an import, whose documents are read
 * one after another, renders each feed once. They wait for a limited number of posts: first for `firstPosts`, so that a
 * feed exists at once, then each time for `growth` times as many, up to `mostPosts`.
 */
const quietTime = 100;
const [firstPosts, mostPosts, growth] = [1, 1_000, 40];

/**
 * A post waits this many milliseconds for others, so that they are published together and mark their feeds once. The
 * first post after a quiet time does not wait.
 */
const gatherTime = 100;

/** Deliveries wait at most this many milliseconds for posts and feeds, so that readers do not wait for networks. */
const feedsFirst = 3_000;

/** Limits a wait. The time begins with the first call of `waits`, and `act` is called when it is over. */
const limitedWait = (setTimer: SetTimer, milliseconds: number, act: () => void) => {
  let time: (() => void) | "over" | undefined;
  return {
    waits: (): boolean => {
      if (time === "over") return false;
      time ??= setTimer(milliseconds, () => {
        time = "over";
        act();
      });
      return true;
    },
    end: (): void => {
      if (typeof time === "function") time();
      time = undefined;
    },
  };
};

interface FeedWaitPorts {
  readonly setTimer: SetTimer;
  /** The number of feeds that wait. */
  readonly waiting: () => number;
  readonly isBusyWithPosts: () => boolean;
  /** Starts feeds, as many as may begin. */
  readonly start: () => void;
}

/** Decides how many feeds may begin while posts are published and shortly after. */
const feedWait = ({ setTimer, waiting, isBusyWithPosts, start }: FeedWaitPorts) => {
  /** The number of posts that were published since feeds were last allowed to begin. */
  let published = 0;
  /** The number of posts that the feeds wait for now. It grows each time, until no post was published for a while. */
  let postsBeforeFeeds = firstPosts;
  /** The number of waiting feeds that may begin: those that waited when the posts were published. */
  let allowed = 0;
  /** Cancels the wait of the feeds after the last post. */
  let cancelQuiet: (() => void) | undefined;

  const endQuiet = (): void => {
    cancelQuiet = undefined;
    // The posts that are gathered will be published soon, and the feeds continue to wait for them.
    if (isBusyWithPosts()) return;
    [published, postsBeforeFeeds, allowed] = [0, firstPosts, 0];
    start();
  };

  return {
    /** True if no post was published for a while. */
    isQuiet: (): boolean => published === 0 && postsBeforeFeeds === firstPosts,
    mayBegin: (): number => (cancelQuiet !== undefined || isBusyWithPosts() ? allowed : waiting()),
    noteBegun: (): void => {
      allowed = Math.max(0, allowed - 1);
    },
    notePublished: (): void => {
      published += 1;
      if (published >= postsBeforeFeeds) {
        allowed = waiting();
        [published, postsBeforeFeeds] = [0, Math.min(mostPosts, postsBeforeFeeds * growth)];
      }
      cancelQuiet?.();
      cancelQuiet = setTimer(quietTime, endQuiet);
      start();
    },
    stop: (): void => cancelQuiet?.(),
  };
};

/**
 * A queue for one process. It contains each row once, and never gives a row to two workers. A lease does not ensure
 * that on a laptop that sleeps until the lease is over.
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
  /** The wait of posts for others. It ends when all waiting posts have started. */
  const gathering = limitedWait(setTimer, gatherTime, () => startWaiting("post"));
  /** The wait of deliveries. It ends when no post and no feed is left. */
  const forFeeds = limitedWait(setTimer, feedsFirst, () => startWaiting("delivery"));
  const feeds = feedWait({
    setTimer,
    waiting: () => lanes.feed.waiting.size,
    isBusyWithPosts: () => isBusy("post"),
    start: () => startWaiting("feed"),
  });
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
        // The row is still due, and the next sweep finds it.
      }
    }
  };

  const isBusy = (kind: Ref["kind"]): boolean => lanes[kind].waiting.size + lanes[kind].active.size > 0;

  /** Returns how many of the waiting rows may begin now. */
  const mayBegin = (kind: Ref["kind"]): number => {
    const { waiting, active } = lanes[kind];
    const unless = (waits: boolean): number => (waits ? 0 : waiting.size);
    if (waiting.size === 0) return 0;
    switch (kind) {
      case "post": {
        const isFirst = active.size === 0 && feeds.isQuiet();
        return unless(!isFirst && waiting.size < concurrency.post && gathering.waits());
      }
      case "feed":
        return feeds.mayBegin();
      case "delivery":
        return unless((isBusy("post") || isBusy("feed")) && forFeeds.waits());
      default:
        return waiting.size;
    }
  };

  const startWaiting = (kind: Ref["kind"]): void => {
    if (stopped) return;
    const { waiting, active } = lanes[kind];
    let left = Math.min(mayBegin(kind), concurrency[kind] - active.size);
    for (const [key, ref] of waiting) {
      if (left <= 0) break;
      if (active.has(key)) continue;
      waiting.delete(key);
      active.add(key);
      left -= 1;
      if (kind === "feed") feeds.noteBegun();
      void run(ref).then(() => {
        active.delete(key);
        if (kind === "post") feeds.notePublished();
        startWaiting(kind);
        if (!isBusy("post") && !isBusy("feed")) {
          forFeeds.end();
          startWaiting("delivery");
        }
        resolveIdle();
      });
    }
    if (kind === "post" && waiting.size === 0) gathering.end();
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
        const key = refKey(ref);
        if (!waiting.has(key)) waiting.set(key, ref);
      }
      for (const kind of new Set(refs.map((ref) => ref.kind))) startWaiting(kind);
    },
    idle,
    stop: () => {
      stopped = true;
      feeds.stop();
      gathering.end();
      forFeeds.end();
      resolveIdle();
      return idle();
    },
  };
};
