import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { App, Stack } from "aws-cdk-lib";
import { afterAll, expect, test } from "vitest";
import { configFile, EntryPoint } from "../../infra/constructs/entry-point.ts";
import { config } from "../support/crier-config.ts";

const folder = await mkdtemp(join(tmpdir(), "crier-entry-point-"));
afterAll(() => rm(folder, { recursive: true }));

/** The function of the relay in an app that builds its bundle. */
const entryPoint = (context: Readonly<Record<string, string>>) => {
  const app = new App({ outdir: join(folder, "cdk.out"), context, builtinCloudFormationValidation: false });
  const stack = new Stack(app, "Stack");
  new EntryPoint(stack, "Relay", { name: "relay", environment: {}, permissions: [], logDays: 1 });
  return app;
};

test("the code of a function is its bundle with the source map and the notices of its libraries", async () => {
  const file = join(folder, "crier-config.json");
  await writeFile(file, JSON.stringify({ config }));
  // The entry point is synthesised for this machine, so that npm need not fetch sharp's libraries for another one.
  const { directory } = entryPoint({ [configFile]: file, sandbox: "http://127.0.0.1:1" }).synth();
  const files = await readdir(directory, { recursive: true });
  expect(
    files.filter((path) => path.startsWith("asset.") && path.includes("/")).map((path) => path.split("/")[1]),
  ).toEqual(["index.mjs", "index.mjs.LEGAL.txt", "index.mjs.map"]);
});

test("an app without a configuration fails with the command to run", () => {
  expect(() => entryPoint({})).toThrow("node infra/app.ts");
});

test("bundling without a configuration is refused", async () => {
  const bundling = promisify(execFile)(process.execPath, ["infra/bundling/bundle.ts"], {
    cwd: join(import.meta.dirname, "../.."),
  });
  await expect(bundling).rejects.toThrow(
    "Name the configuration's JSON file, the folder to write to, and arm64 or x64.",
  );
});
