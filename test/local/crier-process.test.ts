import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anAws } from "../support/aws-double.ts";
import { awsEnvironment } from "../support/aws-environment.ts";
import { config } from "../support/machine.ts";

const canary = "canary-83ab1e";
const main = join(import.meta.dirname, "../../src/cli/crier.ts");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-main-"));
  await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(config)};\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const { NODE_COMPILE_CACHE = "" } = process.env;

/** Runs the command as a process with only these variables, and the compiled code of others. */
const crier = (args: readonly string[], env: Readonly<Record<string, string>>, input = "") =>
  new Promise<{ readonly code: unknown; readonly out: string; readonly err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { cwd: folder, env: { ...env, NODE_COMPILE_CACHE } },
      (_, out, err) => resolve({ code: child.exitCode, out, err }),
    );
    child.stdin?.end(input);
  });

test("accounts set sends a secret from standard input to AWS and never shows it", async () => {
  const aws = await anAws();
  aws.parameters.set("/crier/production/storage", "{}");
  const done = await crier(
    ["accounts", "set", "mastodon", "--stage", "production"],
    awsEnvironment(aws),
    JSON.stringify({ accessToken: canary }),
  );
  expect(done).toMatchObject({ code: 0, err: "" });
  expect(aws.parameters.get("/crier/production/accounts/mastodon")).toContain(canary);
  expect(done.out).not.toContain(canary);
});

test("accounts set ends with 1 and does not show the secret that AWS quotes in its refusal", async () => {
  const aws = await anAws();
  aws.parameters.set("/crier/production/storage", "{}");
  aws.passOne();
  aws.answerNext(400, "ValidationException", "json");
  const done = await crier(
    ["accounts", "set", "mastodon", "--stage", "production"],
    awsEnvironment(aws),
    JSON.stringify({ accessToken: canary }),
  );
  expect(done).toMatchObject({ code: 1, out: "", err: expect.stringContaining("ValidationException") });
  expect(done.err).not.toContain(canary);
});

test("token prints nothing but the token on standard output", async () => {
  const aws = await anAws();
  aws.parameters.set("/crier/production/storage", "{}");
  const done = await crier(["token"], awsEnvironment(aws));
  expect(done.out).toBe(`${aws.parameters.get("/crier/production/token")}\n`);
});

test("sandbox prints the addresses and the credentials, and serves until it is ended", async () => {
  const started = spawn(process.execPath, [main, "sandbox", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let url: string | undefined;
  const lines: string[] = [];
  for await (const line of createInterface(started.stdout)) {
    lines.push(line);
    url ??= /http:\S+(?=\/sandbox;)/.exec(line)?.[0];
    if (line.startsWith("  secret ")) break;
  }
  expect(lines).toContain("  accessToken sandbox-mastodon");
  expect((await fetch(`${url}/sandbox/posts.json`)).status).toBe(200);
  started.kill();
  await once(started, "exit");
});

test("a signal in the middle of a start ends Crier with its data folder closed", async () => {
  const args = [join(import.meta.dirname, "../../src/runtimes/local/main.ts"), "--port", "0", "--content", "."];
  const start = () => spawn(process.execPath, args, { cwd: folder, env: { NODE_COMPILE_CACHE } });
  const first = start();
  const ended = once(first, "exit");
  const isOpen = () => existsSync(join(folder, ".crier/crier.db"));
  await expect.poll(isOpen, { interval: 1, timeout: 15_000 }).toBe(true);
  first.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);

  const second = start();
  const secondEnded = once(second, "exit");
  const lines: string[] = [];
  for await (const line of createInterface(second.stdout)) {
    lines.push(line);
    if (line.startsWith("ready on ")) second.kill("SIGINT");
  }
  expect(lines.join("\n")).not.toContain("did not end");
  expect(await secondEnded).toEqual([0, null]);
});
