import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { seedOfCommit } from "../support/drawn-seed.ts";
import { changedFiles, partedSuites, planSuites } from "./plan.ts";

const root = join(import.meta.dirname, "../..");

const whyOf = (suite: string, ...args: Parameters<typeof planSuites>): string | undefined =>
  planSuites(...args).find((one) => one.suite === suite)?.why;

test("a suite is whole where the landing changes a file that it judges, and else runs the part of the commit", () => {
  const changed = ["docs/start.md", "infra/stack.ts"];
  expect(whyOf("deploy", 1, changed)).toBe("whole: it judges infra/stack.ts, which has changed");
  expect(whyOf("peers", 0, changed)).toBe("by turn: shard 1 of 2");
  expect(whyOf("peers", 1, changed)).toBe("by turn: shard 2 of 2");
  expect(whyOf("deploy", 1, ["infrastructure.md"])).toBe("by turn: shard 2 of 2");
});

test("the unit tests run on one Node by turn, whatever has changed", () => {
  const nodes = [0, 1].map((number) => planSuites(number, ["scripts/launch.cjs"])[0]?.env.UNIT_TESTS_ON);
  expect(nodes).toEqual(["20.20.2", "22.18.0"]);
  expect(whyOf("machines", 1, undefined)).toBe("by turn: npm test on Node 22.18");
});

test("every suite is whole where that is asked for", () => {
  for (const { why, env, args } of planSuites(1, [], true))
    expect([why, env, args]).toEqual(["whole: PART=all", {}, []]);
});

test("a suite is whole where git does not know what has changed", () => {
  expect(whyOf("crash", 1, undefined)).toBe("whole: git does not know what has changed");
});

test("all that the plan names exists: suites, folders, and steps of .ci/run", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [, steps = ""] = /^steps=\((.*)\)$/m.exec(readFileSync(join(root, ".ci/run"), "utf8")) ?? [];
  for (const { suite, judges } of partedSuites) {
    expect(scripts).toHaveProperty([`test:${suite}`]);
    expect(steps.split(" ")).toContain(suite);
    expect(judges.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  }
});

test(".ci/run has a step for each suite that has a command, but for those on demand", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [, steps = ""] = /^steps=\((.*)\)$/m.exec(readFileSync(join(root, ".ci/run"), "utf8")) ?? [];
  const suites = Object.keys(scripts).flatMap((name) => (name.startsWith("test:") ? name.slice("test:".length) : []));
  expect(suites.filter((name) => !steps.split(" ").includes(name))).toEqual(["mutation"]);
});

/** A repository with a commit for each of the files, at these hours. */
const aRepository = (...commits: readonly (readonly [file: string, hour: number])[]): string => {
  const folder = mkdtempSync(join(tmpdir(), "crier-ci-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const git = (args: readonly string[], env = {}) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: "pipe",
    });
  git(["init", "--quiet"]);
  for (const [file, hour] of commits) {
    writeFileSync(join(folder, file), "");
    git(["add", "."]);
    git(["commit", "--quiet", "--no-verify", "-m", file], {
      GIT_COMMITTER_DATE: `2026-12-07T${String(hour).padStart(2, "0")}:00:00Z`,
    });
  }
  return folder;
};

test("a landing is the commits of the last hours before its own", () => {
  expect(changedFiles(aRepository(["old", 1], ["earlier", 12], ["last", 14]))).toEqual(["earlier", "last"]);
  expect(changedFiles(aRepository(["first", 12], ["last", 14]))).toBeUndefined();
  expect(changedFiles(tmpdir())).toBeUndefined();
});

test("a commit has one seed, and another commit has another one", () => {
  const [one, two] = [aRepository(["a", 1]), aRepository(["b", 1])];
  expect(seedOfCommit(one)).toBe(seedOfCommit(one));
  expect(seedOfCommit(one)).toBeGreaterThan(0);
  expect(seedOfCommit(two)).not.toBe(seedOfCommit(one));
  expect(seedOfCommit(tmpdir())).toBe(0);
});
