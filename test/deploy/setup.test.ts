import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect } from "vitest";
import * as z from "zod";
import { aServer } from "../outside/loopback.ts";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { aBrowser, withoutBrowser } from "./browser.ts";
import { deployedFrom } from "./cdk.ts";
import { makeCdn } from "./cdn.ts";
import { aClone } from "./clone.ts";
import { aDocument, anAccount, type Deployment, functionNames, inhabit } from "./deployment.ts";
import { serveEdge } from "./edge-server.ts";
import { stepwise } from "./steps.ts";
import { terminalSession } from "./terminal-session.ts";
import { until } from "./until.ts";

const { step, table } = stepwise(() => account.emulator.printed());
const deployPage = join(import.meta.dirname, "../../docs/deploy.md");
const recorded = /(?<=<!-- setup -->\n```console\n)[\s\S]*?(?=```\n<!-- \/setup -->)/;

const secret = `canary-${randomBytes(16).toString("hex")}`;

let account: Deployment;
let mastodon: Awaited<ReturnType<typeof aMastodonServer>>;
let browser: Awaited<ReturnType<typeof aBrowser>>;
let edge: Awaited<ReturnType<typeof serveEdge>>;
let clone = "";
/** The line of the shell that `crier setup` printed for further commands. */
let exported = "";
let env: NodeJS.ProcessEnv = {};

/** The account, with the stack that `crier setup` has deployed. */
const deployed = (): Deployment => {
  const { aws, cdk } = account;
  return { ...account, cdk: deployedFrom(cdk, cdk.stack, { assembly: join(clone, "cdk.out"), outputs: aws.outputs }) };
};

beforeAll(async () => {
  account = await anAccount();
  mastodon = await aMastodonServer();
  browser = await aBrowser(account.emulator.folder);
  clone = await aClone(account.emulator.folder);
  edge = await serveEdge(async () => makeCdn(deployed(), await inhabit(deployed())));
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
  mastodon?.close();
  await account?.stop();
});

const Failed = z.object({ stdout: z.string(), stderr: z.string() });

/** Returns the standard output of a line for the shell in the clone. Throws if it fails. */
const shell = async (line: string): Promise<string> =>
  (await promisify(execFile)("sh", ["-ec", line], { cwd: clone, env })).stdout;

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

/**
 * Replaces the parts that differ between runs: the names that AWS gives, the output of the CDK, and the port of the
 * network.
 */
const stable = (session: string): string =>
  session
    .replaceAll(/(?: {2}\| .*\n)+/g, "  | … what the CDK prints\n")
    .replaceAll(/[a-z0-9]{10,}\.cloudfront\.net/g, "d111111abcdef8.cloudfront.net")
    .replaceAll(mastodon.url, "https://social.example")
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
  "npx crier setup in a terminal leads from a fresh clone to a post in the feeds, as docs/deploy.md shows it",
  async () => {
    const session = await terminalSession("npx crier setup", {
      cwd: clone,
      env: browser.before(env),
      answers: [
        { question: "Title of the site", answer: "Ada's Blog" },
        { question: "Its address", answer: "https://blog.ada.example/" },
        { question: "Its time zone", answer: "" },
        { question: "Networks to post to", answer: "mastodon" },
        { question: "Server of mastodon", answer: mastodon.url },
        { question: "Prepare it now", answer: "" },
        { question: "Deploy Crier-production", answer: "" },
        { question: "Connect mastodon now", answer: "" },
        { question: "accessToken", answer: secret },
      ],
    });
    expect(session).not.toContain(secret);
    const shown = `$ npx crier setup\n${stable(session)}`;
    const text = await readFile(deployPage, "utf8");
    if (process.env.RECORD !== undefined)
      await writeFile(
        deployPage,
        text.replace(recorded, () => shown),
      );
    else expect(shown).toBe(recorded.exec(text)?.[0]);
    exported = /export CRIER_URL=.*/.exec(session)?.[0] ?? "";
    const stack = await inhabit(deployed());
    expect(await stack.titles()).toEqual(["Hello"]);
    return `${shown.split("\n").length} lines`;
  },
);

