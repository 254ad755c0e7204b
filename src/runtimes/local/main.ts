import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import process from "node:process";

// The next start takes half the time. Where nothing can be written, each start compiles.
enableCompileCache(join(import.meta.dirname, "../../../node_modules/.cache/crier"));

// What is imported before the cache is enabled is not in it.
const { loadDotenv, run } = await import("./run.ts");
const { terminalOutput } = await import("./terminal-output.ts");

loadDotenv();
const terminal = process.stdout.isTTY ? terminalOutput(process.stdout) : { out: console.log };
const ran = await run(process.argv.slice(2), { env: process.env, err: console.error, ...terminal });
if ("exit" in ran) process.exitCode = ran.exit;
// The second signal finds no listener, and ends the process at once.
else
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void ran.running.stop().then(() => process.exit(0)));
flushCompileCache();
