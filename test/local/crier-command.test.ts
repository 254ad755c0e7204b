import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const { bin, version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const command = join(root, bin.crier);

const isOld = (node: string): boolean => {
  const { stdout = "" } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return /^v(?:1\d|20|21|22\.(?:\d|1[0-7]))\./.test(stdout ?? "");
};
const oldNode = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .find(isOld);

/** Node 24 that says it is Node 20 to the first file that it runs: as a stand-in where no old Node is on the machine. */
let pretender: readonly string[];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-bin-"));
  const preload = join(folder, "pretend.cjs");
  await writeFile(preload, 'Object.defineProperty(process.versions, "node", { value: "20.20.2" });');
  pretender = [process.execPath, "--require", preload];
});
afterAll(() => rm(folder, { recursive: true }));

/** What every command needs: the engine of the command line, and the schemas of the API. */
const loading = ["commander", "zod"]
  .map((name) => `await import(${JSON.stringify(import.meta.resolve(name))});`)
  .join("");

/** The seconds of CPU of a run of Node and of all that it starts. */
const cpuOf = (args: readonly string[]): number => {
  const { PATH } = process.env;
  const env = { HOME: folder, PATH, CRIER_URL: "http://127.0.0.1:1", CRIER_TOKEN: "x" };
  const script = '"$0" "$@" >/dev/null 2>&1; times';
  const { stdout } = spawnSync("sh", ["-c", script, process.execPath, ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  const [user, system] = [...(stdout.split("\n")[1] ?? "").matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return (user ?? Number.NaN) + (system ?? Number.NaN);
};

const runs = (
  [node = "", ...flags]: readonly string[],
  args: readonly string[],
  { file = command, cwd = folder, input = "", url = "http://127.0.0.1:1" } = {},
) => {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { HOME: folder, PATH, NODE_COMPILE_CACHE, CRIER_TOKEN: "x", ...(url !== "" && { CRIER_URL: url }) };
  const { status, stdout, stderr } = spawnSync(node, [...flags, file, ...args], { cwd, env, input, encoding: "utf8" });
  return { status, stdout, stderr };
};

const oldNodes = [
  ["a Node that says it is old", () => pretender],
  ...(oldNode === undefined ? [] : [["the old Node of this machine", () => [oldNode]] as const]),
] as const;

/** npm brings no Node of its own to a Mac. */
const isMac = process.platform === "darwin";
const nodes = [["Node 24", () => [process.execPath]], ...(isMac ? [] : oldNodes)] as const;

describe.each(nodes)("crier on %s", (_, node) => {
  test("tells its version, in any folder", () => {
    const told = runs(node(), ["--version"], { cwd: join(root, "docs") });
    expect(told).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("can be run by a link to it, and passes on arguments, standard input and the exit code", async () => {
    const link = join(folder, `crier-${Math.random()}`);
    await symlink(command, link);
    expect(runs(node(), ["frob nicate"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("unknown command 'frob nicate'"),
    });
    const own = { file: link, cwd: root, input: "not JSON", url: "" };
    expect(runs(node(), ["accounts", "set", "mastodon"], own)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("standard input"),
    });
  });
});

test.each(oldNodes)("crier on %s says in one sentence what to do where no Node 24 was installed", async (_, node) => {
  const bare = join(folder, `bare-${Math.random()}`);
  await cp(join(root, "scripts"), join(bare, "scripts"), { recursive: true });
  const { status, stdout, stderr } = runs(node(), ["list"], { file: join(bare, bin.crier) });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^Crier runs on Node 22\.18 or newer and this is Node \d+\.\d+\.\d+: run `cd '.*' && npm ci /);
});

// On a Mac no other Node is started: see `isMac`.
test.skipIf(isMac)("crier passes a signal on to the Node that it started, and ends by it", async () => {
  const asked = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const silent = createServer((request) => {
    request.socket.on("close", closed.resolve);
    asked.resolve();
  });
  await new Promise<void>((settle) => silent.listen(0, "127.0.0.1", settle));
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : "";
  const [node = "", ...flags] = pretender;
  const child = spawn(node, [...flags, command, "list"], {
    env: { CRIER_URL: `http://127.0.0.1:${port}`, CRIER_TOKEN: "x" },
    stdio: "ignore",
  });
  const ended = new Promise((settle) => child.on("exit", (code, signal) => settle([code, signal])));
  await asked.promise;
  child.kill("SIGTERM");
  expect(await ended).toEqual([null, "SIGTERM"]);
  await closed.promise;
  silent.close();
});

// Commands of each kind; test/cli/loaded-for-help.test.ts has what is loaded for all of them.
test.each(["list", "accounts set", "export", "deploy"])(
  "%s answers --help and a usage error with less than five times the CPU of loading its libraries",
  (name) => {
    const words = name.split(" ");
    // A run is counted in hundredths of a second, of which it takes few: several rounds are added. What else the machine
    // does slows a round, and further ones correct that.
    const cpu = { libraries: 0, help: 0, nonsense: 0 };
    const ratio = (): number => Math.max(cpu.help, cpu.nonsense) / cpu.libraries;
    for (let round = 0; round < 4 || (round < 16 && ratio() >= 5); round += 1) {
      cpu.libraries += cpuOf(["--input-type=module", "-e", loading]);
      cpu.help += cpuOf([command, ...words, "--help"]);
      cpu.nonsense += cpuOf([command, ...words, "--nonsense"]);
    }
    expect(ratio()).toBeLessThan(5);
  },
);

test("a reader that ends before it has read all, as head does, ends the command without a word", async () => {
  const child = spawn(process.execPath, [command, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  const [code] = await once(child, "close");
  expect([code, err]).toEqual([0, ""]);
});
