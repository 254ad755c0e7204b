import { flushCompileCache } from "node:module";
import process from "node:process";
import { keepCompiledCode } from "./compile-cache.ts";

// With the cache a start takes half the time.
keepCompiledCode();

const { openChildParsers } = await import("../../parsing/parsers-in-child.ts");
const { systemRuntime } = await import("../system-runtime.ts");
// The process that parses loads its code while this one loads the rest, so that the first feed is ready earlier.
const parsers = openChildParsers(systemRuntime.setTimer);
const { loadDotenv } = await import("./environment-secrets.ts");
const { run } = await import("./start.ts");
const { terminalOutput } = await import("./console-output.ts");

const readEnv = loadDotenv();
const terminal = process.stdout.isTTY ? terminalOutput(process.stdout) : { out: console.log };
let stoppedAt: number | undefined;
const stop = (): void => {
  // The terminal, npm and the launcher each pass on the same Ctrl-C. A second Ctrl-C ends the process immediately.
  if (stoppedAt !== undefined && performance.now() - stoppedAt > 1000) process.exit(130);
  if (stoppedAt !== undefined) return;
  stoppedAt = performance.now();
  // A start that is under way has the data folder open already, and is stopped when it is done.
  void starting.then((ran) => "running" in ran && ran.running.stop().then(() => process.exit(0)));
};
// The launcher (scripts/launch.cjs) was killed if "disconnect" is emitted.
const endings = ["SIGINT", "SIGTERM", "disconnect"];
for (const event of endings) process.on(event, stop);
const starting = run(process.argv.slice(2), { env: process.env, readEnv, err: console.error, ...terminal, parsers });
const ran = await starting;
if ("exit" in ran) {
  for (const event of endings) process.off(event, stop);
  process.exitCode = ran.exit;
  await parsers.close();
}
flushCompileCache();
