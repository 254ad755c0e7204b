import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** A machine as people have it: a Node with the npm that comes with it. */
interface Machine {
  readonly name: string;
  readonly node: string;
  readonly npm: "10.9.9" | "11.19.1";
  /** True if package.json has no Node for it, as for a Mac. */
  readonly isOther?: boolean;
  /** True if it runs the unit tests, too. */
  readonly isTested?: boolean;
}
const machines: readonly Machine[] = [
  { name: "Node 20 with npm 10", node: "20.20.2", npm: "10.9.9", isTested: true },
  { name: "Node 22 with npm 10", node: "22.23.5", npm: "10.9.9" },
  { name: "Node 22.18 alone", node: "22.18.0", npm: "10.9.9", isOther: true, isTested: true },
  { name: "Node 24 with npm 11", node: "24.22.3", npm: "11.19.1" },
  { name: "Node 26 alone", node: "26.12.1", npm: "11.19.1", isOther: true },
];
/** The Node whose machine runs the unit tests, where not each of the tested ones does. */
const { UNIT_TESTS_ON } = process.env;
const tested = machines.filter(
  ({ isTested, node }) => isTested === true && (UNIT_TESTS_ON === undefined || UNIT_TESTS_ON === node),
);
if (tested.length === 0) throw new Error(`UNIT_TESTS_ON=${UNIT_TESTS_ON} is the Node of no tested machine`);

const architecture = `${process.platform}-${process.arch}`;
const nodePackage = `node-${architecture}`;

/** The suite makes this user if root runs it, because root could write files that others cannot. */
const user = "crier-test";
const isRoot = process.getuid?.() === 0;

let folder: string;
let tools: string;
/** The npm settings of the user who runs the suite: how npm reaches the registry. */
let settings: Readonly<Record<string, string>>;

const installTools = async () => {
  const aliases = [
    ...machines.map(({ node }) => `node-${node}@npm:${nodePackage}@${node}`),
    ...new Set(machines.map(({ npm }) => `npm-${npm}@npm:npm@${npm}`)),
  ];
  await mkdir(tools);
  await run("npm", ["install", "--prefix", tools, "--ignore-scripts", "--no-audit", "--no-fund", ...aliases]);
};

/** A folder for PATH, as an installer of Node makes one. */
const binFolder = async ({ node, npm }: Machine) => {
  const bin = join(tools, "bin", `${node} ${npm}`);
  await mkdir(bin, { recursive: true });
  await symlink(join(tools, `node_modules/node-${node}/bin/node`), join(bin, "node"));
  for (const name of ["npm", "npx"])
    await symlink(join(tools, `node_modules/npm-${npm}/bin/${name}-cli.js`), join(bin, name));
  return bin;
};

/**
 * Copies what the user of this suite has downloaded: `npm ci` of each machine then has little to load. It is a copy,
 * because npm writes into its cache, and other users may not write into that of root.
 */
const copyCache = async (cache: string) => {
  await mkdir(cache);
  const { stdout } = await run("npm", ["config", "get", "cache"]);
  await run("cp", ["-r", join(stdout.trim(), "_cacache"), cache]).catch(() => undefined);
};

