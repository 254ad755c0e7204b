import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import example from "../../crier.config.ts";
import { loadConfig } from "../../src/config.ts";
import { networks } from "../../src/networks/index.ts";
import { variablesOf } from "../../src/runtimes/local/environment-secrets.ts";

const canary = "canary-7f3a9c";
const root = join(import.meta.dirname, "../..");
const assembly = await mkdtemp(join(tmpdir(), "crier-canary-"));
afterAll(() => rm(assembly, { recursive: true }));

const variables = loadConfig(example).accounts.flatMap((account) => Object.values(variablesOf(account, networks)));

test("what stands in the environment of who deploys comes into no template and no bundle", async () => {
  const planted = Object.fromEntries(["CRIER_TOKEN", ...variables].map((name) => [name, canary]));
  await promisify(execFile)(process.execPath, [join(root, "infra/app.ts")], {
    cwd: root,
    env: { ...process.env, ...planted, CDK_OUTDIR: assembly },
    maxBuffer: 32 * 1024 * 1024,
  });
  const files = await readdir(assembly, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => ({ name: file.name, text: await readFile(join(file.parentPath, file.name), "utf8") })),
  );
  expect(texts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["Crier-production.template.json", "index.mjs"]),
  );
  expect(texts.filter(({ text }) => text.includes(canary)).map(({ name }) => name)).toEqual([]);
}, 180_000);
