import { hour, second } from "./time.ts";

/** A number from 0 to 1: another one for each attempt, and the same for the same seed, which is hexadecimal. */
export const drawn = (seed: string, attempts: number): number => {
  const digits = Number.parseInt(seed.slice(attempts % 24, (attempts % 24) + 4), 16);
  return (Number.isNaN(digits) ? 0x8000 : digits) / 0xffff;
};

/** 30 s, 1 min, 2 min … 1 h, each ± 20 % by the seed: deliveries that failed together do not come back together. */
export const backoff = (seed: string, attempts: number): number =>
  Math.round(Math.min(30 * second * 2 ** Math.max(0, attempts - 1), hour) * (0.8 + 0.4 * drawn(seed, attempts)));
