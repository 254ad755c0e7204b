import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import * as z from "zod";
import { runCase } from "./case.ts";
import { planted } from "./planted/index.ts";

/** More than the fixed seeds that are run without a planted fault. */
const maxSeeds = 2_500;

/** The first seed that finds each fault, by the fault's name. `RECORD=1` looks for it from seed 1, and writes it down. */
const file = join(import.meta.dirname, "planted/seeds.json");
const isRecording = process.env.RECORD === "1";
const recorded: Readonly<Record<string, number>> = isRecording
  ? {}
  : z.record(z.string(), z.int()).parse(JSON.parse(await readFile(file, "utf8")));
const found: Record<string, number> = {};

test.each(planted)("finds $name", async ({ name, variant, network, violation: words = "" }) => {
  const first = recorded[name] ?? 1;
  for (let seed = first; seed < first + maxSeeds; seed += 1) {
    const { violations } = await runCase(seed, { variant, ...(network && { networks: [network] }) });
    const violation = violations.find((one) => one.includes(words));
    if (violation === undefined) continue;
    found[name] = seed;
    console.log(`${name}: found by seed ${seed}: ${violation.slice(0, 160)}`);
    return;
  }
  expect.fail(`${name} is not found by ${maxSeeds} seeds from ${first}`);
});

test("a seed is recorded for each planted fault, and for nothing else", () => {
  const command = "RECORD=1 npm run test:simulation -- test/simulation/planted.test.ts";
  expect(Object.keys(isRecording ? found : recorded).toSorted(), command).toEqual(
    planted.map(({ name }) => name).toSorted(),
  );
});

afterAll(async () => {
  if (isRecording) await writeFile(file, `${JSON.stringify(found, null, 2)}\n`);
});
