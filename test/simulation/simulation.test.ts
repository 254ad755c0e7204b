import { describe, expect, test } from "vitest";
import { drawnSeed } from "../support/drawn-seed.ts";
import { seedsOfDamage } from "./case.ts";
import { damagedKinds } from "./damage.ts";
import { describeFailure, replay } from "./replay.ts";
import { kindsOf, range, runSeeds, type Summary } from "./run-seeds.ts";

/** Each commit runs these: the first seeds, and as many that damage rows, because some kinds of rows are rare. */
const fixedSeeds = [...range(1, 250), ...seedsOfDamage(251, 250)];

/** The first of the seeds that only this commit runs, and their number. The fixed ones are lower. */
const from = 10_000 + drawnSeed;
const seeds = 1_000;

/** Parts that only some of the seeds have. */
const cases = [
  "two sites",
  "two sites share a login",
  "two installations",
  "a copy of another installation is taken over",
  "an owner is told of another installation",
];

const expectSound = async (chosen: Iterable<number>): Promise<Summary> => {
  const summary = await runSeeds(chosen);
  const [first] = summary.failures;
  if (first !== undefined) expect.fail(await describeFailure(first));
  expect(kindsOf(summary)).toEqual(new Map());
  const copies = summary.counts.get("copies");
  console.log(`simulation: ${summary.seeds} seeds, ${summary.steps} steps, ${copies} copies, 0 broken invariants`);
  return summary;
};

describe("the simulation finds no copy twice, none lost, nothing stuck and no state that is untrue", () => {
  test(`in ${fixedSeeds.length} fixed seeds, which damage every kind of row`, async () => {
    const { counts } = await expectSound(fixedSeeds);
    expect(cases.filter((name) => !counts.has(`case ${name}`))).toEqual([]);
    expect(damagedKinds.filter((kind) => !counts.has(`damage ${kind}`))).toEqual([]);
  });

  test(`in the seeds of this commit: npm run test:simulation -- --from ${from} --seeds ${seeds}`, async () => {
    await expectSound(range(from, seeds));
  });
});

describe("the simulation", () => {
  test.each([1, 7, 42])("repeats seed %i step for step", async (seed) => {
    const [first, second] = [await replay(seed), await replay(seed)];
    expect(first.lines.length).toBeGreaterThan(50);
    expect(second.lines).toEqual(first.lines);
  });
});
