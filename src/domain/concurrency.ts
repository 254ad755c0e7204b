import type { Instant } from "./time.ts";

/** The result of an attempt whose row another worker saved first. */
export const conflict = Symbol("conflict");

/** Each conflict is another worker's success: this many in a row mean a fault. */
const maxAttempts = 50;

/** Repeats an attempt to read, decide and save until it meets no conflict. `what` names the row in the error. */
export const retryOnConflict = async <T>(what: string, attempt: () => Promise<T | typeof conflict>): Promise<T> => {
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    const result = await attempt();
    if (result !== conflict) return result;
  }
  throw new Error(`${what} changes faster than it can be saved: try again when it no longer changes`);
};

/** Runs what has the same key one after another, in the order of the calls; a failure does not stop what follows it. */
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

/** What comes one by one, in groups of at most so many. */
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
