import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isWebhookSecret } from "../../src/outside/webhook-signature.ts";
import { anAws } from "../support/aws-double.ts";
import { awsEnvironment, signIn } from "../support/aws-environment.ts";
import { crier } from "../support/terminal.ts";

const name = "/crier/production/sites/blog/webhook";
const blog = { id: "blog", title: "A Blog", url: "https://blog.example.com/" };

let folder = "";
let aws: Awaited<ReturnType<typeof anAws>>;
const configure = (sites: readonly object[]) =>
  writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify({ sites })};\n`);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-webhook-"));
  await configure([
    { ...blog, webhook: { url: "https://blog.example.com/hook" } },
    { ...blog, id: "notes", url: "https://n.example/" },
  ]);
  aws = await anAws();
  signIn(awsEnvironment(aws));
  // The stack writes it.
  aws.parameters.set("/crier/production/storage", "{}");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const secret = (...flags: readonly string[]) => crier(["webhook-secret", ...flags], { folder });

test("a webhook without a secret gets one that Standard Webhooks takes", async () => {
  const done = await secret();
  expect(done).toMatchObject({ code: 0, err: expect.stringContaining(`${name} in us-east-1. This secret is new`) });
  expect(isWebhookSecret(done.out.trim())).toBe(true);
  expect(aws.parameters.get(name)).toBe(done.out.trim());
  expect((await secret()).out).toBe(done.out);
  expect((await secret("--rotate", "--json")).json()).toMatchObject({
    result: "rotated",
    site: "blog",
    parameter: name,
  });
  expect(aws.parameters.get(name)).not.toBe(done.out.trim());
});

test.each([
  [["--site", "notes"], "the site notes has no webhook"],
  [["--site", "elsewhere"], 'there is no site "elsewhere": use blog, notes'],
])("with %j nothing is written", async (flags, problem) => {
  expect(await secret(...flags)).toMatchObject({ code: 2, out: "", err: expect.stringContaining(problem) });
  expect(aws.requests).toEqual([]);
});
