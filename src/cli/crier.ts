#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import process from "node:process";

// With the cache a command takes two thirds of the time. If it cannot be written, each command compiles everything.
enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/crier"));
const { run } = await import("./program.ts");

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  input: process.stdin,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  output: process.stdout,
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
  // `hasColors` takes NO_COLOR and TERM into account.
  hasColours: process.stdout.isTTY && process.stdout.hasColors(),
});
