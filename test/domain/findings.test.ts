import { expect, test } from "vitest";
import { type Cost, isTooCostly, tooCostly } from "../../src/domain/findings.ts";

test.each<[Cost, string]>([
  [{ kind: "time", seconds: 2 }, "Reading it takes longer than 2 seconds. Look at its code blocks, tables"],
  [{ kind: "memory", megabytes: 256 }, "Reading it needs more than 256 MB of memory. Look at its code blocks"],
  [{ kind: "crash" }, "The process that read it ended. Look at its code blocks"],
  [{ kind: "error", message: "x is not a function" }, "Crier's parser failed (x is not a function). Change what is"],
])("the reason says what happened and what to do: %j", (cost, message) => {
  const reason = tooCostly(cost, "short\n");
  expect(reason.message).toContain(message);
  expect(reason.message).toMatch(/It is read again when it changes or Crier is updated\.$/);
  expect(isTooCostly(reason)).toBe(true);
});

test("a line that is by far too long is named", () => {
  const text = `---\ntitle: A\n---\n${">".repeat(150_000)}<Code>\n\nend`;
  expect(tooCostly({ kind: "time", seconds: 2 }, text).message).toContain("Its line 4 has 150006 characters.");
});
