import { errorMessage } from "../domain/errors.ts";
import { minute } from "../domain/time.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { Due, Ref } from "../ports/store.ts";

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
