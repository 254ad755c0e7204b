import type { Instant } from "../domain/time.ts";

const alphabet = "234567abcdefghijklmnopqrstuvwxyz";

/**
 * A TID (atproto.com/specs/tid): 53 bits of microseconds and 10 bits of a clock identifier, as 13 sortable characters.
 * Both come from the delivery, so that the same delivery always has the same key.
 */
export const tid = (seed: string, planned: Instant): string => {
  const bits = BigInt(`0x${seed.slice(0, 12)}`);
  const micros = BigInt(Math.trunc(planned)) * 1000n + ((bits >> 10n) % 1000n);
  const value = ((micros & ((1n << 53n) - 1n)) << 10n) | (bits & 1023n);
  return Array.from({ length: 13 }, (_, place) => alphabet[Number((value >> BigInt(5 * (12 - place))) & 31n)]).join("");
};
