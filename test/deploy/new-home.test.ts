import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import type { ConfigInput } from "../../src/config.ts";
import { readEntries } from "../support/feed-entries.ts";
import { type AMachine, startIn } from "../support/machine.ts";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { deployedFrom } from "./cdk.ts";
import { makeCdn } from "./cdn.ts";
import { aClone } from "./clone.ts";
import { aDocument, anAccount, type Deployment, feedFiles, type Inhabited, inhabit } from "./deployment.ts";
import { serveEdge } from "./edge-server.ts";
import { region } from "./emulator.ts";
import { stepwise } from "./steps.ts";
import { terminalSession } from "./terminal-session.ts";
import { until } from "./until.ts";

const { step, table } = stepwise(() => account.emulator.printed());
const ago = (count: number) => new Date(Date.now() - count * 60_000);

let account: Deployment;
let stack: Inhabited;
let edge: Awaited<ReturnType<typeof serveEdge>>;
let mastodon: Awaited<ReturnType<typeof aMastodonServer>>;
/** A copy of the repository, with the configuration of both installations. */
let folder = "";
let env: NodeJS.ProcessEnv = {};
const machines: AMachine[] = [];

/** The account, with the stack that the commands have deployed. */
const deployed = (): Deployment => {
  const { aws, cdk } = account;
  return { ...account, cdk: deployedFrom(cdk, cdk.stack, { assembly: join(folder, "cdk.out"), outputs: aws.outputs }) };
};

