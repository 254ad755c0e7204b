import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { drawnSeed } from "../support/drawn-seed.ts";

/** One of the parts of a suite. A landing runs one of them, and the next landing perhaps another one. */
interface Part {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

interface PartedSuite {
  readonly suite: string;
  readonly parts: readonly Part[];
  /** Folders and files: a landing that changes one of them runs the whole suite. */
  readonly judges: readonly string[];
}

const shard = (number: number, count: number): Part => ({
  name: `shard ${number} of ${count}`,
  args: [`--shard=${number}/${count}`],
});

/** The suites that run part by part. `.ci/run` runs every other suite whole. */
export const partedSuites: readonly PartedSuite[] = [
  {
    suite: "machines",
    parts: [
      { name: "npm test on Node 24", env: { UNIT_TESTS_ON: "20.20.2" } },
      { name: "npm test on Node 22.18", env: { UNIT_TESTS_ON: "22.18.0" } },
    ],
    judges: [],
  },
  {
    suite: "deploy",
    parts: [shard(1, 2), shard(2, 2)],
    judges: [
      "infra",
      "functions",
      "create",
      "src/aws-account",
      "src/runtimes/lambda",
      "test/deploy",
      "test/real-account",
    ],
  },
  {
    suite: "crash",
    parts: [
      { name: "every other network, from the first", env: { HALF: "1" } },
      { name: "every other network, from the second", env: { HALF: "2" } },
    ],
    judges: ["src/app/deliver", "src/store", "test/crash"],
  },
  {
    suite: "peers",
    parts: [shard(1, 2), shard(2, 2)],
    judges: ["src/networks", "src/feeds", "test/contract", "test/peers"],
  },
];

export interface PlannedSuite {
  readonly suite: string;
  readonly why: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

const isBelow = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

/** Plans the parted suites for a commit. `changed` is undefined where git cannot say which files the landing changes. */
export const planSuites = (
  number: number,
  changed: readonly string[] | undefined,
  all = false,
): readonly PlannedSuite[] =>
  partedSuites.map(({ suite, parts, judges }) => {
    const whole = { suite, env: {}, args: [] };
    if (all) return { ...whole, why: "whole: PART=all" };
    if (changed === undefined && judges.length > 0)
      return { ...whole, why: "whole: git does not know what has changed" };
    const reason = changed?.find((file) => judges.some((folder) => isBelow(file, folder)));
    if (reason !== undefined) return { ...whole, why: `whole: it judges ${reason}, which has changed` };
    const { name, env = {}, args = [] } = parts[number % parts.length] ?? { name: "whole" };
    return { suite, why: `by turn: ${name}`, env, args };
  });

/** A landing consists of the commits of this many hours. The commit alone decides it: each clone comes to the same parts. */
const hoursOfLanding = 4;

/** Returns the files that the landing changes, or undefined where git knows no earlier commit. */
export const changedFiles = (folder: string): readonly string[] | undefined => {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const end = Number(git("log", "-1", "--format=%ct"));
    const base = git("rev-list", "-1", `--before=${end - hoursOfLanding * 3600}`, "HEAD");
    return base === "" ? undefined : git("diff", "--name-only", `${base}..HEAD`).split("\n");
  } catch {
    return undefined;
  }
};

/** Prints a line for each parted suite, with bars between its name, the reason, its variables and its arguments. */
if (import.meta.main) {
  const { PART } = process.env;
  const number = PART === undefined || PART === "all" ? drawnSeed : Number(PART);
  console.error(`SEED=${drawnSeed} repeats what the suites draw, PART=${number} the parts`);
  for (const { suite, why, env, args } of planSuites(
    number,
    changedFiles(join(import.meta.dirname, "../..")),
    PART === "all",
  )) {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    console.log([suite, why, variables.join(" "), args.join(" ")].join("|"));
  }
}
