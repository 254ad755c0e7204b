import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import config from "../crier.config.ts";
import { bundle, bundleFile, functionNames } from "../infra/bundling.ts";
import { loadConfig } from "../src/config.ts";
import { budgets, pastBudget } from "./budgets.ts";
import { lambdaEnvironment } from "./lambda-environment.ts";

/** What each function brings to a cold start: its bundle's bytes, and the time that a fresh process takes to import it. */
const rounds = 10;
const clocked =
  "const begin = performance.now(); await import(process.argv[1]); console.log(performance.now() - begin);";

const importOnce = async (file: string): Promise<number> => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", clocked, file], {
    env: lambdaEnvironment,
  });
  return Number(stdout);
};

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const importTime = async (file: string): Promise<number> => {
  const times: number[] = [];
  // One after another: they would wait for each other's cores.
  for (let round = 0; round < rounds; round += 1) times.push(await importOnce(file));
  return median(times);
};

const folder = await mkdtemp(join(tmpdir(), "crier-bundles-"));
try {
  const configFile = join(folder, "crier-config.json");
  await writeFile(configFile, JSON.stringify({ config: loadConfig(config) }));
  const measured = [];
  console.log("function      bytes   budget   import");
  for (const name of functionNames) {
    await mkdir(join(folder, name));
    await bundle(name, { config: configFile, folder: join(folder, name) });
    const file = join(folder, name, bundleFile);
    const { size: bytes } = await stat(file);
    measured.push({ name, bytes });
    const time = await importTime(file);
    console.log(
      `${name.padEnd(8)} ${bytes.toLocaleString("en").padStart(10)} ${String(budgets[name]).padStart(5)} KB ${time.toFixed(0).padStart(5)} ms`,
    );
  }
  const faults = pastBudget(measured);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