step("the same stage is not deployed in another region, where nothing is made", async () => {
  const there = { AWS_REGION: "eu-central-1" };
  const { done, printed } = await crier(["deploy", "--yes"], there);
  expect(done).toBe(false);
  expect(printed).toContain("crier: Crier-production is in us-east-1, and a second one in eu-central-1 would post");
  const missing = await crier(["token", "--rotate"], there);
  expect(missing.printed).toContain("there is no deployment of the stage production in eu-central-1");
  expect(printed).not.toContain("cdk bootstrap");
  return printed.trim();
});

step("it opens the page of the feeds in the browser, and no other address", async () => {
  const { FeedsUrl: feeds } = await deployed().cdk.outputs();
  await until(browser.opened, [feeds]);
  return feeds;
});

step("the secret that was typed is a SecureString, which the function that posts may read and no other", async () => {
  const parameter = new GetParameterCommand({ Name: "/crier/production/accounts/mastodon", WithDecryption: true });
  const { Parameter } = await account.aws.ssm.send(parameter);
  expect(Parameter).toMatchObject({ Type: "SecureString", Value: JSON.stringify({ accessToken: secret }) });
  const stack = await inhabit(deployed());
  const readers: string[] = [];
  for (const name of functionNames) {
    const ssm = await account.aws.ssmOf(stack.functionOf(name));
    const read = await ssm.send(parameter).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ name: "AccessDeniedException" });
        return false;
      },
    );
    if (read) readers.push(name);
  }
  expect(readers).toEqual(["Deliver"]);
  return `${readers} of ${functionNames.length}`;
});

step(
  "with the variables that it printed, npx crier says who is connected, and a post goes out with that login",
  async () => {
    const stack = await inhabit(deployed());
    const page = await aServer((_, response) => response.end("<title>Second</title>"));
    const back = await stack.configure("Deliver", { EMULATOR_PUBLIC: `93.184.216.34:80=${new URL(page.url).port}` });
    const document = aDocument("Second").replace("date:", "canonicalUrl: http://93.184.216.34/second/\ndate:");
    await writeFile(join(clone, "second.md"), document);
    expect(await shell(`${exported}; npx crier accounts --check`)).toMatch(
      /^mastodon +mastodon +for real .* logged in as /m,
    );
    const printed = await shell(`${exported}; npx crier publish second.md`);
    await stack.until(mastodon.titles, ["Second"]);
    expect(mastodon.logins()).toEqual([`Bearer ${secret}`]);
    await back();
    return printed.trim();
  },
);

step("no function has logged the secret", async () => {
  const stack = await inhabit(deployed());
  await stack.settled();
  for (const name of functionNames) expect(await account.aws.logged(stack.logGroup(name))).not.toContain(secret);
  return `${functionNames.length} logs`;
});

step("run again on a machine without a browser, it finds everything done, and prints the address", async () => {
  const session = await terminalSession("npx crier setup", {
    cwd: clone,
    env: await withoutBrowser(env, account.emulator.folder),
    answers: [{ question: "Deploy Crier-production", answer: "" }],
  });
  for (const line of [
    "crier.config.ts is kept: Ada's Blog",
    "Crier-production exists (CREATE_COMPLETE)",
    "(no changes)",
    "mastodon: already connected",
    "read: /crier/production/token",
    "there already: ",
    `Your feeds: ${(await deployed().cdk.outputs()).FeedsUrl}`,
  ])
    expect(session).toContain(line);
  return "nothing made twice";
});

step(
  "a certificate of another region is named before CloudFormation starts, a domain that is taken after it",
  async () => {
    const config = (region: string) => `import { defineConfig } from "crier";
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
