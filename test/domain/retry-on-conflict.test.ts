import { describe, expect, test } from "vitest";
import { conflict, retryOnConflict } from "../../src/domain/concurrency.ts";

describe("an attempt that meets a conflict", () => {
  test("is repeated until it succeeds", async () => {
    const answers = [conflict, conflict, "saved"] as const;
    let made = 0;
    expect(await retryOnConflict("the row", async () => answers[made++] ?? "never")).toBe("saved");
    expect(made).toBe(3);
  });

  test("may succeed with the result undefined", async () => {
    expect(await retryOnConflict("the row", async () => undefined)).toBeUndefined();
  });

  test("fails after 50 times, with an error that names the row and the next step", async () => {
    let made = 0;
    const attempt = async () => {
      made += 1;
      return conflict;
    };
    await expect(retryOnConflict("the row", attempt)).rejects.toThrow(
      "the row changes faster than it can be saved: try again when it no longer changes",
    );
    expect(made).toBe(50);
  });
});
