import type { Instant } from "../../../src/domain/time.ts";

interface Event {
  readonly at: Instant;
  readonly act: () => void;
}

/** Events by their moments; those of one moment in the order in which they were added. */
const agenda = () => {
  const byMoment = new Map<Instant, Event[]>();
  const heap: Instant[] = [];
  const swap = (a: number, b: number): void => {
    const [x = 0, y = 0] = [heap[a], heap[b]];
    [heap[a], heap[b]] = [y, x];
  };
  const isLess = (a: number, b: number): boolean => (heap[a] ?? Number.POSITIVE_INFINITY) < (heap[b] ?? 0);
  return {
    first: (): Instant | undefined => heap[0],
    add: (event: Event): void => {
      const known = byMoment.get(event.at);
      if (known !== undefined) {
        known.push(event);
        return;
      }
      byMoment.set(event.at, [event]);
      let at = heap.push(event.at) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isLess(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    take: (): readonly Event[] => {
      const moment = heap[0];
      if (moment === undefined) return [];
      swap(0, heap.length - 1);
      heap.pop();
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        const child = right < heap.length && isLess(right, left) ? right : left;
        if (child >= heap.length || !isLess(child, at)) break;
        swap(at, child);
        at = child;
      }
      const events = byMoment.get(moment) ?? [];
      byMoment.delete(moment);
      return events;
    },
  };
};

/** Time that passes only when nothing can be done before: the real code runs in it, and waits in it. */
export const virtualClock = (start: Instant) => {
  let now = start;
  const events = agenda();
  const tasks = { open: 0, asleep: 0 };

  const at = (moment: Instant, act: () => void): void => events.add({ at: Math.max(now, moment), act });

  /** Resolves when every task has ended, or sleeps. */
  const calm = async (): Promise<void> => {
    do await new Promise((resolve) => setImmediate(resolve));
    while (tasks.open > tasks.asleep);
  };

  return {
    now: (): Instant => now,
    at,
    sleep: (milliseconds: number): Promise<void> =>
      new Promise((resolve) => {
        tasks.asleep += 1;
        at(now + milliseconds, () => {
          tasks.asleep -= 1;
          resolve();
        });
      }),
    /** Time stops while this work is done. */
    task: async <T>(act: () => Promise<T>): Promise<T> => {
      tasks.open += 1;
      try {
        return await act();
      } finally {
        tasks.open -= 1;
      }
    },
    runUntil: async (end: Instant): Promise<void> => {
      for (let moment = events.first(); moment !== undefined && moment <= end; moment = events.first()) {
        now = moment;
        for (const { act } of events.take()) act();
        await calm();
      }
      now = end;
    },
  };
};

export type VirtualClock = ReturnType<typeof virtualClock>;
