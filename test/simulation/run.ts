import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { describeFailure, replay } from "./replay.ts";
import { reportOf } from "./report.ts";
import { kindsOf, runSeeds } from "./run-seeds.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
  strict: false,
});
const seed = values.seed ?? process.env.SEED;

if (seed !== undefined) {
  const { result, lines } = await replay(Number(seed));
  console.log([...lines, "", ...result.violations].join("\n"));
  process.exitCode = result.violations.length === 0 ? 0 : 1;
} else if (values.seeds !== undefined || values.write === true) {
  const [from, seeds] = [Number(values.from), Number(values.seeds ?? 3_000)];
  const summary = await runSeeds(from, seeds, (failure) => {
    console.log(`seed ${failure.seed}: ${failure.violations.join("\n  ")}`);
  });
  const [first] = summary.failures;
  if (first !== undefined) console.log(await describeFailure(first));
  console.log(
    `${seeds} seeds from ${from}, ${summary.steps} steps, ${summary.failures.length} seeds broke an invariant: ${JSON.stringify(Object.fromEntries(kindsOf(summary)))}`,
  );
  if (values.write === true) await writeFile("docs/simulation.md", reportOf(summary));
  process.exitCode = first === undefined ? 0 : 1;
} else {
  const others = process.argv.slice(2);
  const { status } = spawnSync("vitest", ["run", "--project", "simulation", ...others], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
