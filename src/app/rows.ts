import { conflict, countIn, type RateLimit, retryOnConflict } from "../domain/concurrency.ts";
import { errorMessage } from "../domain/errors.ts";
import type { Post } from "../domain/post.ts";
import { minute } from "../domain/time.ts";
import type { Clock, Log, Queue } from "../ports/runtime.ts";
import type { Due, Posts, RateWindows, Ref, SweepRound, SweepRounds } from "../ports/store.ts";

/** Runs one step of a row. A step that throws postpones its row, so that it does not starve other rows (interleaving 51). */
export const advance = async (
  ref: Ref,
  step: () => Promise<void>,
  { due, clock, log }: { readonly due: Due; readonly clock: Clock; readonly log: Log },
): Promise<void> => {
  try {
    await step();
  } catch (error) {
    const failures = await due.defer(ref, clock());
    const times = failures > 1 ? ` ${failures} times in a row` : "";
    log.alarm("step", `${ref.kind} ${JSON.stringify(ref)} failed${times} and is tried again: ${errorMessage(error)}`, {
      ...ref,
    });
  }
};

/** Rows that are due for longer mean that queues or workers have stopped. */
const overdueLimit = 30 * minute;

/** Raises an alarm for a row that has been due for too long. Separate from the sweep, which goes on behind what it has offered. */
export const watchOverdue = async ({
  due,
  clock,
  log,
}: {
  readonly due: Due;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<void> => {
  const [oldest] = await due.before(clock() - overdueLimit, 1);
  if (oldest !== undefined)
    log.alarm(
      "overdue",
      `${oldest.kind} ${JSON.stringify(oldest)} has been due for over ${overdueLimit / minute} minutes`,
      { ...oldest },
    );
};

export interface SweepTerms {
  /** Rows that are overdue by at least so many milliseconds are offered: no event has queued them, or their worker ended. */
  readonly overdueBy: number;
  /** A round begins this many milliseconds after the one before it, or later. */
  readonly repeatAfter: number;
}

/** Where SQS holds what was offered. A message that its worker lost is visible again after six minutes. */
export const sweepOfQueues: SweepTerms = { overdueBy: 2 * minute, repeatAfter: 10 * minute };

/** Where the queue holds each row once. */
export const sweepOfProcess: SweepTerms = { overdueBy: 0, repeatAfter: 0 };

/** Rows of each part of the index in one sweep. */
const sweepPageSize = 125;

/**
 * Queues rows that no event has queued, the longest overdue first, a bounded number. A round goes once through all that is
 * overdue: each sweep goes on behind the last one. So what waits in a slow queue neither comes again each minute
 * (interleaving 50) nor hides what is behind it.
 */
export const sweep = async (
  { overdueBy, repeatAfter }: SweepTerms,
  {
    due,
    queue,
    clock,
    sweepRounds,
  }: { readonly due: Due; readonly queue: Queue; readonly clock: Clock; readonly sweepRounds: SweepRounds },
): Promise<void> => {
  const now = clock();
  const last = await sweepRounds.read();
  // Also where the clock of the last round was ahead of this one: it would be waited for.
  const isOver = last === undefined || now < last.began || (last.isOver && now - last.began >= repeatAfter);
  const { began, place: from } = isOver ? { began: now, place: undefined } : last;
  const { refs, place, isLast } = await due.behind(from, now - overdueBy, sweepPageSize);
  if (refs.length > 0) await queue.send(refs);
  const round: SweepRound = { began, place, isOver: isLast };
  // Nothing is overdue, as always at rest: nothing is written.
  const isSame = place === last?.place && (place === undefined || last?.isOver === isLast);
  if (!isSame) await sweepRounds.save(round);
};

/** The post as it is in its row now; undefined where another worker saved it first. */
export const savePost = async (post: Post, posts: Pick<Posts, "save">): Promise<Post | undefined> =>
  (await posts.save(post)) ? { ...post, version: post.version + 1 } : undefined;

interface CountPorts {
  readonly rateWindows: RateWindows;
  readonly clock: Clock;
}

/** Counts the id in the window, once within its time. False where the limit is reached. */
export const countOnce = (name: string, id: string, limit: RateLimit, ports: CountPorts): Promise<boolean> =>
  retryOnConflict(`the window of ${name}`, async () => {
    const window = await ports.rateWindows.read(name);
    const counted = countIn(window, id, limit, ports.clock());
    if (counted === undefined) return false;
    return counted === window || (await ports.rateWindows.save(counted)) ? true : conflict;
  });

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
