import { hour, second } from "./time.ts";

/** 30 s, 1 min, 2 min … 1 h, each ± 20 % by the seed: deliveries that failed together do not come back together. */
export const backoff = (seed: string, attempts: number): number => {
  const drawn = Number.parseInt(seed.slice(attempts % 24, (attempts % 24) + 4), 16);
  const jitter = (Number.isNaN(drawn) ? 0x8000 : drawn) / 0xffff;
  return Math.round(Math.min(30 * second * 2 ** Math.max(0, attempts - 1), hour) * (0.8 + 0.4 * jitter));
};
