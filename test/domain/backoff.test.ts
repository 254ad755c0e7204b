import { describe, expect, test } from "vitest";
import { backoff } from "../../src/domain/backoff.ts";
import { giveUpAfter } from "../../src/domain/delivery-transitions.ts";
import { day, hour, second } from "../../src/domain/time.ts";
import { aDelivery } from "../support/builders.ts";

describe("backoff", () => {
  test("grows from half a minute to six hours, each wait up to a fifth shorter or longer", () => {
    for (let attempts = 0; attempts < 40; attempts += 1) {
      const middle = Math.min(30 * second * 2 ** Math.max(0, attempts - 1), 6 * hour);
      expect(Math.abs(backoff(aDelivery().seed, attempts) - middle)).toBeLessThanOrEqual(0.2 * middle);
    }
  });

  test("goes on for at least 72 hours", () => {
    const all = Array.from({ length: 20 }, (_, index) => backoff("0".repeat(64), index + 1));
    expect(all.reduce((sum, wait) => sum + wait)).toBeGreaterThan(2 * day);
    expect(giveUpAfter).toBeGreaterThan(3 * day);
  });

  test("differs between deliveries that failed together, and works without a seed", () => {
    expect(backoff("0000aaaa", 1)).not.toBe(backoff("ffff0000", 1));
    expect(backoff("", 1)).toBe(30_000);
  });
});
