import { execFile } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import * as z from "zod";
import { build, startPublisher } from "../package/published.ts";
import { deployedFrom } from "./cdk.ts";
import { makeCdn } from "./cdn.ts";
import { aDocument, anAccount, type Deployment, inhabit } from "./deployment.ts";
import { serveEdge } from "./edge-server.ts";
import { stepwise } from "./steps.ts";

const { step, table } = stepwise(() => account.emulator.printed());
const clone = join(import.meta.dirname, "../..");

let account: Deployment;
let publisher: Awaited<ReturnType<typeof startPublisher>>;
let edge: Awaited<ReturnType<typeof serveEdge>>;
/** The folder that `npm create crier` made for an owner. */
let owner = "";
let env: NodeJS.ProcessEnv = {};

/** A stack that was deployed from the folder. */
const deployed = (name: string): Deployment => {
  const { aws, cdk } = account;
  return { ...account, cdk: deployedFrom(cdk, name, { assembly: join(owner, "cdk.out"), outputs: aws.outputs }) };
};
const production = "Crier-production";

beforeAll(async () => {
  account = await anAccount();
  const work = join(account.emulator.folder, "work");
  await mkdir(work);
  publisher = await startPublisher(work);
  await build(join(work, "built"));
  await publisher.publish(join(work, "built"));
  edge = await serveEdge(async () => makeCdn(deployed(production), await inhabit(deployed(production))));
  const paths = (process.env.PATH ?? "").split(delimiter).filter((path) => !path.startsWith(clone));
  env = {
    ...account.emulator.env,
    ...publisher.npmEnv,
    // What is installed in the clone is not there.
    PATH: [dirname(process.execPath), ...paths].join(delimiter),
    NODE_OPTIONS: `--import ${join(import.meta.dirname, "to-edge.mjs")}`,
    CHECK_EDGE: edge.url,
  };
});

afterAll(async () => {
  table();
  edge?.stop();
  publisher?.registry.close();
  await account?.stop();
});

/** Runs a command of a package in the owner's folder, and returns all that it printed. */
const npx = async (...args: readonly string[]): Promise<string> => {
  const running = promisify(execFile)("npx", ["--no-install", ...args], { cwd: owner, env, maxBuffer: 2 ** 25 });
  running.child.stdin?.end();
  const { stdout, stderr } = await running;
  return stdout + stderr;
};

const config = () => readFile(join(owner, "crier.config.ts"), "utf8");

const Feed = z.object({ title: z.string(), items: z.array(z.object({ url: z.string() })) });
const feed = async (name: string) => {
  const { FeedsBucket: bucket } = await deployed(name).cdk.outputs();
  return Feed.parse(JSON.parse((await account.aws.text(bucket, "feed.json")) ?? "{}"));
};

step("npm create crier makes a folder with an app of the CDK", async () => {
  owner = await publisher.create("my feeds", "--title", "Mine", "--aws");
  expect(await config()).toContain("https://blog.example.com/");
  const { devDependencies } = JSON.parse(await readFile(join(owner, "package.json"), "utf8"));
  return Object.entries(devDependencies).join(" ");
});

step("npx cdk synth makes its template, from the bundles of the package", async () => {
  await npx("cdk", "synth", "--quiet");
  const { Resources } = await deployed(production).cdk.template();
  return `${Object.keys(Resources).length} resources`;
});

step("npx crier setup leads from there to a first post in the feeds, for an address of one's own", async () => {
  const printed = await npx("crier", "setup", "--yes", "--title", "Mine", "--url", "https://mine.example/");
  for (const line of ["written: crier.config.ts", "published: https://mine.example/hello/", "Your feeds: https://"])
    expect(printed).toContain(line);
  expect(await config()).toContain('sources: [{ folder: "posts" }]');
  return `${printed.split("\n").length} lines`;
});

step("a document that is uploaded is in feed.json", async () => {
  const stack = await inhabit(deployed(production));
  await stack.write("second.md", aDocument("Second", new Date()));
  await stack.untilTitles(["Second", "Hello"], stack.sweep);
  return (await stack.titles()).join(", ");
});

step("npx cdk deploy finds nothing to change, and npx crier deploy --yes deploys a changed configuration", async () => {
  expect(await npx("cdk", "deploy", "--require-approval", "never")).toContain("(no changes)");
  await writeFile(join(owner, "crier.config.ts"), (await config()).replace('title: "Mine"', 'title: "Ours"'));
  await npx("crier", "deploy", "--yes");
  const stack = await inhabit(deployed(production));
  await stack.until(async () => {
    await stack.sweep();
    return (await feed(production)).title;
  }, "Ours");
  return "Ours";
});

step("npx crier token prints the token, and npx crier export brings the posts of the stage", async () => {
  expect((await npx("crier", "token")).trim()).toMatch(/^\S{32,}/);
  const printed = await npx("crier", "export", "stage.crier", "--stage", "production");
  expect((await stat(join(owner, "stage.crier"))).size).toBeGreaterThan(500);
  return printed.trim();
});

/** An app that has another stack already. */
const website = `import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { Crier } from "crier/cdk";
import config from "./crier.config.ts";

const stack = new Stack(new App(), "Website");
const blog = new Crier(stack, "Blog", { config, stage: "blog" });
const outputs = {
  UploadBucket: blog.content.bucketName,
  FeedsBucket: blog.feeds.bucketName,
  AlarmTopic: blog.topic.topicArn,
  FeedsUrl: blog.feedsUrl,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
`;

step("new Crier in the stack of another app is deployed beside it, and has feeds of its own", async () => {
  await writeFile(join(owner, "website.ts"), website);
  await npx("cdk", "deploy", "--app", "node website.ts", "--require-approval", "never");
  const stack = await inhabit(deployed("Website"));
  await stack.write("third.md", aDocument("Third"));
  await stack.untilTitles(["Third"], stack.sweep);
  expect((await feed(production)).items).toHaveLength(2);
  expect(await npx("crier", "token", "--stage", "blog")).not.toBe(await npx("crier", "token"));
  return `${stack.resources.length} resources`;
});
