#!/usr/bin/env node
import process from "node:process";
import { keepCompiledCode } from "../runtimes/local/compile-cache.ts";

// With the cache a command takes two thirds of the time.
keepCompiledCode();
const { run } = await import("./program.ts");

// A reader such as `head` ends before it has read all.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

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
