import { expect, test } from "vitest";
import { runCase } from "./case.ts";
import { planted } from "./planted/index.ts";

/** Fewer than the seeds that are run without a planted fault. */
const maxSeeds = 2_500;

test.each(planted)("finds $name", async ({ name, variant, network, violation: words = "" }) => {
  for (let seed = 1; seed <= maxSeeds; seed += 1) {
    const { violations } = await runCase(seed, { variant, ...(network && { networks: [network] }) });
    const violation = violations.find((one) => one.includes(words));
    if (violation === undefined) continue;
    console.log(`${name}: found by seed ${seed}: ${violation.slice(0, 160)}`);
    return;
  }
  expect.fail(`${name} is not found by ${maxSeeds} seeds`);
});
