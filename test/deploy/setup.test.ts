import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import * as z from "zod";
import { deployedFrom } from "./cdk.ts";
import { cdnOf } from "./cdn.ts";
import { aClone } from "./clone.ts";
import { anAccount, type Deployment, inhabit } from "./deployment.ts";
import { serveEdge } from "./edge-server.ts";
import { stepwise } from "./steps.ts";
import { terminalSession } from "./terminal-session.ts";

const { step, table } = stepwise(() => account.emulator.printed());
const readme = join(import.meta.dirname, "../../README.md");
const recorded = /(?<=<!-- setup -->\n```console\n)[\s\S]*?(?=```\n<!-- \/setup -->)/;

let account: Deployment;
let edge: Awaited<ReturnType<typeof serveEdge>>;
let clone = "";
let env: NodeJS.ProcessEnv = {};

/** The account, with the stack that `crier setup` has deployed. */
const deployed = (): Deployment => {
  const { aws, cdk } = account;
  return { ...account, cdk: deployedFrom(cdk, cdk.stack, { assembly: join(clone, "cdk.out"), outputs: aws.outputs }) };
};

beforeAll(async () => {
  account = await anAccount();
  clone = await aClone(account.emulator.folder);
  edge = await serveEdge(async () => cdnOf(deployed(), await inhabit(deployed())));
  env = {
    ...account.emulator.env,
    NODE_OPTIONS: `--import ${join(import.meta.dirname, "to-edge.mjs")}`,
    CHECK_EDGE: edge.url,
    TZ: "Europe/Berlin",
  };
});

afterAll(async () => {
  table();
  edge?.stop();
  await account?.stop();
});

const Failed = z.object({ stdout: z.string(), stderr: z.string() });

/** All that a command printed, and whether it was done. Nobody is there to be asked. */
const crier = async (args: readonly string[], variables: NodeJS.ProcessEnv = {}) => {
  const options = { cwd: clone, env: { ...env, ...variables }, maxBuffer: 32 * 1024 * 1024 };
  try {
    const running = promisify(execFile)("npx", ["crier", ...args], options);
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    return { done: true, printed: stdout + stderr };
  } catch (error) {
    const { stdout, stderr } = Failed.parse(error);
    return { done: false, printed: stdout + stderr };
  }
};

const emulate = (query: string) => fetch(`${account.emulator.endpoint}/emulator/account?${query}`);

/** What differs from run to run: the names that AWS gives, and what the CDK prints. */
const stable = (session: string): string =>
  session
    .replaceAll(/(?: {2}\| .*\n)+/g, "  | … what the CDK prints\n")
    .replaceAll(/[a-z0-9]{10,}\.cloudfront\.net/g, "d111111abcdef8.cloudfront.net")
    .replaceAll(/(?<=s3:\/\/)\S+(?=\/)/g, "UPLOAD_BUCKET")
    .replaceAll(/(?<=--table-name )\S+/g, "TABLE")
    .replaceAll(/(?<= as )arn:aws:\S+/g, "arn:aws:iam::123456789012:user/ada");

step("credentials that have expired are named before anything else", async () => {
  const { done, printed } = await crier(["deploy", "--yes"], { AWS_ACCESS_KEY_ID: "ASIAEXPIRED000000000" });
  expect(done).toBe(false);
  expect(printed).toContain("crier: AWS does not accept the credentials (ExpiredToken): sign in again");
  return printed.trim();
});

step(
  "a region that is not bootstrapped, and a quota of 10 functions, are named before CloudFormation starts",
  async () => {
    await emulate("executions=10");
    const { done, printed } = await crier(["deploy"]);
    expect(done).toBe(false);
    expect(printed).toContain("us-east-1 is not prepared for the CDK (no parameter /cdk-bootstrap/hnb659fds/version)");
    expect(printed).toContain("run npx cdk bootstrap, once per AWS account and region");
    expect(await account.aws.stacks()).toEqual([]);
    return printed.trim();
  },
);

step("a stage name of 40 characters is named by the command and by the CDK's app", async () => {
  const stage = "s".repeat(40);
  const { printed } = await crier(["deploy", "--stage", stage]);
  expect(printed).toContain("at most 31 characters");
  const synth = promisify(execFile)("npx", ["cdk", "deploy", "-c", `stage=${stage}`], { cwd: clone, env });
  await expect(synth).rejects.toThrow(/at most 31 characters/);
  return "at most 31 characters, twice";
});

step(
  "npx crier setup in a terminal leads from a fresh clone to a post in the feeds, as the README shows it",
  async () => {
    const session = await terminalSession("npx crier setup", {
      cwd: clone,
      env,
      answers: [
        { question: "Title of the site", answer: "Ada's Blog" },
        { question: "Its address", answer: "https://blog.ada.example/" },
        { question: "Its time zone", answer: "" },
        { question: "Networks to post to", answer: "mastodon" },
        { question: "Server of mastodon", answer: "" },
        { question: "Prepare it now", answer: "" },
        { question: "Deploy Crier-production", answer: "" },
        { question: "Connect mastodon now", answer: "no" },
      ],
    });
    const shown = `$ npx crier setup\n${stable(session)}`;
    const text = await readFile(readme, "utf8");
    if (process.env.RECORD !== undefined)
      await writeFile(
        readme,
        text.replace(recorded, () => shown),
      );
    else expect(shown).toBe(recorded.exec(text)?.[0]);
    const stack = await inhabit(deployed());
    expect(await stack.titles()).toEqual(["Hello"]);
    return `${shown.split("\n").length} lines`;
  },
);

step("run again, it finds everything done", async () => {
  const { done, printed } = await crier(["setup", "--yes"]);
  expect([done, printed]).toEqual([true, expect.stringContaining("crier.config.ts is kept: Ada's Blog")]);
  for (const line of [
    "Crier-production is there (CREATE_COMPLETE)",
    "(no changes)",
    "read: /crier/production/token",
    "there already: ",
  ])
    expect(printed).toContain(line);
  return "nothing made twice";
});

step(
  "a certificate of another region is named before CloudFormation starts, a domain that is taken after it",
  async () => {
    const config = (region: string) => `import { defineConfig } from "./src/config.ts";
export default defineConfig({
  sites: [{ id: "blog", title: "Ada's Blog", url: "https://blog.ada.example/" }],
  deployment: { domain: {
    name: "feeds.ada.example",
    certificateArn: "arn:aws:acm:${region}:123456789012:certificate/0a1b2c3d",
    stage: "disposable-1",
  } },
});
`;
    await writeFile(join(clone, "crier.config.ts"), config("eu-central-1"));
    const wrong = await crier(["deploy", "--yes", "--stage", "disposable-1"]);
    expect(wrong.printed).toMatch(/the certificate is in eu-central-1, and CloudFront takes one from us-east-1 only/);
    const synth = promisify(execFile)("npx", ["cdk", "deploy", "-c", "stage=disposable-1"], { cwd: clone, env });
    await expect(synth).rejects.toThrow(/the certificate is in eu-central-1/);
    await emulate("taken=feeds.ada.example");
    await writeFile(join(clone, "crier.config.ts"), config("us-east-1"));
    const taken = await crier(["deploy", "--yes", "--stage", "disposable-1"]);
    expect(taken.printed).toMatch(/the domain in deployment\.domain belongs to another CloudFront distribution/);
    return "both named, with the next step";
  },
);
