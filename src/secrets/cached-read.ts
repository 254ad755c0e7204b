import type { Clock } from "../ports/runtime.ts";

export interface CacheTimes {
  /** In milliseconds, of a value. */
  readonly value: number;
  /** Of a failed read: every caller gets its error meanwhile. */
  readonly failure: number;
}

/** Reads each name at most once within these times, whoever asks for it. */
export const cachedRead = <Value>(
  read: (name: string) => Promise<Value>,
  times: CacheTimes,
  clock: Clock,
): ((name: string) => Promise<Value>) => {
  const cache = new Map<string, { readonly until: number; readonly value: Promise<Value> }>();
  return (name) => {
    const cached = cache.get(name);
    if (cached !== undefined && clock() < cached.until) return cached.value;
    const value = read(name);
    cache.set(name, { until: clock() + times.value, value });
    value.catch(() => cache.set(name, { until: clock() + times.failure, value }));
    return value;
  };
};
