import { type Instant, minute } from "../../src/domain/time.ts";
import type { Ref } from "../../src/ports/store.ts";
import { type Key, parseRef } from "../../src/store/keys.ts";
import type { Row } from "../../src/store/table.ts";
import type { Chaos } from "./chaos.ts";
import type { CrierProcess } from "./crier-process.ts";
import { isNewerRow } from "./mixed-fleet.ts";
import type { Random } from "./random.ts";
import type { Process, Scheduler } from "./scheduler.ts";

/** The function timeout of a deliver function; its lease is longer. */
export const functionTimeout = minute;
/** SQS shows a message again that a function did not delete: six times its timeout. */
const visibility = 6 * functionTimeout;
/** Rows that are due later are left to the sweep, as on AWS. */
const horizon = 15 * minute;

export interface FunctionsOptions {
  /** Ends the names of its processes: the installation, where there are several. */
  readonly suffix: string;
  readonly random: Random;
  readonly chaos: Chaos;
  readonly scheduler: Scheduler;
  readonly workers: number;
  /** Raised by each deployment. */
  readonly configured: { readonly version: number };
  readonly crierIn: (process: Process) => CrierProcess;
  readonly earliestDue: () => Instant | undefined;
  readonly count: (name: string) => void;
  readonly violate: (text: string) => void;
  readonly trace: (line: string) => void;
}

interface Slot {
  readonly number: number;
  process: Process | undefined;
  crier: CrierProcess | undefined;
  config: number;
  busy: boolean;
  incarnation: number;
}

/**
 * Emulates the runtime of Crier: the table's stream, a queue, its workers and the sweep. Functions crash, and events
 * are lost or come twice.
 */
export const createFunctions = ({
  suffix,
  random,
  chaos,
  scheduler,
  workers,
  configured,
  crierIn,
  earliestDue,
  count,
  violate,
  trace,
}: FunctionsOptions) => {
  const queue: Ref[] = [];
  const slots: Slot[] = Array.from({ length: workers }, (_, number) => ({
    number: number + 1,
    process: undefined,
    crier: undefined,
    config: -1,
    busy: false,
    incarnation: 0,
  }));

  const enqueue = (refs: readonly Ref[]): void => {
    queue.push(...refs);
    dispatch();
  };
  /** The machine is off, or no function runs. */
  let isStopped = false;
  const dispatch = (): void => {
    if (isStopped) return;
    for (const slot of slots) {
      if (slot.busy || queue.length === 0) continue;
      const [ref] = queue.splice(random.between(0, Math.min(queue.length, 4) - 1), 1);
      if (ref !== undefined) startWork(slot, ref);
    }
  };

  const startWork = (slot: Slot, ref: Ref): void => {
    // A new deployment replaces the functions that are not running now.
    if (slot.process !== undefined && slot.config !== configured.version) {
      scheduler.close(slot.process);
      slot.process = undefined;
    }
    if (slot.process === undefined || slot.crier === undefined) {
      slot.incarnation += 1;
      slot.config = configured.version;
      slot.process = scheduler.open(`worker ${slot.number}.${slot.incarnation}${suffix}`, chaos.skew());
      slot.crier = crierIn(slot.process);
    }
    const { process, crier } = slot;
    slot.busy = true;
    let isOver = false;
    const end = (): void => {
      isOver = true;
      slot.busy = false;
      dispatch();
    };
    process.onCrash = () => {
      slot.process = undefined;
      if (!chaos.losesEvent())
        scheduler.at(scheduler.now + visibility, "a message is visible again", () => enqueue([ref]));
      end();
    };
    scheduler.at(scheduler.now + functionTimeout, `${process.name}: function timeout`, () => {
      if (!isOver) scheduler.crash(process);
    });
    count("steps");
    scheduler.run(
      process,
      () => crier.work(ref),
      end,
      (error) => {
        violate(`a step threw: ${String(error)}`);
        end();
      },
    );
  };

  // The sweep runs each minute; minutes without an overdue row are left out.
  let sweepAt: Instant | undefined;
  let cancelSweep = (): void => {};
  const sweepBy = (when: Instant): void => {
    const next = Math.max(when, scheduler.now + minute);
    if (sweepAt !== undefined && sweepAt <= next) return;
    cancelSweep();
    sweepAt = next;
    cancelSweep = scheduler.at(next, "the schedule starts a sweep", () => {
      sweepAt = undefined;
      runOnce("relay", ({ relay }) => relay(), sweepAgain);
    });
  };
  const sweepAgain = (): void => {
    const due = earliestDue();
    if (due !== undefined) sweepBy(due + 2 * minute);
  };

  /** Runs one function in a process of its own. `then` is called when it has ended or crashed. */
  const runOnce = (
    name: string,
    task: (crier: Pick<CrierProcess, "app" | "relay">) => Promise<unknown>,
    then: () => void = () => {},
  ): void => {
    if (isStopped) {
      then();
      return;
    }
    const process = scheduler.open(`${name}${suffix}`, chaos.skew(), then);
    const end = (): void => {
      scheduler.close(process);
      then();
    };
    scheduler.run(
      process,
      () => task(crierIn(process)),
      end,
      (error) => {
        trace(`${name} threw: ${String(error)}`);
        if (isNewerRow(error)) count("runs that met a newer row");
        else if (!/changes faster|removed while/.test(String(error))) violate(`${name} threw: ${String(error)}`);
        end();
      },
    );
  };

  return {
    enqueue,
    runOnce,
    /** A row was written: the stream offers it once it is due. */
    offerDue: (key: Key, row: Row | undefined): void => {
      const due = row?.dueAt;
      const ref = parseRef(key);
      if (typeof due !== "number" || ref === undefined || row?.lease !== undefined) return;
      sweepBy(due + 2 * minute);
      if (due > scheduler.now + horizon || chaos.losesEvent()) return;
      const times = chaos.repeatsEvent() ? 2 : 1;
      for (let time = 0; time < times; time += 1)
        scheduler.at(Math.max(scheduler.now, due) + random.between(0, 1_500), `event: ${ref.kind} is due`, () =>
          enqueue([ref]),
        );
    },
    /** Stops all functions and starts none. Returns false if they were stopped already. */
    stop: (): boolean => {
      if (isStopped) return false;
      isStopped = true;
      scheduler.crashAll(({ name }) => name.endsWith(suffix));
      queue.length = 0;
      return true;
    },
    start: (): void => {
      isStopped = false;
      runOnce("reconcile", ({ app }) => app.reconcile());
      sweepAgain();
    },
  };
};
