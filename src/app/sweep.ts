import { minute } from "../domain/time.ts";
import type { Clock, Queue } from "../ports/runtime.ts";
import type { Due, SweepRound, SweepRounds } from "../ports/store.ts";

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
const pageSize = 125;

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
  const { refs, place, isLast } = await due.behind(from, now - overdueBy, pageSize);
  if (refs.length > 0) await queue.send(refs);
  const round: SweepRound = { began, place, isOver: isLast };
  // Nothing is overdue, as always at rest: nothing is written.
  const isSame = place === last?.place && (place === undefined || last?.isOver === isLast);
  if (!isSame) await sweepRounds.save(round);
};
