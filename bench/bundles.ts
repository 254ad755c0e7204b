import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import config from "../crier.config.ts";
import { bundle, bundleFile, functionNames } from "../infra/bundling/bundle-functions.ts";
import { completeFunction } from "../infra/bundling/function-folder.ts";
import { loadConfig } from "../src/config.ts";
import { budgets, overBudget } from "./budgets.ts";
import { lambdaEnvironment } from "./lambda-environment.ts";

/** Measures the cold start of each function: the size of its bundle, and the time to import it in a new process. */
const rounds = 10;
const timedImport =
  "const begin = performance.now(); await import(process.argv[1]); console.log(performance.now() - begin);";

const importOnce = async (file: string): Promise<number> => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", timedImport, file], {
    env: lambdaEnvironment,
  });
  return Number(stdout);
};

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const importTime = async (file: string): Promise<number> => {
  const times: number[] = [];
  // One after another, so that they do not share the cores.
  for (let round = 0; round < rounds; round += 1) times.push(await importOnce(file));
  return median(times);
};

const folder = await mkdtemp(join(tmpdir(), "crier-bundles-"));
try {
  await bundle(folder);
  const beside = { config: loadConfig(config), machine: process.arch === "arm64" ? "arm64" : "x64" } as const;
  for (const name of functionNames) completeFunction(join(folder, name), name, beside);
  const measured = [];
  console.log("function      bytes   budget   import");
  for (const name of functionNames) {
    const file = join(folder, name, bundleFile);
    const { size: bytes } = await stat(file);
    measured.push({ name, bytes });
    const time = await importTime(file);
    console.log(
      `${name.padEnd(8)} ${bytes.toLocaleString("en").padStart(10)} ${String(budgets[name]).padStart(5)} KB ${time.toFixed(0).padStart(5)} ms`,
    );
  }
  const faults = overBudget(measured);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
