import type { Vitals } from "../../api/http-api.ts";
import { errorMessage } from "../../domain/errors.ts";
import { hour, type Instant, minute, second } from "../../domain/time.ts";
import type { Ask } from "../../ports/outside.ts";
import type { Clock, Log, Runtime, SetTimer } from "../../ports/runtime.ts";
import type { Ref } from "../../ports/store.ts";

export interface Schedule {
  /** Called after a write of a row that is due at a moment, at which it is offered. */
  due(ref: Ref, at: number): void;
  /** Lists the documents now, in addition to every hour. */
  reconcile(): void;
  /** The moment of the last sweep that did not fail. Undefined before the first one. */
  lastSweep(): Instant | undefined;
  close(): Promise<void>;
}

export interface ScheduleOptions extends Pick<Runtime, "clock" | "setTimer"> {
  readonly offer: (refs: readonly Ref[]) => Promise<void>;
  readonly sweep: () => Promise<void>;
  readonly reconcile: () => Promise<void>;
  /** Polls the feeds that are due. */
  readonly poll: () => Promise<void>;
  /** Tells a monitor each minute that this Crier lives. Absent where no monitor is named. */
  readonly beat?: (() => Promise<void>) | undefined;
  readonly log: Log;
}

/** Rows that are due later are left to the sweep, so that they take little memory. */
const horizon = minute;

/** Returns a function that warns if the clock went back since its last call, because waiting rows are then sent late. */
const watchClock = (clock: Clock, log: Log): (() => void) => {
  let lastSeen = clock();
  return () => {
    const now = clock();
    const back = Math.round((lastSeen - now) / minute);
    if (back >= 1)
      log.warn(
        `the clock of this machine went back by ${back} minutes: what waits may be late by as much, and nothing is lost or sent twice; check its time`,
      );
    lastSeen = now;
  };
};

/** Timers with names. A new timer replaces the one with the same name. */
const namedTimers = (setTimer: SetTimer) => {
  const cancels = new Map<string, () => void>();
  let closed = false;
  return {
    isClosed: (): boolean => closed,
    set: (name: string, milliseconds: number, act: () => void): void => {
      cancels.get(name)?.();
      if (!closed) cancels.set(name, setTimer(milliseconds, act));
    },
    close: (): void => {
      closed = true;
      for (const cancel of cancels.values()) cancel();
    },
  };
};

/** Runs steps concurrently. A failure is only logged, because every step is repeated. */
const stepRunner = (log: Log) => {
  const running = new Set<Promise<void>>();
  return {
    run: async (name: string, act: () => Promise<void>): Promise<void> => {
      const step = act().catch((error: unknown) =>
        log.warn(`${name} failed; it is tried again`, { error: errorMessage(error) }),
      );
      running.add(step);
      await step;
      running.delete(step);
    },
    allDone: async (): Promise<void> => {
      await Promise.all(running);
    },
  };
};

/**
 * Replaces the table's stream and the schedules of AWS on one machine. A missed row is harmless, because the sweep
 * finds it.
 */
export const startSchedule = ({
  offer,
  sweep,
  reconcile,
  poll,
  beat,
  clock,
  setTimer,
  log,
}: ScheduleOptions): Schedule => {
  const waiting = new Map<string, { readonly ref: Ref; readonly at: number }>();
  const timers = namedTimers(setTimer);
  const { run, allDone } = stepRunner(log);
  const noteClock = watchClock(clock, log);

  const offerWaiting = (): void => {
    const now = clock();
    const due = [...waiting].filter(([, { at }]) => at <= now);
    for (const [key] of due) waiting.delete(key);
    if (due.length > 0) void run("offering due rows", () => offer(due.map(([, { ref }]) => ref)));
    waitForEarliest();
  };
  const waitForEarliest = (): void => {
    const earliest = Math.min(...[...waiting.values()].map(({ at }) => at));
    if (Number.isFinite(earliest)) timers.set("due", Math.max(0, earliest - clock()), offerWaiting);
  };

  const repeat = (name: string, act: () => Promise<void>, interval: number, first = interval): void =>
    timers.set(name, first, () => void run(name, act).then(() => repeat(name, act, interval)));
  let lastSweep: Instant | undefined;
  const sweepAndNoteClock = async (): Promise<void> => {
    noteClock();
    await sweep();
    lastSweep = clock();
  };
  repeat("the sweep", sweepAndNoteClock, 2 * second);
  repeat("listing the documents", reconcile, hour);
  repeat("polling the feeds", poll, minute);
  if (beat !== undefined) repeat("the heartbeat", beat, minute, 0);

  return {
    due: (ref, at) => {
      if (timers.isClosed() || at > clock() + horizon) return;
      if (at <= clock()) return void run("offering a due row", () => offer([ref]));
      waiting.set(JSON.stringify(ref), { ref, at });
      waitForEarliest();
    },
    reconcile: () => {
      if (!timers.isClosed()) void run("listing the documents", reconcile);
    },
    lastSweep: () => lastSweep,
    close: async () => {
      timers.close();
      await allDone();
    },
  };
};

/** Without a sweep for so long, the process is stuck. */
const longestSweep = 5 * minute;

interface VitalsPorts {
  readonly schedule: () => Schedule | undefined;
  /** Returns the kind of a row that has been due for too long. */
  readonly overdue: () => Promise<string | undefined>;
  readonly clock: Clock;
}

/** Says whether the work of this process is being done. */
export const watchVitals = ({ schedule, overdue: findOverdue, clock }: VitalsPorts): (() => Promise<Vitals>) => {
  const began = clock();
  return async () => {
    const lastSweep = schedule()?.lastSweep();
    const overdue = await findOverdue();
    return { isLate: overdue !== undefined || clock() - (lastSweep ?? began) > longestSweep, lastSweep, overdue };
  };
};

/**
 * Tells a monitor that this Crier lives, by the convention of healthchecks.io: a request to the address, or to `/fail` below
 * it where the work is not being done. Throws for the first of several requests that fail, so that the log has one line.
 */
export const heartbeat = (address: string, vitals: () => Promise<Vitals>, ask: Ask): (() => Promise<void>) => {
  let hasFailed = false;
  return async () => {
    const url = new URL(address);
    if ((await vitals()).isLate) url.pathname = `${url.pathname.replace(/\/$/, "")}/fail`;
    const reason = await ask(url.href);
    const isNew = reason !== undefined && !hasFailed;
    hasFailed = reason !== undefined;
    if (isNew) throw new Error(`${url.host}: ${reason}`);
  };
};
