import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openChildParsers } from "../../src/parsing/parsers-in-child.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";

const costly = join(import.meta.dirname, "../support/costly-process.ts");

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({}, { parsers: openChildParsers(systemRuntime.setTimer, costly) });
});
afterAll(() => clear(machine));

// Other texts that end the process are tested in parsers-in-child.test.ts.
it.each([
  ["ends the process that reads it", "DEADLY", "The process that read it ended."],
  ["lets the parser throw", "WRONG", "Crier's parser failed (no such token)."],
])("a body that %s is refused by a plan with the reason, and the next one is planned", async (_, word, reason) => {
  const [refused, planned] = await Promise.all([
    machine.ask("POST", "/api/plan", `${aDocument("A")}\n${word}\n`),
    machine.ask("POST", "/api/plan", aDocument("Behind")),
  ]);
  expect(refused).toMatchObject({ status: 422, body: { reasons: [{ code: "too-costly" }] } });
  expect(refused.body).toMatchObject({ detail: expect.stringContaining(reason) });
  expect(planned).toMatchObject({ status: 200, body: { post: { title: "Behind" } } });
});
