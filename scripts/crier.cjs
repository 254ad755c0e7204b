#!/usr/bin/env node
// The `crier` command. npm scripts and npx find the Node 24 that npm installed. A shell finds the machine's own Node, which
// may be too old to run TypeScript: CommonJS, so that it can read this and start the other one.
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { advice, isTooOld } = require("./node-version.cjs");

const root = join(__dirname, "..");
const main = join(root, "src", "cli", "crier.ts");

/** In the one optional dependency that is for this kind of machine. */
const isWindows = process.platform === "win32";
const folder = `node-${isWindows ? "win" : process.platform}-${process.arch}`;
const installedNode = join(root, "node_modules", folder, "bin", isWindows ? "node.exe" : "node");

const fail = () => {
  process.stderr.write(advice(root));
  process.exitCode = 1;
};

const runWith = (node) => {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on("error", fail);
  child.on("exit", (code, endedBy) => {
    for (const signal of signals) process.removeAllListeners(signal);
    if (endedBy === null) process.exitCode = code;
    else process.kill(process.pid, endedBy);
  });
};

if (!isTooOld) void import(pathToFileURL(main).href);
else if (existsSync(installedNode)) runWith(installedNode);
else fail();
