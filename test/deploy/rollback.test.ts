import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { z } from "zod";
import { rowFormat } from "../../src/store/row-format.ts";
import { checkOutProgram, hasCommit } from "../format/earlier-program.ts";
import { readSets } from "../format/row-set.ts";
import { clocksOf } from "./clocks.ts";
import { aClone } from "./clone.ts";
import { accounts, aDocument, anAccount, type Deployment, type Inhabited, inhabit } from "./deployment.ts";
import { stepwise } from "./steps.ts";
import { patience } from "./until.ts";

const { step, table } = stepwise(() => account.emulator.printed());
const { sweepUntil } = clocksOf(() => stack);
const [oldest] = readSets();
let account: Deployment;
let stack: Inhabited;
let next = "";

/** The program of this clone with a made-up format after today's: each row has one more attribute. */
const aNextProgram = async (folder: string): Promise<string> => {
  const clone = await aClone(folder);
  const file = join(clone, "src/store/row-format.ts");
  const text = await readFile(file, "utf8");
  const start = "export const rowFormat: RowFormat = ";
  expect(text).toContain(start);
  await writeFile(
    file,
    `${text.replace(start, "const today: RowFormat = ")}
export const rowFormat: RowFormat = {
  version: today.version + 1,
  migrations: [...today.migrations, (row) => ({ ...row, weight: 1 })],
};
`,
  );
  return clone;
};

beforeAll(async () => {
  account = await anAccount();
  await account.cdk.bootstrapAlone();
  next = await aNextProgram(account.emulator.folder);
  await account.cdk.deployFrom(next);
  stack = await inhabit(account);
}, patience);

afterAll(async () => {
  table();
  await account?.stop();
});

const allOf = (count: number) => accounts.map(() => count);
const minutesAgo = (count: number) => new Date(Date.now() - count * 60_000);

const Status = z.object({ deliveries: z.array(z.object({ state: z.string() })) });
const statesOf = async (slug: string): Promise<readonly string[]> =>
  Status.parse(await stack.get(`/api/posts/${slug}`)).deliveries.map(({ state }) => state);

step("the program of a next format sends, and its deliveries are under way", async () => {
  await stack.write("one.md", aDocument("One", minutesAgo(9)));
  await stack.untilPosted(1);
  await stack.settled();
  await account.aws.switchMapping(await stack.mapping("Deliver"), false);
  await stack.write("two.md", aDocument("Two", minutesAgo(8)));
  await stack.untilTitles(["Two", "One"]);
  await stack.until(
    () => statesOf("two"),
    accounts.map(() => "pending"),
  );
  return "one post per account, and as many that wait";
});

step("a rollback to the program that wrote the oldest kept format changes nothing of them, and says so", async () => {
  if (oldest === undefined || !hasCommit(oldest.commit))
    return `skipped: the clone has no ${oldest?.commit} (git fetch --unshallow)`;
  const earlier = checkOutProgram(oldest.commit);
  try {
    await account.cdk.deployFrom(earlier);
  } finally {
    await rm(earlier, { recursive: true });
  }
  await account.aws.switchMapping(await stack.mapping("Deliver"), true);
  await stack.until(async () => (await stack.counted()).includes("ingest"), true);
  await stack.settled();
  expect(stack.posted()).toEqual(allOf(1));
  await expect(stack.get("/api/posts/two")).rejects.toThrow(
    `This data has format ${rowFormat.version + 1}, and this version of Crier knows up to ${oldest.format}`,
  );
  expect(await stack.titles()).toEqual(["Two", "One"]);
  return "what waited waits, an alarm, and the feed as it was";
});

step("forward again, all of it goes out once, and nothing is stuck", async () => {
  await account.cdk.deployFrom(next);
  await account.aws.switchMapping(await stack.mapping("Deliver"), true);
  await sweepUntil({ Relay: 3 * 60_000 }, stack.posted, allOf(2));
  await stack.settled();
  expect(stack.posted()).toEqual(allOf(2));
  expect(await statesOf("two")).toEqual(accounts.map(() => "posted"));
  return "one post more per account";
});
