import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const kind = `${process.platform}-${process.arch}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier launch ü-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** This Node, which tells the launcher that it is an old one: it says so, and has no `process.execve`. */
const anOldNode = async (version: string, more = "") => {
  const preload = join(await mkdtemp(join(folder, "node-")), "pretend.cjs");
  const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" }); delete process.execve;`;
  await writeFile(preload, `if (/launch\\.cjs$/.test(process.argv[1])) { ${pretend} ${more} }`);
  return [process.execPath, "--require", preload];
};

/** The launcher in a folder of its own. `hasNode`: with the Node that npm installs, which nothing links. */
const anInstallation = async ({ hasNode = true, name = "an installation" } = {}) => {
  const place = join(await mkdtemp(join(folder, "ü ")), name);
  await mkdir(join(place, "scripts"), { recursive: true });
  await copyFile(join(root, "scripts/launch.cjs"), join(place, "scripts/launch.cjs"));
  if (hasNode) {
    await mkdir(join(place, `node_modules/node-${kind}/bin`), { recursive: true });
    await symlink(process.execPath, join(place, `node_modules/node-${kind}/bin/node`));
  }
  return place;
};

const launch = ([node = "", ...flags]: readonly string[], place: string, args: readonly string[], input = "") => {
  const env = { PATH: process.env.PATH, HOME: folder };
  const file = join(place, "scripts/launch.cjs");
  const { status, stdout, stderr } = spawnSync(node, [...flags, file, ...args], { input, env, encoding: "utf8" });
  return { status, stdout, stderr };
};

