import { readdirSync, readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";

/** The package imports JSON without an attribute, which bundlers take and Node does not. */
const hooks = registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
});
const { validate } = await import("@actions/languageservice");
hooks.deregister();

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const trial = ".github/workflows/real-account.yml";
const files = [
  ...readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`),
  "examples/deploy.yml",
];

/** What GitHub's own parser of workflows finds wrong. `name`: it remembers each document by its address. */
const problemsOf = async (name: string, text: string): Promise<readonly string[]> => {
  const found = await validate(TextDocument.create(`file:///${encodeURIComponent(name)}.yml`, "yaml", 1, text));
  return found.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
};

test.each(files)("GitHub's parser finds nothing wrong in %s", async (path) => {
  expect(await problemsOf(path, read(path))).toEqual([]);
});

test.each([
  ["github.run_id", "github.run", "Context access might be invalid: run"],
  ["runs-on", "run-on", "Unexpected value 'run-on'"],
  ["17 4 * * 1", "17 4 * * 9", "Invalid cron expression"],
  ["id-token: write", "id-token: yes", "Unexpected value 'yes'"],
  ["cancel-in-progress: false", "cancel-in-progress: never", "'BooleanToken' was expected"],
])("GitHub's parser finds what is wrong where %j is %j", async (right, wrong, problem) => {
  const found = await problemsOf(wrong, read(trial).replace(right, wrong));
  expect(found.join("\n")).toContain(problem);
});
