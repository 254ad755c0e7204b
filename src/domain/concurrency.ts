import type { Instant } from "./time.ts";

/** The result of an attempt that lost to another worker, which saved the row first. */
export const conflict = Symbol("conflict");

/** Each conflict is another worker's success, so this many in a row indicate a fault. */
const maxAttempts = 50;

/** Repeats an attempt to read, decide and save until it meets no conflict. `what` names the row in the error. */
export const retryOnConflict = async <T>(what: string, attempt: () => Promise<T | typeof conflict>): Promise<T> => {
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    const result = await attempt();
    if (result !== conflict) return result;
  }
  throw new Error(`${what} changes faster than it can be saved: try again when it no longer changes`);
};

/** Runs the calls with one key one after another, in their order. A failure does not stop the calls after it. */
export const keyMutex = () => {
  const last = new Map<string, Promise<unknown>>();
  return <T>(key: string, act: () => Promise<T>): Promise<T> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(act, act);
    last.set(key, turn);
    const leave = () => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  };
};

/** Yields the items in groups of at most `size`. */
export async function* inGroups<T>(all: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[], void> {
  let group: T[] = [];
  for await (const one of all) {
    group.push(one);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** The ids that were counted recently. It is a bounded map by id, so that a retry after a crash is counted once. */
export interface RateWindow {
  readonly name: string;
  /** Raised by every save; 0 for a row that does not exist yet. */
  readonly version: number;
  /** Maps an id to the moment at which it was counted. */
  readonly counted: Readonly<Record<string, Instant>>;
}

/** At most `limit` ids within `within` milliseconds. */
export interface RateLimit {
  readonly limit: number;
  readonly within: number;
}

/** Counts an id. Returns the same window if it was counted before, and undefined if the window is full. */
export const countInWindow = (
  window: RateWindow,
  id: string,
  { limit, within }: RateLimit,
  now: Instant,
): RateWindow | undefined => {
  const current = Object.entries(window.counted).filter(([, at]) => now - at < within);
  if (current.some(([other]) => other === id)) return window;
  return current.length < limit ? { ...window, counted: { ...Object.fromEntries(current), [id]: now } } : undefined;
};
