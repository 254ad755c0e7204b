import { hour, minute, second } from "../../domain/time.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Ref } from "../../ports/store.ts";

export interface Schedule {
  /** A row was left due: offered at that moment. */
  due(ref: Ref, at: number): void;
  /** Rows that this schedule waits for, for the tests. */
  readonly waiting: () => number;
  close(): Promise<void>;
}

export interface Scheduled {
  readonly offer: (refs: readonly Ref[]) => Promise<void>;
  readonly sweep: () => Promise<void>;
  readonly reconcile: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly sweepEvery?: number;
  readonly reconcileEvery?: number;
}

/** Rows due later than this are the sweep's: the memory held for them stays small. */
const horizon = minute;

/** The local replacement for the table's stream and the one-minute schedule: only a hint, the sweep finds what it misses. */
export const startSchedule = (scheduled: Scheduled): Schedule => {
  const { offer, clock, log } = scheduled;
  const waiting = new Map<string, { readonly ref: Ref; readonly at: number }>();
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const run = (what: string, act: () => Promise<void>): void => {
    const running_ = act().catch((error: unknown) =>
      log.warn(`${what} failed; it is tried again`, { error: words(error) }),
    );
    running.add(running_);
    void running_.finally(() => running.delete(running_));
  };

  const fire = (): void => {
    const now = clock();
    const ripe = [...waiting].filter(([, { at }]) => at <= now);
    for (const [key] of ripe) waiting.delete(key);
    if (ripe.length > 0) run("offering due rows", () => offer(ripe.map(([, { ref }]) => ref)));
    arm();
  };

  const arm = (): void => {
    clearTimeout(timer);
    const earliest = Math.min(...[...waiting.values()].map(({ at }) => at));
    if (closed || !Number.isFinite(earliest)) return;
    timer = setTimeout(fire, Math.max(0, earliest - clock()));
  };

  const repeat = (what: string, act: () => Promise<void>, every: number): NodeJS.Timeout => {
    let busy = false;
    return setInterval(() => {
      if (busy) return;
      busy = true;
      run(what, () =>
        act().finally(() => {
          busy = false;
        }),
      );
    }, every);
  };
  const sweeps = repeat("the sweep", scheduled.sweep, scheduled.sweepEvery ?? 2 * second);
  const reconciles = repeat("listing the documents", scheduled.reconcile, scheduled.reconcileEvery ?? hour);

  return {
    due: (ref, at) => {
      if (closed || at > clock() + horizon) return;
      if (at <= clock()) return run("offering a due row", () => offer([ref]));
      waiting.set(JSON.stringify(ref), { ref, at });
      arm();
    },
    waiting: () => waiting.size,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      clearInterval(sweeps);
      clearInterval(reconciles);
      await Promise.all(running);
    },
  };
};

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
