import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { canary, planted } from "./planted-environment.ts";

const root = join(import.meta.dirname, "../..");
const assembly = await mkdtemp(join(tmpdir(), "crier-canary-"));
afterAll(() => rm(assembly, { recursive: true }));

test("no variable of the deploying environment is in a template", async () => {
  await promisify(execFile)(process.execPath, [join(root, "infra/app.ts")], {
    cwd: root,
    env: {
      ...process.env,
      ...planted,
      CDK_OUTDIR: assembly,
      // test/local/bundles.test.ts looks at the bundles, cloudformation-schemas.test.ts at CloudFormation's schemas.
      CDK_CONTEXT_JSON: JSON.stringify({ "aws:cdk:bundling-stacks": [] }),
      CDK_VALIDATION: "false",
    },
    maxBuffer: 32 * 1024 * 1024,
  });
  const files = await readdir(assembly, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => ({ name: file.name, text: await readFile(join(file.parentPath, file.name), "utf8") })),
  );
  expect(texts.map(({ name }) => name)).toContain("Crier-production.template.json");
  expect(texts.filter(({ text }) => text.includes(canary)).map(({ name }) => name)).toEqual([]);
}, 60_000);

test("a configuration or stage that is not valid ends the app with 1 and only the lines about it", () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "infra/app.ts")], {
    encoding: "utf8",
    env: { ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify({ stage: "Live" }) },
  });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^The stage "Live" is not a valid name: .*\n$/)]);
});
