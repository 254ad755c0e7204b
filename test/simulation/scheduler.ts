import type { Instant } from "../../src/domain/time.ts";
import type { Deadline, Pause } from "../../src/ports/runtime.ts";
import type { Random } from "./random.ts";

/** One run of a function, or of a person's command. After a crash its pending calls never return. */
export interface Process {
  readonly name: string;
  /** The time by which its clock is ahead, in ms. */
  readonly skew: number;
  alive: boolean;
  /** Calls that were not answered yet. */
  open: number;
  /** Tasks that have not ended yet. */
  running: number;
  /** Called when it crashes. */
  onCrash: () => void;
}

interface Entry {
  readonly at: Instant;
  readonly label: string;
  readonly act: () => void;
}

export interface SchedulerOptions {
  readonly random: Random;
  readonly start: Instant;
  /** True if the process crashes at this call: before it has an effect, or before its answer arrives. */
  readonly crashes: (process: Process, label: string, moment: "before" | "after") => boolean;
  /** Returns the time that a call takes, in ms. With zero, others at the same moment go first. */
  readonly latency: (label: string) => number;
  /** Called for each step with what happens. */
  readonly trace: (line: string) => void;
}

/** A task that waits for longer waits for something which no scheduled call will bring. */
const maxTurns = 5_000;

/** Signatures are made in another thread: after some turns each lasts a millisecond. */
const turn = (turns: number): Promise<void> =>
  new Promise((resolve) => {
    if (turns < 200) setImmediate(resolve);
    else setTimeout(resolve, 1);
  });

/** Hashes are made in another thread. Who waits for one goes on without a call, whatever else the process waits for. */
let hashes = 0;
const digest = crypto.subtle.digest.bind(crypto.subtle);
crypto.subtle.digest = async (...given) => {
  hashes += 1;
  try {
    return await digest(...given);
  } finally {
    hashes -= 1;
  }
};

/**
 * Runs processes on a virtual clock. Each call to the outside waits here; of all that could go next, the seed decides. Time
 * moves on when nothing can happen now.
 */
export const createScheduler = ({ random, start, crashes, latency, trace }: SchedulerOptions) => {
  let now = start;
  let steps = 0;
  const processes = new Set<Process>();
  /** The entries have no order: the seed picks the next one. */
  let ready: Entry[] = [];
  let later: Entry[] = [];

  const at = (when: Instant, label: string, act: () => void): (() => void) => {
    const entry = { at: when, label, act };
    (when <= now ? ready : later).push(entry);
    return () => {
      ready = ready.filter((one) => one !== entry);
      later = later.filter((one) => one !== entry);
    };
  };

  const crash = (process: Process): void => {
    if (!process.alive) return;
    process.alive = false;
    processes.delete(process);
    trace(`${process.name} crashes`);
    process.onCrash();
  };

  /** Something that the process waits for. `begin` calls `answer` when it is there, at most once. */
  const wait = <T>(process: Process, label: string, begin: (answer: (settle: () => T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      process.open += 1;
      begin((settle) => {
        if (!process.alive) return;
        if (crashes(process, label, "after")) return crash(process);
        process.open -= 1;
        try {
          resolve(settle());
        } catch (error) {
          reject(error);
        }
      });
    });

  /** A call that is done at one moment. */
  const call = <T>(process: Process, label: string, act: () => T): Promise<T> =>
    wait(process, label, (answer) => {
      at(now + latency(label), `${process.name}: ${label}`, () => {
        if (!process.alive) return;
        if (crashes(process, label, "before")) return crash(process);
        let settle: () => T;
        try {
          const result = act();
          settle = () => result;
        } catch (error) {
          settle = () => {
            throw error;
          };
        }
        answer(settle);
      });
    });

  const crashAll = (isMeant: (process: Process) => boolean): void => {
    for (const process of [...processes].filter(isMeant)) crash(process);
  };

  const open = (name: string, skew: number, onCrash: () => void = () => {}): Process => {
    const process = { name, skew, alive: true, open: 0, running: 0, onCrash };
    processes.add(process);
    return process;
  };

  /** Starts a task in a process. `then` is called when it has ended, and never when the process crashes before. */
  const run = <T>(
    process: Process,
    task: () => Promise<T>,
    then: (result: T) => void,
    failed: (error: unknown) => void,
  ) => {
    process.running += 1;
    task().then(
      (result) => {
        process.running -= 1;
        if (process.alive) then(result);
      },
      (error: unknown) => {
        process.running -= 1;
        if (process.alive) failed(error);
      },
    );
  };

  const close = (process: Process): void => {
    process.alive = false;
    processes.delete(process);
  };

  /** Resolves when every process waits for a call, or has ended. */
  const calm = async (): Promise<void> => {
    for (let turns = 0; turns < maxTurns; turns += 1) {
      await turn(turns);
      let isCalm = hashes === 0;
      for (const { running, open: waiting } of processes) if (running > 0 && waiting === 0) isCalm = false;
      if (isCalm) return;
    }
    throw new Error("a process waits for something that does not come from the simulation");
  };

  const advance = (to: Instant): void => {
    now = to;
    ready.push(...later.filter((entry) => entry.at <= now));
    later = later.filter((entry) => entry.at > now);
  };

  /** The next thing that happens; false if nothing is left before `until`. */
  const step = async (until: Instant): Promise<boolean> => {
    await calm();
    if (ready.length === 0) {
      let next = Number.POSITIVE_INFINITY;
      for (const entry of later) if (entry.at < next) next = entry.at;
      if (next > until || next === Number.POSITIVE_INFINITY) return false;
      advance(next);
    }
    const index = random.between(0, ready.length - 1);
    const [entry] = ready.splice(index, 1);
    steps += 1;
    if (entry !== undefined) {
      trace(entry.label);
      entry.act();
    }
    return true;
  };

  const deadlineOf =
    (process: Process): Deadline =>
    (milliseconds) => {
      const controller = new AbortController();
      at(now + milliseconds, `${process.name}: deadline`, () =>
        controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
      );
      return controller.signal;
    };

  const pauseOf =
    (process: Process): Pause =>
    (milliseconds) =>
      wait(process, "pause", (answer) => {
        at(now + milliseconds, `${process.name}: the pause is over`, () => answer(() => undefined));
      });

  return {
    get now() {
      return now;
    },
    get steps() {
      return steps;
    },
    at,
    call,
    wait,
    open,
    run,
    close,
    crash,
    crashAll,
    /** Runs until nothing is left to do before that moment, which it is then. */
    runUntil: async (until: Instant): Promise<void> => {
      while (await step(until)) {}
      if (until > now) advance(until);
    },
    /** Runs until it is true, or nothing is left to do. */
    runWhile: async (goesOn: () => boolean): Promise<void> => {
      while (goesOn() && (await step(Number.POSITIVE_INFINITY))) {}
    },
    clockOf:
      ({ skew }: Process) =>
      (): Instant =>
        now + skew,
    deadlineOf,
    pauseOf,
  };
};

export type Scheduler = ReturnType<typeof createScheduler>;
