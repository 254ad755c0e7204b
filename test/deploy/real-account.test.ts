import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect } from "vitest";
import { deployedFrom } from "./cdk.ts";
import { makeCdn } from "./cdn.ts";
import { anAccount, type Deployment, inhabit } from "./deployment.ts";
import { serveEdge } from "./edge-server.ts";
import { stepwise } from "./steps.ts";

const { step, table } = stepwise(() => account.emulator.printed());
const root = join(import.meta.dirname, "../..");
const stage = "disposable-drill";
const assembly = join(root, "cdk.out", stage);

let account: Deployment;
let edge: Awaited<ReturnType<typeof serveEdge>>;

const deployed = (): Deployment => {
  const { aws, cdk } = account;
  return { ...account, cdk: deployedFrom(cdk, `Crier-${stage}`, { assembly, outputs: aws.outputs }) };
};

beforeAll(async () => {
  account = await anAccount();
  edge = await serveEdge(async () => makeCdn(deployed(), await inhabit(deployed())));
});

afterAll(async () => {
  table();
  edge?.stop();
  await account?.stop();
  await rm(assembly, { recursive: true, force: true });
});

/** Runs the command that .github/workflows/real-account.yml runs. `hear` gets what it prints as it comes. */
const run = async (verb: "try" | "clean", name = stage, hear = (_: string): void => {}): Promise<string> => {
  const command = promisify(execFile)("node", ["test/real-account/run.ts", verb, name], {
    cwd: root,
    env: {
      ...account.emulator.env,
      NODE_OPTIONS: `--import ${join(import.meta.dirname, "to-edge.mjs")}`,
      CHECK_EDGE: edge.url,
    },
    maxBuffer: 32 * 1024 * 1024,
  });
  command.child.stdout?.on("data", (printed) => hear(String(printed)));
  return (await command).stdout;
};

/** The emulator has no schedules: while a command runs, the minute's comes whenever the stack is there. */
const withSchedule = async (command: Promise<string>): Promise<string> => {
  const ended = new AbortController();
  const end = () => ended.abort();
  command.then(end, end);
  const { signal } = ended;
  while (!signal.aborted) {
    if ((await account.aws.stacks()).includes(`Crier-${stage}`))
      await inhabit(deployed()).then(
        (stack) => stack.sweep(),
        () => undefined,
      );
    await pause(3_000, undefined, { signal }).catch(() => undefined);
  }
  return command;
};

step("the account of the workflow is bootstrapped", async () => {
  await account.cdk.bootstrapAlone();
  return "once, by hand";
});

step("the workflow of a real account takes no stage that is not disposable", async () => {
  await expect(run("clean", "production")).rejects.toThrow(/"production" is not the name of a disposable stage/);
  return "refused";
});

step(
  "the workflow deploys, publishes, reads three formats back with 304, and its delivery to nothing waits",
  async () => {
    const printed = await withSchedule(run("try"));
    expect(printed.match(/answers 304/g)).toHaveLength(3);
    expect(printed).toMatch(
      /✓ the delivery to a network that points to nothing waits: .*nothing\.invalid could not be reached \(/,
    );
    return printed.trim();
  },
);

step(
  "the workflow leaves nothing of its stage, although a function writes into a bucket that was emptied",
  async () => {
    const buckets = (await account.aws.resources(`Crier-${stage}`)).filter(({ type }) => type === "AWS::S3::Bucket");
    expect(buckets.length).toBeGreaterThan(2);
    const { feeds } = await inhabit(deployed());
    const late = new PutObjectCommand({ Bucket: feeds, Key: "late.xml", Body: "<late/>" });
    let writes: Promise<unknown> | undefined;
    const printed = await run("clean", stage, (line) => {
      if (line.includes(`${feeds}: `)) writes ??= account.aws.s3.send(late);
    });
    await writes;
    const emptied = printed.split("\n").filter((line) => line.startsWith(`✓ ${feeds}: `));
    expect(emptied.length).toBeGreaterThan(1);
    expect(printed).toMatch(/✓ left of disposable-drill: nothing/);
    expect(await account.aws.tables()).toEqual([]);
    return printed.trim();
  },
);

step("run once more, there is nothing to clean up", async () => {
  expect(await run("clean")).toMatch(/✓ left of disposable-drill: nothing/);
  return "nothing";
});
