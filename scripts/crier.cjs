#!/usr/bin/env node
// The `crier` command: a shell may find a Node that cannot run TypeScript.
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { launch } = require("./launch.cjs");

const root = join(__dirname, "..");
// A clone runs its source. A package has no source, because Node runs no TypeScript in node_modules.
const isClone = existsSync(join(root, "src"));
const [cli, main] = isClone ? ["src/cli/crier.ts", "src/runtimes/local/main.ts"] : ["dist/crier.js", "dist/main.js"];

const args = process.argv.slice(2);
// Node takes 50 MB more for new objects than Crier has a use for, and with a limit it collects garbage sooner.
const startFlags = ["--max-semi-space-size=4", "--max-old-space-size=1024"];
if (args[0] === "start") launch("node", startFlags.concat(join(root, main), args.slice(1)));
else launch("node", [join(root, cli)].concat(args));
