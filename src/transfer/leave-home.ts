import type { Instant } from "../domain/time.ts";
import type { Moves } from "../ports/store.ts";

/**
 * Marks a home as left, and then exports it: what the export has, only the new home sends. The mark comes first, so that a
 * process that is ended leaves no export of a home that goes on sending. Without an export it is taken back.
 */
export const leaving = async <T>(moves: Moves, now: Instant, act: () => Promise<T>): Promise<T> => {
  const before = await moves.read();
  if (before === undefined) await moves.mark(now);
  try {
    return await act();
  } catch (error) {
    // Where that fails, too, the home says at its start that it has moved, and how to undo it.
    if (before === undefined) await moves.clear().catch(() => undefined);
    throw error;
  }
};
