import type { Instant } from "./time.ts";

/** What was counted recently: a bounded map by id, so that a retry after a crash is counted once. */
export interface RateWindow {
  readonly name: string;
  /** Raised by every save; 0 for a row that does not exist yet. */
  readonly version: number;
  /** Id → the moment at which it was counted. */
  readonly counted: Readonly<Record<string, Instant>>;
}

/** So many ids within so many milliseconds. */
export interface RateLimit {
  readonly limit: number;
  readonly within: number;
}

/** The window with the id counted; the same window where it was counted before; undefined where it is full. Pure. */
export const countIn = (
  window: RateWindow,
  id: string,
  { limit, within }: RateLimit,
  now: Instant,
): RateWindow | undefined => {
  const current = Object.entries(window.counted).filter(([, at]) => now - at < within);
  if (current.some(([other]) => other === id)) return window;
  return current.length < limit ? { ...window, counted: { ...Object.fromEntries(current), [id]: now } } : undefined;
};
