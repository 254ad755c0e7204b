import type { Queue } from "../ports/runtime.ts";
import type { Ref } from "../ports/store.ts";

export interface InProcessOptions {
  readonly work: (ref: Ref) => Promise<void>;
  /** How many rows of each kind are worked on at once. */
  readonly concurrency: Readonly<Record<Ref["kind"], number>>;
  /** The row's mutex is held until it is done, so that a deferral is written before the row is taken again. */
  readonly onError: (ref: Ref, error: unknown) => void | Promise<void>;
}

export interface InProcessQueue extends Queue {
  /** Nothing is queued and nothing worked on. */
  idle(): Promise<void>;
  /** Takes and starts nothing more; answers when the running steps are over. What was queued is still due in the table. */
  stop(): Promise<void>;
}

const nameOf = (ref: Ref): string => {
  switch (ref.kind) {
    case "post":
      return JSON.stringify([ref.kind, ref.site, ref.id]);
    case "feed":
      return JSON.stringify([ref.kind, ref.site, ref.key]);
    case "delivery":
      return JSON.stringify([ref.kind, ref.site, ref.post, ref.account, ref.generation]);
    case "ping":
      return JSON.stringify([ref.kind, ref.site, ref.key, ref.hub]);
  }
};

/** The rows of one kind: what waits, in order of arrival, and what is worked on. */
interface Lane {
  readonly waiting: Map<string, Ref>;
  readonly active: Set<string>;
}

const lane = (): Lane => ({ waiting: new Map(), active: new Set() });

/** Feeds wait while posts are published, so that an import renders each of them once; but not for ever. */
const postsBeforeFeeds = 1_000;

/**
 * A queue for one process. It holds each row once, and no row is ever with two workers: the mutex per feed and per
 * delivery which a laptop that sleeps through its lease needs (interleavings 23 and 45).
 */
export const inProcessQueue = ({ work, concurrency, onError }: InProcessOptions): InProcessQueue => {
  const lanes: Readonly<Record<Ref["kind"], Lane>> = { post: lane(), feed: lane(), delivery: lane(), ping: lane() };
  const all = Object.values(lanes);
  let stopped = false;
  /** How many posts were taken since the feeds had their turn. */
  let taken = 0;
  let quiet: PromiseWithResolvers<void> | undefined;

  const isQuiet = () => all.every(({ waiting, active }) => active.size === 0 && (stopped || waiting.size === 0));

  const settle = () => {
    if (!isQuiet()) return;
    quiet?.resolve();
    quiet = undefined;
  };

  const step = async (ref: Ref): Promise<void> => {
    try {
      await work(ref);
    } catch (error) {
      try {
        await onError(ref, error);
      } catch {
        // Even the report failed: the row is still due, and the sweep finds it.
      }
    }
  };

  const isHeldUp = (kind: Ref["kind"]): boolean =>
    kind === "feed" && taken < postsBeforeFeeds && lanes.post.waiting.size + lanes.post.active.size > 0;

  const pump = (kind: Ref["kind"]): void => {
    const { waiting, active } = lanes[kind];
    if (isHeldUp(kind)) return;
    if (kind === "feed") taken = 0;
    for (const [name, ref] of waiting) {
      if (stopped || active.size >= concurrency[kind]) break;
      if (active.has(name)) continue;
      waiting.delete(name);
      active.add(name);
      if (kind === "post") taken += 1;
      void step(ref).then(() => {
        active.delete(name);
        pump(kind);
        if (kind === "post") pump("feed");
        settle();
      });
    }
  };

  const whenQuiet = (): Promise<void> => {
    if (isQuiet()) return Promise.resolve();
    quiet ??= Promise.withResolvers<void>();
    return quiet.promise;
  };

  return {
    send: async (refs) => {
      if (stopped) return;
      for (const ref of refs) {
        const { waiting } = lanes[ref.kind];
        const name = nameOf(ref);
        if (!waiting.has(name)) waiting.set(name, ref);
      }
      for (const kind of new Set(refs.map((ref) => ref.kind))) pump(kind);
    },
    depth: async () => all.reduce((sum, { waiting }) => sum + waiting.size, 0),
    idle: whenQuiet,
    stop: () => {
      stopped = true;
      settle();
      return whenQuiet();
    },
  };
};
