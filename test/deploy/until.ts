import { setTimeout as pause } from "node:timers/promises";
import { expect, vi } from "vitest";

/** More than any step takes on a machine with other work: it ends what never comes, and decides nothing. */
export const patience = 30 * 60_000;

const interval = 300;

/** Polls until the result is the expected one, or fails with the last result. Unlike `expect.poll` it also works in hooks. */
export const until = async (ask: () => unknown, expected: unknown, timeout = patience / 2): Promise<void> => {
  await vi.waitFor(async () => expect(await ask()).toEqual(expected), { timeout, interval });
};

/**
 * The work that is in progress in an emulated account, the work that comes to its functions later, and the number of
 * batches so far.
 */
export interface Activity {
  readonly runs: number;
  readonly records: number;
  readonly messages: number;
  readonly later: number;
  readonly batches: number;
}

export const isIdle = ({ runs, records, messages }: Activity): boolean => runs + records + messages === 0;

/**
 * The number of polls in a row that must find an account idle. One would suffice; the others are for unforeseen cases.
 */
const enough = 10;

const failureOf = async (ask: () => unknown, expected: unknown): Promise<Error | undefined> => {
  try {
    expect(await ask()).toEqual(expected);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

/**
 * The same for what functions do: it also fails as soon as nothing is under way from which the result could come. `left`:
 * what the account still has to do then, for the message.
 */
export const untilIn =
  (activity: () => Promise<Activity>, left: () => Promise<readonly string[]>) =>
  async (ask: () => unknown, expected: unknown): Promise<void> => {
    const end = performance.now() + patience / 2;
    for (let [idle, batches] = [0, -1]; ; await pause(interval)) {
      // The activity is read before the result: work that ends after this is seen by the next poll.
      const now = await activity();
      const failure = await failureOf(ask, expected);
      if (failure === undefined) return;
      idle = isIdle(now) && now.later === 0 && now.batches === batches ? idle + 1 : 0;
      batches = now.batches;
      if (performance.now() > end) throw failure;
      if (idle < enough) continue;
      const rows = ["what is left:", ...(await left())].join("\n  ");
      throw new Error(`nothing is under way any more, and ${failure.message}\n${rows}`, { cause: failure });
    }
  };
