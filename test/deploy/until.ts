import { expect, vi } from "vitest";

/** More than any step takes on a machine with other work: it ends what never comes, and decides nothing. */
export const patience = 60 * 60_000;

/** Polls until the result is the expected one, or fails with the last result. Unlike `expect.poll` it also works in hooks. */
export const until = async (ask: () => unknown, expected: unknown, timeout = patience / 2): Promise<void> => {
  await vi.waitFor(async () => expect(await ask()).toEqual(expected), { timeout, interval: 300 });
};
