// Runs a command on the Node that Crier is tested with: `node scripts/launch.cjs vitest run`. The npm scripts, cdk.json and
// `crier` go through it, because npm 10 installs that Node without linking it. CommonJS, so that an old Node can read it.
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { basename, delimiter, dirname, join } = require("node:path");

const root = join(__dirname, "..");
/** A clone has its packages inside of it. An installed Crier is beside them. */
const isInstalled = basename(dirname(root)) === "node_modules";
const packages = isInstalled ? dirname(root) : join(root, "node_modules");
const isWindows = process.platform === "win32";
const kind = `${isWindows ? "win" : process.platform}-${process.arch}`;

/** The kinds of machine for which package.json has a Node. Those for Linux need glibc, which Alpine does not have. */
const hasPackage = {
  "linux-arm64": () => existsSync("/lib/ld-linux-aarch64.so.1"),
  "linux-x64": () => existsSync("/lib64/ld-linux-x86-64.so.2"),
  "win-x64": () => true,
};
const installedNode = join(packages, `node-${kind}`, "bin", isWindows ? "node.exe" : "node");

const isTooOld = () => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major < 22 || (major === 22 && minor < 18);
};

/** Quotes a text as one argument of a shell. */
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The first of the Node that npm installed, linked or not, and the one that runs this file. */
const findNode = () => {
  const canRun = hasPackage[kind]?.() === true;
  if (canRun && existsSync(installedNode)) return { node: installedNode };
  if (!isTooOld()) return { node: process.execPath };
  const remedy = canRun
    ? `run \`cd ${quote(dirname(packages))} && ${isInstalled ? `npm install node-${kind}@24` : "npm ci --include=optional"}\`, which brings Node 24 along`
    : "install Node 24 from https://nodejs.org";
  return { advice: `Crier runs on Node 22.18 or newer and this is Node ${process.versions.node}: ${remedy}.\n` };
};

/** `node` and the programs of packages, as a shell would find them. */
const findProgram = (name, node) => {
  const linked = join(packages, ".bin", name);
  return name === "node" ? node : existsSync(linked) ? linked : name;
};

/** Signals, the exit code, arguments and the standard streams pass. Ends with the program that it started. */
const startChild = (program, args, options) => {
  const child = spawn(program, args, options);
  const signals = ["SIGINT", "SIGTERM"];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`${program} cannot be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, endedBy) => {
    for (const signal of signals) process.removeAllListeners(signal);
    if (child.connected) child.disconnect();
    if (endedBy === null) process.exitCode = code;
    else process.kill(process.pid, endedBy);
  });
};

/** `command`: `node` or the name of a package's program. */
exports.launch = (command, args) => {
  const { node, advice } = findNode();
  if (advice !== undefined) {
    process.stderr.write(advice);
    process.exitCode = 1;
    return;
  }
  // Windows calls it Path.
  const path = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") || "PATH";
  const env = Object.assign({}, process.env, {
    [path]: [dirname(node), join(packages, ".bin"), process.env[path]].filter(Boolean).join(delimiter),
    // Node 22 says on the terminal that its SQLite is an experiment.
    NODE_OPTIONS: ["--disable-warning=ExperimentalWarning", process.env.NODE_OPTIONS].filter(Boolean).join(" "),
  });
  const program = findProgram(command, node);
  if (process.execve !== undefined && !isWindows && existsSync(program)) {
    // This process becomes the program, so that nothing has to be passed on. Node calls it an experiment, too.
    process.removeAllListeners("warning");
    process.execve(program, [program].concat(args), env);
  }
  // The channel tells a program that runs on that this process was killed.
  const stdio = ["inherit", "inherit", "inherit"].concat(command === "node" ? ["ipc"] : []);
  startChild(program, args, { env, stdio, shell: isWindows && command !== "node" });
};

if (require.main === module) exports.launch(process.argv[2], process.argv.slice(3));
