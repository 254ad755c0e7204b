import { join } from "node:path";
import { expect, test } from "vitest";
import { startChild } from "../../src/processes/child-process.ts";

test("a process for what others wrote reads Crier's program, and no other file, no secret and no other process", async () => {
  const file = join(import.meta.dirname, "../support/curious-process.ts");
  const answer = Promise.withResolvers<unknown>();
  const child = startChild({ file, megabytes: 128 }, answer.resolve);
  child.send({});
  expect(await answer.promise).toEqual({
    parent: "ERR_ACCESS_DENIED",
    passwords: "ERR_ACCESS_DENIED",
    write: "ERR_ACCESS_DENIED",
    program: "ERR_ACCESS_DENIED",
    itself: "done",
    secrets: [],
  });
  child.kill();
  await child.ended;
});
