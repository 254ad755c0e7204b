import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { describeRun } from "./report.ts";

/** A folder with the files that the steps of a run have written. */
const resultsOf = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), "crier-ci-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};

const step = (name: string, code: number, time: string, log = ""): Readonly<Record<string, string>> => ({
  [`${name}.code`]: `${code}\n`,
  [`${name}.time`]: `${time}\n`,
  [`${name}.log`]: log,
});

interface FakeTest {
  readonly name: string;
  readonly failure?: string;
}

const vitestReport = (file: string, tests: readonly FakeTest[], message = ""): string => {
  const failed = tests.filter(({ failure }) => failure !== undefined);
  return JSON.stringify({
    numPassedTests: tests.length - failed.length,
    numFailedTests: failed.length,
    testResults: [
      {
        name: resolve(file),
        status: failed.length > 0 || message !== "" ? "failed" : "passed",
        message,
        assertionResults: tests.map(({ name, failure }) => ({
          fullName: name,
          status: failure === undefined ? "passed" : "failed",
          failureMessages: failure === undefined ? [] : [failure],
        })),
      },
    ],
  });
};

test("a green run shows the seconds of each step, the dearest first, and then the number of tests", () => {
  const folder = resultsOf({
    ...step("peers", 0, "100.4 60.0 1.5"),
    "peers.json": vitestReport("test/peers/a.test.ts", [{ name: "one" }, { name: "two" }]),
    ...step("machines", 0, "90.0 200.0 10.0"),
    "machines.json": vitestReport("test/machines/a.test.ts", [{ name: "three" }]),
    "machines.unit-on-24.21.0.json": vitestReport("test/app/a.test.ts", [{ name: "four" }]),
    ...step("docker", 0, "0.1 0.0 0.0"),
    "docker.skipped": "there is no docker\n",
    plan: "machines\tby turn\n",
  });
  const { text, hasFailed } = describeRun(folder, 191);
  expect(hasFailed).toBe(false);
  expect(text).toMatchInlineSnapshot(`
    "step           wall s  CPU s
    machines           90    210  passed
    peers             100     62  passed
    docker              0      0  skipped: there is no docker
    the whole run     191    272

    4 passed, 0 failed"
  `);
});

test("a red run begins with each failed test of each step, and the first lines of its reason", () => {
  const folder = resultsOf({
    ...step("deploy", 1, "1 1 1"),
    "deploy.json": vitestReport("test/deploy/a.test.ts", [{ name: "it deploys", failure: "expected 1\nto be 2" }]),
    ...step("machines", 1, "1 1 1"),
    "machines.json": vitestReport("test/machines/a.test.ts", [{ name: "npm test passes", failure: "it failed" }]),
    "machines.unit-on-24.21.0.json": vitestReport("test/app/b.test.ts", [{ name: "it posts", failure: "twice" }]),
    ...step("peers", 0, "1 1 1"),
  });
  const { text, hasFailed } = describeRun(folder, 3);
  expect(hasFailed).toBe(true);
  expect(text.split("\nstep")[0]).toMatchInlineSnapshot(`
    "FAILED test/deploy/a.test.ts > it deploys
      expected 1
      to be 2

    FAILED test/machines/a.test.ts > npm test passes
      it failed

    FAILED test/app/b.test.ts > it posts
      twice
    "
  `);
  expect(text).toMatch(/^deploy .* FAILED\nmachines .* FAILED\npeers .* passed$/m);
  expect(text).toMatch(/\n0 passed, 3 failed$/);
});

test("a file that cannot be loaded is named with its error", () => {
  const folder = resultsOf({
    ...step("peers", 1, "1 1 1"),
    "peers.json": vitestReport("test/peers/a.test.ts", [], "Cannot find module 'b'"),
  });
  expect(describeRun(folder, 1).text).toMatch(/^FAILED test\/peers\/a\.test\.ts\n {2}Cannot find module 'b'\n/);
});

test.each([
  ["whose tests passed", { "peers.json": vitestReport("test/peers/a.test.ts", [{ name: "one" }]) }],
  ["that wrote no report", {}],
])("a failed step %s shows the end of its log", (_, report) => {
  const log = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`).join("\n");
  const { text, hasFailed } = describeRun(resultsOf({ ...step("peers", 1, "1 1 1", log), ...report }), 1);
  expect(hasFailed).toBe(true);
  expect(text).toMatch(/^FAILED peers\n {2}line 61\n(?: {2}line \d+\n){38} {2}line 100\n/);
});

test("a run without a step has failed", () => {
  expect(describeRun(resultsOf({}), 1).hasFailed).toBe(true);
});
