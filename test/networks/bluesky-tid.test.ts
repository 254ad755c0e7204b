import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tid } from "../../src/networks/bluesky-tid.ts";
import { start } from "../support/builders.ts";

describe("a TID", () => {
  const seeds = fc.stringMatching(/^[0-9a-f]{64}$/);
  const moments = fc.integer({ min: 0, max: Date.UTC(2200, 0) });

  test("has the syntax of atproto.com/specs/tid", () => {
    fc.assert(
      fc.property(seeds, moments, (seed, planned) => {
        const key = tid(seed, planned);
        expect(key).toMatch(/^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/);
        expect(tid(seed, planned)).toBe(key);
      }),
    );
  });

  test("sorts by its instant, and differs with the seed", () => {
    expect(tid("ff".repeat(16), start) < tid("00".repeat(16), start + 1)).toBe(true);
    expect(tid("0000000000010000", start)).not.toBe(tid("0000000000020000", start));
  });
});
