import { describe, expect, test } from "vitest";
import { damagedKinds } from "./damage.ts";
import { describeFailure, replay } from "./replay.ts";
import { kindsOf, runSeeds } from "./run-seeds.ts";

/** Four to five minutes on two cores that do nothing else. `SEEDS` runs others. */
const seeds = Number(process.env.SEEDS ?? 3_000);

/** Parts that only some of the seeds have. */
const cases = [
  "two sites",
  "two sites share a login",
  "two installations",
  "a copy of another installation is taken over",
  "an owner is told of another installation",
];

describe("the simulation", () => {
  test(`of ${seeds} seeds, which damage every kind of row, finds no copy twice, none lost, nothing stuck and no state that is untrue`, async () => {
    const summary = await runSeeds(1, seeds);
    const [first] = summary.failures;
    if (first !== undefined) expect.fail(await describeFailure(first));
    expect(kindsOf(summary)).toEqual(new Map());
    const { steps, counts } = summary;
    const isWhole = seeds >= 3_000;
    expect(cases.filter((name) => isWhole && !counts.has(`case ${name}`))).toEqual([]);
    expect(damagedKinds.filter((kind) => isWhole && !counts.has(`damage ${kind}`))).toEqual([]);
    console.log(`simulation: ${seeds} seeds, ${steps} steps, ${counts.get("copies")} copies, 0 broken invariants`);
  });

  test.each([1, 7, 42])("repeats seed %i step for step", async (seed) => {
    const [first, second] = [await replay(seed), await replay(seed)];
    expect(first.lines.length).toBeGreaterThan(50);
    expect(second.lines).toEqual(first.lines);
  });
});
