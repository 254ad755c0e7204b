#!/usr/bin/env node
// The `crier` command: a shell may find a Node that cannot run TypeScript.
const { join } = require("node:path");
const { launch } = require("./launch.cjs");

launch("node", [join(__dirname, "..", "src", "cli", "crier.ts")].concat(process.argv.slice(2)));