/** A program that runs until it gets a signal to end. Standard output is closed when none of its processes is left. */
const signalled = async ([node = "", ...flags]: readonly string[], signal: NodeJS.Signals, program: string) => {
  const args = [...flags, join(await anInstallation(), "scripts/launch.cjs"), "node", "-e", program];
  const child = spawn(node, args, { env: { PATH: process.env.PATH }, stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const printed: string[] = [];
  const lines = createInterface({ input: child.stdout }).on("line", (line) => printed.push(line));
  await Promise.race([once(lines, "line"), closed]);
  child.kill(signal);
  const [code, endedBy] = await closed;
  return { code, endedBy, after: printed.slice(1) };
};

const nodes = [
  ["this Node", async () => [process.execPath]],
  ["Node 18", () => anOldNode("18.20.8")],
  ["Node 22.17", () => anOldNode("22.17.1")],
] as const;

describe.each(nodes)("on %s the launcher", (_, nodeOf) => {
  test("starts the Node that npm installed, which nothing links, without a warning", async () => {
    const program = "[process.execPath, typeof require('node:sqlite')].join()";
    expect(launch(await nodeOf(), await anInstallation(), ["node", "-p", program])).toEqual({
      status: 0,
      stdout: `${process.execPath},object\n`,
      stderr: "",
    });
  });

  test("passes arguments, standard input, output and the exit code", async () => {
    const program = "process.stdin.pipe(process.stdout); console.error(process.argv.slice(1)); process.exitCode = 7;";
    const args = ["node", "-e", program, "a b", "--c='d'"];
    expect(launch(await nodeOf(), await anInstallation(), args, "some input")).toEqual({
      status: 7,
      stdout: "some input",
      stderr: "[ 'a b', \"--c='d'\" ]\n",
    });
  });

  test("starts the program of a package, which finds the same Node by its name", async () => {
    const place = await anInstallation();
    await mkdir(join(place, "node_modules/.bin"));
    const code = "#!/usr/bin/env node\nconsole.log(process.argv[0], ...process.argv.slice(2));";
    await writeFile(join(place, "node_modules/.bin/tool"), code, { mode: 0o755 });
    expect(launch(await nodeOf(), place, ["tool", "x"])).toMatchObject({ stdout: `${process.execPath} x\n` });
  });

  const runsOn = 'setInterval(() => {}, 1000); process.on("disconnect", process.exit); console.log("it runs");';

  test.each(["SIGTERM", "SIGINT"] as const)("passes %s on, and ends as the program does", async (signal) => {
    const closes = `process.on("${signal}", () => { console.log("closed"); process.exit(5); }); ${runsOn}`;
    expect(await signalled(await nodeOf(), signal, closes)).toEqual({ code: 5, endedBy: null, after: ["closed"] });
    expect(await signalled(await nodeOf(), signal, runsOn)).toEqual({ code: null, endedBy: signal, after: [] });
  });

  test("leaves no process behind where it is killed", async () => {
    expect(await signalled(await nodeOf(), "SIGKILL", runsOn)).toMatchObject({ endedBy: "SIGKILL", after: [] });
  });
});

/** The launcher of a package that an owner has installed. */
const anInstalledPackage = async () => {
  const owner = join(await mkdtemp(join(folder, "owner ")), "my feeds");
  const place = join(owner, "node_modules/crier");
  await mkdir(join(place, "scripts"), { recursive: true });
  await copyFile(join(root, "scripts/launch.cjs"), join(place, "scripts/launch.cjs"));
  return { owner, place };
};

describe("an installed package", () => {
  test("takes the Node that its owner has installed beside it", async () => {
    const { owner, place } = await anInstalledPackage();
    await mkdir(join(owner, `node_modules/node-${kind}/bin`), { recursive: true });
    await symlink(process.execPath, join(owner, `node_modules/node-${kind}/bin/node`));
    const ran = launch(await anOldNode("20.20.2"), place, ["node", "-p", "'it runs'"]);
    expect(ran).toEqual({ status: 0, stdout: "it runs\n", stderr: "" });
  });

  test("says in one line how its owner gets a Node that can run it", async () => {
    const { owner, place } = await anInstalledPackage();
    expect(launch(await anOldNode("20.20.2"), place, ["node"])).toEqual({
      status: 1,
      stdout: "",
      stderr: `Crier runs on Node 22.18 or newer and this is Node 20.20.2: run \`cd '${owner}' && npm install node-${kind}@24\`, which brings Node 24 along.\n`,
    });
  });
});

test.each(["22.18.0", "24.22.3", "26.12.1"])("Node %s runs where npm installed none", async (version) => {
  const place = await anInstallation({ hasNode: false });
  const ran = launch(await anOldNode(version), place, ["node", "-p", "'it runs'"]);
  expect(ran).toEqual({ status: 0, stdout: "it runs\n", stderr: "" });
});

describe("where no Node can run Crier", () => {
  test.each(["18.20.8", "20.20.2", "22.17.1"])("Node %s says in one line what to do", async (version) => {
    const place = await anInstallation({ hasNode: false });
    expect(launch(await anOldNode(version), place, ["node", "-p", "1"])).toEqual({
      status: 1,
      stdout: "",
      stderr: `Crier runs on Node 22.18 or newer and this is Node ${version}: run \`cd '${place}' && npm ci --include=optional\`, which brings Node 24 along.\n`,
    });
  });

  test("the command can be typed as it is printed, whatever the folder is called", async () => {
    const place = await anInstallation({ hasNode: false, name: 'it\'s $HOME "ü"' });
    const { stderr } = launch(await anOldNode("20.20.2"), place, ["node"]);
    const [, command = ""] = /run `(cd .*) && npm ci --include=optional`/.exec(stderr) ?? [];
    expect(spawnSync("sh", ["-c", `${command} && pwd`], { encoding: "utf8" }).stdout).toBe(`${place}\n`);
  });

  test.each([
    ["a machine for which there is no package", 'Object.defineProperty(process, "arch", { value: "riscv64" });'],
    [
      "Alpine, where the installed Node cannot be started",
      'const fs = require("node:fs"), { existsSync } = fs; fs.existsSync = (path) => !path.startsWith("/lib") && existsSync(path);',
    ],
  ])("%s is told to install one", async (_, more) => {
    expect(launch(await anOldNode("20.20.2", more), await anInstallation(), ["node"])).toEqual({
      status: 1,
      stdout: "",
      stderr: "Crier runs on Node 22.18 or newer and this is Node 20.20.2: install Node 24 from https://nodejs.org.\n",
    });
  });
});

test.each(nodes)("on %s a program that does not exist is named", async (_, nodeOf) => {
  const { status, stderr } = launch(await nodeOf(), await anInstallation(), ["no-such-program"]);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^no-such-program cannot be started: .*ENOENT\n$/)]);
});

test("every script runs its programs by the launcher", async () => {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const parts = Object.values<string>(scripts).flatMap((script) => script.split(" && "));
  expect(parts.filter((part) => !/^((exec )?node scripts\/(launch|crier)\.cjs|npm run --silent) /.test(part))).toEqual(
    [],
  );
  // The shell between npm and a program would not pass a signal on. Only the build of the package also runs in the shell
  // of Windows, which has no such command.
  const single = Object.entries<string>(scripts).filter(([, script]) => !script.includes(" && "));
  expect(single.flatMap(([name, script]) => (script.startsWith("exec ") ? [] : [name]))).toEqual(["package"]);
  const { app } = JSON.parse(await readFile(join(root, "cdk.json"), "utf8"));
  expect(app).toMatch(/^node scripts\/launch\.cjs node /);
});
