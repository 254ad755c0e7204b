import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { describeFailure, replay } from "./replay.ts";
import { writeReport } from "./report.ts";
import { kindsOf, range, runSeeds } from "./run-seeds.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    minutes: { type: "string" },
    write: { type: "boolean", default: false },
  },
  strict: false,
});
const { seed } = values;

if (seed !== undefined) {
  const { result, lines } = await replay(Number(seed));
  console.log([...lines, "", ...result.violations].join("\n"));
  process.exitCode = result.violations.length === 0 ? 0 : 1;
} else if (values.seeds !== undefined || values.minutes !== undefined || values.write === true) {
  const from = Number(values.from);
  const seeds = Number(values.seeds ?? (values.minutes === undefined ? 3_000 : Number.POSITIVE_INFINITY));
  const end = Date.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const summary = await runSeeds(
    range(from, seeds),
    (failure) => console.log(`seed ${failure.seed}: ${failure.violations.join("\n  ")}`),
    () => Date.now() < end,
  );
  const [first] = summary.failures;
  if (first !== undefined) console.log(await describeFailure(first));
  console.log(
    `${summary.seeds} seeds from ${from}, ${summary.steps} steps, ${summary.failures.length} seeds broke an invariant: ${JSON.stringify(Object.fromEntries(kindsOf(summary)))}`,
  );
  if (values.write === true) await writeFile("docs/simulation.md", writeReport(from, summary));
  process.exitCode = first === undefined ? 0 : 1;
} else {
  const others = process.argv.slice(2);
  const { status } = spawnSync("vitest", ["run", "--project", "simulation", ...others], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
