import { describe, expect, test } from "vitest";
import { clockText, day, hour, minute, second } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";

describe("a time that is said", () => {
  test.each([
    [30 * second, "09:00:30 Europe/Berlin"],
    [30 * second + 999, "09:00:30 Europe/Berlin"],
    [2 * minute, "09:02 Europe/Berlin"],
    [hour + 59 * second, "10:00 Europe/Berlin"],
    [day + 59 * second, "2026-03-02 09:00 Europe/Berlin"],
    [-minute, "08:59 Europe/Berlin"],
  ])("is never later than the moment, and has seconds if that is in a few minutes: %d ms, %s", (after, text) => {
    expect(clockText(start + after, start, "Europe/Berlin")).toBe(text);
  });
});
