const alphabet = "234567abcdefghijklmnopqrstuvwxyz";

const earliest = BigInt(Date.UTC(2023, 0)) * 1000n;

/**
 * A TID (atproto.com/specs/tid): 53 bits of microseconds and 10 bits of a clock identifier, as 13 sortable characters.
 * Both come from the seed alone, so that a table that was lost or put back gives a delivery the same key. The moment, of
 * 2023 to 2025, says nothing: Bluesky shows a post by its `createdAt`.
 */
export const tid = (seed: string): string => {
  const bits = BigInt(`0x${seed.slice(0, 14)}`);
  const micros = earliest + ((bits >> 10n) & ((1n << 46n) - 1n));
  return encoded((micros << 10n) | (bits & 1023n));
};

/** The key of a reply: as many microseconds later as there are posts before it. */
export const tidAfter = (first: string, posts: number): string => {
  const value = [...first].reduce((sum, character) => (sum << 5n) | BigInt(alphabet.indexOf(character)), 0n);
  return encoded(value + (BigInt(posts) << 10n));
};

const encoded = (value: bigint): string =>
  Array.from({ length: 13 }, (_, place) => alphabet[Number((value >> BigInt(5 * (12 - place))) & 31n)]).join("");
