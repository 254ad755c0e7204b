import process from "node:process";
import { loadDotenv, run } from "./run.ts";
import { terminalOutput } from "./terminal-output.ts";

loadDotenv();
const terminal = process.stdout.isTTY ? terminalOutput(process.stdout) : { out: console.log };
const ran = await run(process.argv.slice(2), { env: process.env, err: console.error, ...terminal });
if ("exit" in ran) process.exitCode = ran.exit;
// The second signal finds no listener, and ends the process at once.
else
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void ran.running.stop().then(() => process.exit(0)));
