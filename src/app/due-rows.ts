import { errorMessage } from "../domain/error-message.ts";
import { minute } from "../domain/time.ts";
import type { Clock, Log, Queue } from "../ports/runtime.ts";
import type { Due, Ref } from "../ports/store.ts";

/** Above this many waiting refs the sweep adds none (interleaving 50). */
const deep = 500;
const most = 100;

/** Offers the rows that no event has offered: overdue by at least so many milliseconds, the oldest first, a bounded number. */
export const sweep = async (
  overdueBy: number,
  { due, queue, clock }: { readonly due: Due; readonly queue: Queue; readonly clock: Clock },
): Promise<void> => {
  if ((await queue.depth()) > deep) return;
  const refs = await due.before(clock() - overdueBy, most);
  if (refs.length > 0) await queue.send(refs);
};

/** One step of one row. A step that throws puts the row's due back, so that it starves no other (interleaving 51). */
export const advance = async (
  ref: Ref,
  step: () => Promise<void>,
  { due, clock, log }: { readonly due: Due; readonly clock: Clock; readonly log: Log },
): Promise<void> => {
  try {
    await step();
  } catch (error) {
    const failures = await due.defer(ref, clock());
    const often = failures > 1 ? ` ${failures} times in a row` : "";
    log.alarm("step", `${ref.kind} ${JSON.stringify(ref)} failed${often} and is tried again: ${errorMessage(error)}`, {
      ...ref,
    });
  }
};

/** A row has been due for so long: queues or workers have stopped. */
const stuckFor = 30 * minute;

/** Raises an alarm where a row has been due for too long. Apart from the sweep, whose bounds it does not share. */
export const watchOverdue = async ({
  due,
  clock,
  log,
}: {
  readonly due: Due;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<void> => {
  const [oldest] = await due.before(clock() - stuckFor, 1);
  if (oldest !== undefined)
    log.alarm(
      "overdue",
      `${oldest.kind} ${JSON.stringify(oldest)} has been due for over ${stuckFor / minute} minutes`,
      { ...oldest },
    );
};
