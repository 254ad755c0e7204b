import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import process from "node:process";

// The next start takes half the time. Where nothing can be written, each start compiles.
enableCompileCache(join(import.meta.dirname, "../../../node_modules/.cache/crier"));

// What is imported before the cache is enabled is not in it.
const { openChildParsers } = await import("../../parsing/parsers-in-child.ts");
const { systemRuntime } = await import("../system-runtime.ts");
// The process that parses loads its code while this one loads the rest: the first feed comes earlier by that.
const parsers = openChildParsers(systemRuntime.setTimer);
const { loadDotenv, run } = await import("./start.ts");
const { terminalOutput } = await import("./console-output.ts");

loadDotenv();
const terminal = process.stdout.isTTY ? terminalOutput(process.stdout) : { out: console.log };
const ran = await run(process.argv.slice(2), { env: process.env, err: console.error, ...terminal, parsers });
if ("exit" in ran) {
  process.exitCode = ran.exit;
  await parsers.close();
} else {
  let stoppedAt: number | undefined;
  const stop = (): void => {
    // A terminal, npm and the launcher each pass the same Ctrl-C on. A later one ends the process at once.
    if (stoppedAt !== undefined && performance.now() - stoppedAt > 1000) process.exit(130);
    if (stoppedAt !== undefined) return;
    stoppedAt = performance.now();
    void ran.running.stop().then(() => process.exit(0));
  };
  // "disconnect": the launcher was killed (scripts/launch.cjs).
  for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.on(event, stop);
}
flushCompileCache();
