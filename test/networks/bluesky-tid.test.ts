import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tid } from "../../src/networks/bluesky/bluesky-record.ts";

describe("a TID", () => {
  const seeds = fc.stringMatching(/^[0-9a-f]{64}$/);

  test("has the syntax of atproto.com/specs/tid, and is the same each time", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(tid(seed)).toMatch(/^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/);
        expect(tid(seed)).toBe(tid(seed));
      }),
    );
  });

  test("is of a moment that is over", () => {
    const highest = tid("f".repeat(64));
    expect(tid("0".repeat(64)) < highest).toBe(true);
    // A TID of 2025-03-25.
    expect(highest < "3lle").toBe(true);
  });

  test("differs with each bit of the seed that it has room for", () => {
    const keys = Array.from({ length: 56 }, (_, bit) => tid((1n << BigInt(bit)).toString(16).padStart(14, "0")));
    expect(new Set(keys).size).toBe(56);
  });
});
