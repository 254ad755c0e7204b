import { expect, vi } from "vitest";

/** Polls until the result is the expected one, or fails with the last result. Unlike `expect.poll` it also works in hooks. */
export const until = async (ask: () => unknown, expected: unknown, timeout = 120_000): Promise<void> => {
  await vi.waitFor(async () => expect(await ask()).toEqual(expected), { timeout, interval: 300 });
};
