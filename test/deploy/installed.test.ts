import { execFile } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import { build, startPublisher } from "../package/published.ts";
import { deployedFrom } from "./cdk.ts";
import { makeCdn } from "./cdn.ts";
import { aDocument, anAccount, type Deployment, inhabit } from "./deployment.ts";
import { serveEdge } from "./edge-server.ts";
import { stepwise } from "./steps.ts";

const { step, table } = stepwise(() => account.emulator.printed());
const clone = join(import.meta.dirname, "../..");
const page = await readFile(join(clone, "docs/deploy.md"), "utf8");

let account: Deployment;
let publisher: Awaited<ReturnType<typeof startPublisher>>;
let edge: Awaited<ReturnType<typeof serveEdge>>;
/** The folder that `npm create crier` made for an owner. */
let owner = "";
let env: NodeJS.ProcessEnv = {};

/** A stack that was deployed from the folder. */
const deployed = (name = "Crier-production", outputs = account.aws.outputs): Deployment => ({
  ...account,
  cdk: deployedFrom(account.cdk, name, { assembly: join(owner, "cdk.out"), outputs }),
});

beforeAll(async () => {
  account = await anAccount();
  const work = join(account.emulator.folder, "work");
  await mkdir(work);
  publisher = await startPublisher(work);
  await build(join(work, "built"));
  await publisher.publish(join(work, "built"));
  edge = await serveEdge(async () => makeCdn(deployed(), await inhabit(deployed())));
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

step("npm create crier makes a folder with an app of the CDK", async () => {
  owner = await publisher.create("my feeds", "--title", "Mine", "--aws");
  expect(await config()).toContain("https://blog.example.com/");
  const { devDependencies } = JSON.parse(await readFile(join(owner, "package.json"), "utf8"));
  return Object.entries(devDependencies).join(" ");
});

step("npx cdk synth makes its template, from the bundles of the package", async () => {
  await npx("cdk", "synth", "--quiet");
  const { Resources } = await deployed().cdk.template();
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
  const stack = await inhabit(deployed());
  await stack.write("second.md", aDocument("Second", new Date()));
  await stack.untilTitles(["Second", "Hello"], stack.sweep);
  return (await stack.titles()).join(", ");
});

step("npx cdk deploy finds nothing to change, and npx crier deploy --yes deploys a changed configuration", async () => {
  expect(await npx("cdk", "deploy", "--require-approval", "never")).toContain("(no changes)");
  await writeFile(join(owner, "crier.config.ts"), (await config()).replace('title: "Mine"', 'title: "Ours"'));
  await npx("crier", "deploy", "--yes");
  const stack = await inhabit(deployed());
  await stack.until(async () => {
    await stack.sweep();
    return JSON.parse((await account.aws.text(stack.feeds, "feed.json")) ?? "{}").title;
  }, "Ours");
  return "Ours";
});

step("npx crier token prints the token, and npx crier export brings the posts of the stage", async () => {
  expect((await npx("crier", "token")).trim()).toMatch(/^\S{32,}/);
  const printed = await npx("crier", "export", "stage.crier", "--stage", "production");
  expect((await stat(join(owner, "stage.crier"))).size).toBeGreaterThan(500);
  return printed.trim();
});

/** The app of docs/deploy.md. */
const [website = ""] = /(?<=## In a stack of your own\n[\s\S]*?```ts\n)[^`]+/.exec(page) ?? [];

/** The outputs of the construct, without what the CDK adds to their names. */
const outputsOfConstruct = async (name: string) =>
  Object.fromEntries(
    Object.entries(await account.aws.outputs(name)).map(([key, value]) => [
      key.replace(/^Crier(\w+)[0-9A-F]{8}$/, "$1"),
      value,
    ]),
  );

step("the app of another stack, as docs/deploy.md shows it, is deployed beside it with feeds of its own", async () => {
  await writeFile(join(owner, "website.ts"), website);
  await npx("cdk", "deploy", "--app", "node website.ts", "--require-approval", "never");
  await writeFile(join(owner, "cdk.json"), '{ "app": "node website.ts" }');
  await expect(npx("crier", "deploy", "--yes", "--stage", "blog")).rejects.toThrow("makes no stack of that name");
  const stack = await inhabit(deployed("Website", outputsOfConstruct));
  await stack.write("third.md", aDocument("Third"));
  await stack.untilTitles(["Third"], stack.sweep);
  expect(await (await inhabit(deployed())).titles()).toEqual(["Second", "Hello"]);
  expect(await npx("crier", "token", "--stage", "blog")).not.toBe(await npx("crier", "token"));
  expect(await npx("crier", "export", "blog.crier", "--stage", "blog")).toContain("1 post");
  return `${stack.resources.length} resources`;
});
