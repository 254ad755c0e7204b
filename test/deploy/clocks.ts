import { minute } from "../../src/domain/time.ts";
import type { Inhabited } from "./deployment.ts";

const names = ["Relay", "Publish", "Render", "Deliver"] as const;

export type Clocks = Partial<Readonly<Record<(typeof names)[number], number>>>;

/** The clocks of the functions of a deployed stack, in milliseconds ahead. */
export const clocksOf = (stack: () => Inhabited) => {
  /** Acts while the clocks of these functions are ahead. */
  const ahead = async (clocks: Clocks, act: () => Promise<void>): Promise<void> => {
    const back = await Promise.all(names.map((name) => stack().clockAhead(name, clocks[name] ?? 0)));
    try {
      await act();
      await stack().settled();
    } finally {
      await Promise.all(back.map((put) => put()));
    }
  };
  /**
   * Sets the clocks of these functions ahead, and sweeps until the expected result is there. Each sweep comes eleven
   * minutes after the one before by the relay's clock, so that each begins a round and offers all that is overdue. It comes
   * when all that the one before has offered is done: on a slow machine the queues would only grow.
   *
   * The relay's clock is ahead for the sweeps alone. Where it offers what the table's stream tells, it would offer a row
   * before its worker's clock finds the row due, and nothing but a sweep would offer that row again.
   */
  const sweepUntil = ({ Relay = 0, ...workers }: Clocks, ask: () => unknown, answer: unknown): Promise<void> => {
    let relay = Relay;
    return ahead(workers, () =>
      stack().until(async () => {
        if (await stack().rests()) {
          await stack().sweep(relay);
          relay += 11 * minute;
        }
        return ask();
      }, answer),
    );
  };
  return { ahead, sweepUntil };
};
