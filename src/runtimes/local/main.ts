import process from "node:process";
import { loadDotenv, run } from "./run.ts";

loadDotenv();
const ran = await run(process.argv.slice(2), { env: process.env, out: console.log, err: console.error });
if ("exit" in ran) process.exitCode = ran.exit;
// The second signal finds no listener, and ends the process at once.
else
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void ran.running.stop().then(() => process.exit(0)));
