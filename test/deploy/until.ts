import { expect, vi } from "vitest";

/** Asks until the answer is the expected one; fails with the last answer. Works in hooks too, unlike `expect.poll`. */
export const until = async (ask: () => unknown, expected: unknown, timeout = 120_000): Promise<void> => {
  await vi.waitFor(async () => expect(await ask()).toEqual(expected), { timeout, interval: 300 });
};
