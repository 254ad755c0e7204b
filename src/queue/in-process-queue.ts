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

const isBusy = ({ waiting, active }: Lane): boolean => waiting.size + active.size > 0;

type Lanes = Readonly<Record<Ref["kind"], Lane>>;

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

interface AdmissionPorts extends Pick<InProcessOptions, "concurrency" | "setTimer"> {
  readonly lanes: Lanes;
  /** Starts waiting rows of a kind, as many as may begin. Called when a wait is over. */
  readonly start: (kind: Ref["kind"]) => void;
}

/** Decides how many of the waiting rows may begin: posts wait for each other, feeds for posts, deliveries for both. */
const admission = ({ lanes, concurrency, setTimer, start }: AdmissionPorts) => {
  /** The wait of posts for others. It ends when all waiting posts have started. */
  const gathering = limitedWait(setTimer, gatherTime, () => start("post"));
  /** The wait of deliveries. It ends when no post and no feed is left. */
  const forFeeds = limitedWait(setTimer, feedsFirst, () => start("delivery"));
  const feeds = feedWait({
    setTimer,
    waiting: () => lanes.feed.waiting.size,
    isBusyWithPosts: () => isBusy(lanes.post),
    start: () => start("feed"),
  });
  const isPublishing = (): boolean => isBusy(lanes.post) || isBusy(lanes.feed);

  return {
    mayBegin: (kind: Ref["kind"]): number => {
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
          return unless(isPublishing() && forFeeds.waits());
        default:
          return waiting.size;
      }
    },
    noteBegun: (kind: Ref["kind"]): void => {
      if (kind === "feed") feeds.noteBegun();
    },
    noteStarted: (kind: Ref["kind"]): void => {
      if (kind === "post" && lanes.post.waiting.size === 0) gathering.end();
    },
    noteDone: (kind: Ref["kind"]): void => {
      if (kind === "post") feeds.notePublished();
    },
    /** Lets the deliveries begin if no post and no feed is left. */
    releaseDeliveries: (): void => {
      if (isPublishing()) return;
      forFeeds.end();
      start("delivery");
    },
    stop: (): void => {
      feeds.stop();
      gathering.end();
      forFeeds.end();
    },
  };
};

/** A promise for everybody who waits until `isIdle`. */
const idleWait = (isIdle: () => boolean) => {
  let untilIdle: PromiseWithResolvers<void> | undefined;
  return {
    wait: (): Promise<void> => {
      if (isIdle()) return Promise.resolve();
      untilIdle ??= Promise.withResolvers<void>();
      return untilIdle.promise;
    },
    resolveIfIdle: (): void => {
      if (!isIdle()) return;
      untilIdle?.resolve();
      untilIdle = undefined;
    },
  };
};

const runOne = async (ref: Ref, { work, onError }: Pick<InProcessOptions, "work" | "onError">): Promise<void> => {
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

/**
 * A queue for one process. It contains each row once, and never gives a row to two workers. A lease does not ensure
 * that on a laptop that sleeps until the lease is over.
 */
export const inProcessQueue = (options: InProcessOptions): InProcessQueue => {
  const { concurrency, setTimer } = options;
  const lanes: Lanes = { post: lane(), feed: lane(), delivery: lane(), ping: lane(), notice: lane() };
  let stopped = false;
  const idle = idleWait(() =>
    Object.values(lanes).every(({ waiting, active }) => active.size === 0 && (stopped || waiting.size === 0)),
  );

  const start = (kind: Ref["kind"]): void => {
    if (stopped) return;
    const { waiting, active } = lanes[kind];
    let left = Math.min(admitted.mayBegin(kind), concurrency[kind] - active.size);
    for (const [key, ref] of waiting) {
      if (left <= 0) break;
      if (active.has(key)) continue;
      waiting.delete(key);
      active.add(key);
      left -= 1;
      admitted.noteBegun(kind);
      void runOne(ref, options).then(() => finish(kind, key));
    }
    admitted.noteStarted(kind);
  };
  const admitted = admission({ lanes, concurrency, setTimer, start });

  const finish = (kind: Ref["kind"], key: string): void => {
    lanes[kind].active.delete(key);
    admitted.noteDone(kind);
    start(kind);
    admitted.releaseDeliveries();
    idle.resolveIfIdle();
  };

  return {
    send: async (refs) => {
      if (stopped) return;
      for (const ref of refs) {
        const { waiting } = lanes[ref.kind];
        const key = refKey(ref);
        if (!waiting.has(key)) waiting.set(key, ref);
      }
      for (const kind of new Set(refs.map((ref) => ref.kind))) start(kind);
    },
    idle: idle.wait,
    stop: () => {
      stopped = true;
      admitted.stop();
      idle.resolveIfIdle();
      return idle.wait();
    },
  };
};