beforeAll(async () => {
  mastodon = await aMastodonServer();
  const config: ConfigInput = {
    sites: [{ id: "blog", title: "Blog", url: "https://blog.example.com/" }],
    accounts: [{ name: "mastodon", network: "mastodon", server: mastodon.url, pacing: { interval: "0s" } }],
    policies: { settle: "0s", live: "ignore" },
  };
  account = await anAccount();
  folder = await aClone(account.emulator.folder);
  await mkdir(join(folder, "posts"));
  // Step 1.
  await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(config)};\n`);
  edge = await serveEdge(async () => makeCdn(deployed(), await inhabit(deployed())));
  const { CI: _, ...own } = account.emulator.env;
  env = {
    ...own,
    // Version 1 of AWS's command line needs this variable.
    AWS_DEFAULT_REGION: region,
    // The bucket must be in the path of a request: no resolver knows a host within localhost.
    AWS_ENDPOINT_URL_S3: account.emulator.endpoint.replace("localhost", "127.0.0.1"),
    NODE_OPTIONS: `--import ${join(import.meta.dirname, "to-edge.mjs")}`,
    CHECK_EDGE: edge.url,
    CRIER_URL: "https://feeds.cloudfront.net",
  };
});

afterAll(async () => {
  table();
  for (const machine of machines) await machine.stop();
  edge?.stop();
  mastodon?.close();
  await account?.stop();
});

const page = await readFile(join(import.meta.dirname, "../../docs/deploy.md"), "utf8");

/** Runs a command of docs/deploy.md in a shell, with the values of its capitals. Returns its output. */
const byHand = async (command: string, input = "", places: Readonly<Record<string, string>> = {}): Promise<string> => {
  expect(page).toContain(command);
  const filled = Object.entries(places).reduce((text, [name, value]) => text.replaceAll(name, value), command);
  const running = promisify(execFile)("bash", ["-c", filled], { cwd: folder, env });
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return stdout + stderr;
};

/** The same in a terminal, where the CDK asks before it does something. */
const inTerminal = async (command: string, question: string): Promise<string> => {
  expect(page).toContain(command);
  const { AWS_ENDPOINT_URL_S3: _, ...own } = env;
  return terminalSession(command, { cwd: folder, env: own, answers: [{ question, answer: "y" }] });
};
const deploy = () => inTerminal("npx cdk deploy", "Do you wish to deploy these changes");
const unprotect = () =>
  byHand(
    "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name Crier-production",
  );

/** Crier on one machine, with this data folder. */
const start = async (data: string): Promise<AMachine> => {
  const machine = await startIn(folder, {
    config: join(folder, "crier.config.ts"),
    data: join(folder, data),
    env: { CRIER_MASTODON_ACCESS_TOKEN: "a" },
  });
  machines.push(machine);
  await machine.idle();
  return machine;
};
const stop = async (machine: AMachine): Promise<void> => {
  machines.splice(machines.indexOf(machine), 1);
  await machine.stop();
};

const crier = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)("npx", ["crier", ...args], { cwd: folder, env })).stdout;

const onMachine = (data: string) =>
  readEntries(feedFiles, (file) => readFile(join(folder, data, "public", file), "utf8"));
const onAws = () =>
  readEntries(feedFiles, async (file) => (await account.aws.text(stack.feeds, file)) ?? '{"items":[]}');
const verified = (answer: "yes" | "no") => fetch(`${account.emulator.endpoint}/emulator/account?verified=${answer}`);

const documents = { "one.md": aDocument("One", ago(9)), "two.md": aDocument("Two", ago(8)) } as const;

step(
  "a first deployment that fails is rolled back and leaves nothing, not even the empty table and buckets",
  async () => {
    const { AWS_ENDPOINT_URL_S3: _, ...own } = env;
    await promisify(execFile)("npx", ["cdk", "bootstrap"], { cwd: folder, env: own });
    expect(page).toContain("`npx cdk bootstrap`");
    const before = await account.aws.holdings();
    await verified("no");
    await expect(deploy()).rejects.toThrow(/Your account must be verified/);
    expect(await account.aws.resources(account.cdk.stack)).toEqual([]);
    expect(await account.aws.holdings()).toEqual(before);
    return `before and after: ${before.join(", ")}`;
  },
);

step("its stack is protected; when the protection is off, the next deployment succeeds", async () => {
  await verified("yes");
  await unprotect();
  const printed = await deploy();
  stack = await inhabit(deployed());
  for (const output of ["FeedsUrl", "ApiUrl", "UploadBucket", "Table"])
    expect(printed).toContain(`Crier-production.${output} = `);
  await byHand("aws dynamodb update-table --table-name TABLE --deletion-protection-enabled", "", {
    TABLE: stack.named("AWS::DynamoDB::GlobalTable", "Database").physical,
  });
  await stack.sweep();
  await stack.until(async () => (await account.aws.text(stack.feeds, "feed.json")) !== undefined, true);
  return `${stack.resources.length} resources, and feeds`;
});

step("the secret of an account and the token of the API are stored by hand", async () => {
  await byHand("npx crier accounts set mastodon --stage production", '{"accessToken":"a"}');
  await byHand("export CRIER_TOKEN=$(npx crier token)");
  env = { ...env, CRIER_TOKEN: (await crier("token")).trim() };
  expect(await byHand("npx crier accounts")).toContain("mastodon");
  return "the account is listed";
});

step("a blog moves from one machine into it: no feed has another entry, and no network a second post", async () => {
  const first = await start("first");
  for (const [path, document] of Object.entries(documents)) await first.write(path, document);
  await until(() => mastodon.titles().toSorted(), ["One", "Two"]);
  // A post is in the feed before it is on the network, and is rendered again with its copy.
  const withCopy = async () => (await onMachine("first"))["feed.json"]?.filter((entry) => entry.includes("/@me/"));
  await until(async () => (await withCopy())?.length, 2);
  await first.idle();
  const atHome = await onMachine("first");
  await stop(first);
  expect(await crier("export", "move.gz", "--data", "first", "--move")).toContain("A move: ");
  expect(await crier("restore", "move.gz", "--stage", "production")).toContain("restored into the stage production");
  // The listing of the empty bucket deletes nothing, and then the documents come in.
  await stack.reconcile();
  for (const [path, document] of Object.entries(documents)) await stack.write(path, document);
  await stack.until(async () => {
    await stack.sweep();
    return onAws();
  }, atHome);
  await stack.reconcile();
  await stack.settled();
  expect(await onAws()).toEqual(atHome);
  expect(mastodon.titles().toSorted()).toEqual(["One", "Two"]);
  return "the entries of three feeds are equal";
});

step("posts that come then, by the API and by the bucket, are announced once", async () => {
  await writeFile(join(folder, "my-post.md"), aDocument("Three", ago(2)));
  await byHand("npx crier publish my-post.md");
  await stack.untilTitles(["Three", "Two", "One"]);
  await writeFile(join(folder, "four.md"), aDocument("Four", ago(1)));
  await byHand("aws s3 cp my-post.md s3://UPLOAD_BUCKET/", "", { UPLOAD_BUCKET: stack.content, "my-post": "four" });
  await stack.untilTitles(["Four", "Three", "Two", "One"]);
  await stack.until(() => mastodon.titles().toSorted(), ["Four", "One", "Three", "Two"]);
  await stack.settled();
  return "on Mastodon";
});

step("and it moves back into a new data folder, as it is", async () => {
  const atAws = await onAws();
  expect(await crier("export", "back.gz", "--stage", "production", "--move")).toContain("A move: ");
  await crier("restore", "back.gz", "--data", "second");
  await writeFile(join(folder, "posts/four.md"), (await account.aws.text(stack.content, "four.md")) ?? "");
  const second = await start("second");
  await until(() => onMachine("second"), atAws);
  await second.write("five.md", aDocument("Five", ago(0)));
  await until(() => mastodon.titles().toSorted(), ["Five", "Four", "One", "Three", "Two"]);
  await second.idle();
  expect(mastodon.titles()).toHaveLength(5);
  const { "feed.json": items = [] } = await onMachine("second");
  expect(items.slice(1)).toEqual(atAws["feed.json"]);
  return "the entries of three feeds are equal, and the next post is announced once";
});

step("no request of a function was denied", async () => {
  await stack.settled();
  const { denied } = await account.aws.rights();
  expect(denied).toEqual([]);
  return "none";
});

step("npx cdk destroy removes it, and keeps what cannot be made again", async () => {
  await unprotect();
  await inTerminal("npx cdk destroy", "Are you sure you want to delete");
  const left = await account.aws.holdings();
  expect(left.filter((one) => /^(?:queue|topic|function|log group)/.test(one))).toEqual([]);
  expect(left.filter((one) => one.startsWith("table "))).toHaveLength(1);
  return left.join(", ");
});
