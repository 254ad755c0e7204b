/** The decisions that a seed determines. */
export interface Random {
  /** Returns a number from 0 to 1, without 1. */
  next(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T;
  /** Returns undefined if there is nothing to pick from. */
  pickAny<T>(from: readonly T[]): T | undefined;
}

/** mulberry32: the same seed gives the same decisions. */
export const seededRandom = (seed: number): Random => {
  let state = (seed * 0x9e3779b1) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick: Random["pick"] = (from) => {
    const picked = from[between(0, from.length - 1)];
    if (picked === undefined) throw new Error("there is nothing to pick from");
    return picked;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    between,
    pick,
    pickAny: (from) => (from.length === 0 ? undefined : pick(from)),
  };
};
