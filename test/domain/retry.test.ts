import { describe, expect, test } from "vitest";
import { backoff } from "../../src/domain/retry.ts";
import { hour, second } from "../../src/domain/time.ts";
import { aDelivery } from "../support/builders.ts";

describe("backoff", () => {
  test("grows from half a minute to an hour, each wait up to a fifth shorter or longer", () => {
    for (let attempts = 0; attempts < 40; attempts += 1) {
      const middle = Math.min(30 * second * 2 ** Math.max(0, attempts - 1), hour);
      expect(Math.abs(backoff(aDelivery().seed, attempts) - middle)).toBeLessThanOrEqual(0.2 * middle);
    }
  });

  test("differs between deliveries that failed together, and works without a seed", () => {
    expect(backoff("0000aaaa", 1)).not.toBe(backoff("ffff0000", 1));
    expect(backoff("", 1)).toBe(30_000);
  });
});
