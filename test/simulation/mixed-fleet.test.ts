import { expect, test } from "vitest";
import { runCase } from "./case.ts";
import { mixedFleet } from "./mixed-fleet.ts";

const seeds = Number(process.env.SEEDS ?? 200);

test(`of ${seeds} seeds with workers of two formats nothing goes out twice, nothing is lost, and nothing is stuck afterwards`, async () => {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = await runCase(seed, { variant: { fleet: mixedFleet(seed) } });
    expect(result.violations, `seed ${seed}`).toEqual([]);
    for (const [name, by] of result.counts) counts.set(name, (counts.get(name) ?? 0) + by);
  }
  for (const name of ["processes of the next format", "processes of today's format", "runs that met a newer row"])
    expect(counts.get(name), name).toBeGreaterThan(0);
  console.log(
    `a mixed fleet: ${seeds} seeds, ${counts.get("copies")} copies, ${counts.get("runs that met a newer row")} runs that met a newer row`,
  );
});
