import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { App, Stack } from "aws-cdk-lib";
import { afterAll, expect, test } from "vitest";
import { EntryPoint } from "../../infra/constructs/entry-point.ts";
import type { Config } from "../../src/config.ts";
import { config } from "../support/crier-config.ts";

const folder = await mkdtemp(join(tmpdir(), "crier-entry-point-"));
afterAll(() => rm(folder, { recursive: true }));

/** A stack with the function of the relay. The app builds its bundle. */
const relayIn = (app: App, id: string, config: Config): void => {
  new EntryPoint(new Stack(app, id), "Relay", { name: "relay", config, environment: {}, permissions: [], logDays: 1 });
};

test("the code of a function is its bundle with the configuration and the source map", async () => {
  const app = new App({ outdir: join(folder, "cdk.out"), builtinCloudFormationValidation: false });
  relayIn(app, "One", config);
  relayIn(app, "Other", { ...config, accounts: [] });
  const { directory } = app.synth();
  const assets = (await readdir(directory)).filter((name) => name.startsWith("asset."));
  const modules = await Promise.all(
    assets.map(async (asset) => {
      expect((await readdir(join(directory, asset))).toSorted()).toEqual(["config.mjs", "index.mjs", "index.mjs.map"]);
      return import(join(directory, asset, "config.mjs"));
    }),
  );
  // Two configurations are two assets of one build.
  const accounts = modules.map((one): number => one.config.accounts.length);
  expect(accounts.toSorted()).toEqual([0, 1]);
});

test("bundling without a folder is refused", async () => {
  const bundling = promisify(execFile)(process.execPath, ["infra/bundling/bundle.ts"], {
    cwd: join(import.meta.dirname, "../.."),
  });
  await expect(bundling).rejects.toThrow("Name the folder to write the bundles to.");
});