/** All files of the checkout that git knows, in a path that asks for quotes, owned by the user. */
const checkOut = async (name: string) => {
  const place = join(folder, "Über uns", name);
  await mkdir(place, { recursive: true });
  const script =
    'git ls-files --cached --others --exclude-standard | tar cf - --ignore-failed-read -T - | tar xf - -C "$0"';
  await run("sh", ["-c", script, place], { cwd: root });
  return place;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-machines-"));
  tools = join(folder, "tools");
  const { stdout } = await run("npm", ["config", "get", "registry", "cafile"]);
  const of = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(stdout)?.[1] ?? "";
  settings = {
    npm_config_registry: of("registry"),
    ...(["", "null"].includes(of("cafile")) ? {} : { npm_config_cafile: of("cafile") }),
    npm_config_cache: join(folder, "npm-cache"),
    npm_config_update_notifier: "false",
  };
  const cache = join(folder, "npm-cache");
  await Promise.all([installTools(), copyCache(cache)]);
  if (isRoot) {
    execFileSync("sh", ["-c", `id ${user} >/dev/null 2>&1 || useradd --create-home ${user}`]);
    await chmod(folder, 0o755);
    await run("chown", ["-R", user, cache]);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const aMachine = async (machine: Machine) => {
  const bin = await binFolder(machine);
  const place = await checkOut(machine.node);
  const home = join(folder, "homes", machine.node);
  await mkdir(home, { recursive: true });
  if (isRoot) await run("chown", ["-R", user, place, home]);
  const env = { HOME: home, PATH: [bin, "/usr/bin", "/bin"].join(":"), CI: "true", NO_COLOR: "1", ...settings };
  const [file, ...before] = isRoot ? ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups"] : ["env"];
  const command = (args: readonly string[]) => [file ?? "", [...before, ...args], { cwd: place, env }] as const;
  return {
    place,
    home,
    run: async (...args: string[]) => {
      const [program, rest, options] = command(args);
      return run(program, rest, { ...options, maxBuffer: 100_000_000 });
    },
    start: (...args: string[]) => {
      const [program, rest, options] = command(args);
      return spawn(program, rest, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    },
  };
};

/**
 * Runs `npm start` until it is ready, and keeps its output. `end` sends SIGTERM and resolves when none of its processes
 * is left.
 */
const started = async (machine: Awaited<ReturnType<typeof aMachine>>) => {
  const child = machine.start("npm", "start", "--silent", "--", "--port", "0", "--data", join(machine.home, "data"));
  const exit = once(child, "exit");
  const closed = once(child, "close");
  const printed: string[] = [];
  const ready = Promise.withResolvers<string>();
  const read = (line: string) => {
    printed.push(line);
    const url = /^ready on (\S+)/.exec(line)?.[1];
    if (url !== undefined) ready.resolve(url);
  };
  createInterface(child.stdout).on("line", read);
  createInterface(child.stderr).on("line", read);
  void exit.then(() => ready.reject(new Error(printed.join("\n"))));
  const url = await ready.promise;
  return {
    url,
    printed,
    end: async (): Promise<unknown> => {
      child.kill("SIGTERM");
      const [code] = await exit;
      await closed;
      return code;
    },
  };
};

const text = async (url: string) => {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
};

const installed = new Map<Machine, Awaited<ReturnType<typeof aMachine>>>();

describe.concurrent.each(machines)("$name, for an ordinary user", (machine) => {
  test("runs the README's two commands", async ({ expect, onTestFinished }) => {
    const here = await aMachine(machine);
    await here.run("npm", "ci");
    installed.set(machine, here);
    if (machine.isOther) await rm(join(here.place, "node_modules", nodePackage), { recursive: true });

    const crier = await started(here);
    onTestFinished(async () => {
      await crier.end();
    });
    const { url, printed } = crier;
    const other = expect.stringMatching(/^ {2}node {6}\S+; Crier is tested on \S+$/);
    const pinned = expect.not.stringMatching(/^ {2}node /);
    expect(printed.slice(0, -1)).toEqual(
      machine.isOther ? expect.arrayContaining([other]) : printed.slice(0, -1).map(() => pinned),
    );
    expect(printed.join("\n")).not.toMatch(/warning|deprecat|experimental/i);

    const command = printed.find((line) => /^ *printf /.test(line)) ?? "";
    await here.run("sh", "-c", command);
    await expect.poll(() => text(`${url}sandbox`), { timeout: 60_000 }).toContain("Hello");
    for (const file of ["", "feed.xml", "atom.xml", "feed.json"])
      await expect.poll(() => text(`${url}${file}`), { timeout: 60_000 }).toMatch(/^200 .*Hello/s);

    expect(await crier.end()).toBe(0);
    expect((await readdir(join(here.home, "data"))).filter((name) => /pid|wal/.test(name))).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();

    const npx = await here.run("npx", "crier", "--version");
    expect(npx).toEqual({ stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
  });
});

const reportSchema = z.object({ numPassedTests: z.number() });

/** The end of what a program printed, which says why it failed. */
const endOfOutput = (error: unknown): string => {
  const { stderr, stdout } = z.object({ stderr: z.string(), stdout: z.string() }).parse(error);
  return [stderr, stdout].map((text) => text.trim().split("\n").slice(-30).join("\n")).join("\n\n");
};

test.each(tested)("npm test passes on $name, for an ordinary user", async (machine) => {
  const here = installed.get(machine);
  if (here === undefined) return expect.fail("npm ci failed");
  const file = join(here.home, "report.json");
  const { REPORTS } = process.env;
  const options = ["--coverage", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  // Too little coverage fails it, too.
  const failure = await here.run("npm", "test", "--", ...options).then(() => undefined, endOfOutput);
  // `.ci/run` counts these tests, and names those that failed.
  if (REPORTS !== undefined) await copyFile(file, join(REPORTS, `machines.unit-on-${machine.node}.json`));
  if (failure !== undefined) expect.fail(`npm test failed:\n${failure}`);
  expect(reportSchema.parse(JSON.parse(await readFile(file, "utf8"))).numPassedTests).toBeGreaterThan(10_000);
});
