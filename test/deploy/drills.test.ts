import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect } from "vitest";
import { z } from "zod";
import { clocksOf } from "./clocks.ts";
import { accounts, aDocument, anAccount, type Deployment, type Inhabited, inhabit } from "./deployment.ts";
import { subscribe } from "./inbox.ts";
import { stepwise } from "./steps.ts";
import { patience } from "./until.ts";

const minutes = (count: number) => count * 60_000;
const ago = (count: number) => new Date(Date.now() - minutes(count));
const { step, table } = stepwise(() => account.emulator.printed());
let account: Deployment;
let stack: Inhabited;

beforeAll(async () => {
  account = await anAccount();
  await account.cdk.bootstrapAlone();
  await account.cdk.deploy();
  stack = await inhabit(account);
}, patience);

afterAll(async () => {
  table();
  await account?.stop();
});

/** Runs while the event source of the function is disabled, and enables it afterwards. */
const without = async (name: "Relay" | "Publish", act: () => Promise<void>): Promise<void> => {
  const mapping = await stack.mapping(name);
  await account.aws.switchMapping(mapping, false);
  try {
    await act();
  } finally {
    await account.aws.switchMapping(mapping, true);
  }
};

const { ahead, sweepUntil } = clocksOf(() => stack);

const untilCounted = (name: string) => stack.until(async () => (await stack.counted()).includes(name), true);

const allOf = (count: number) => accounts.map(() => count);

step("records of the stream that come twice and shuffled publish each post once", async () => {
  let seen = 0;
  let given = 0;
  const rows = stack.named("AWS::DynamoDB::GlobalTable", "Database").physical;
  const relay = stack.functionOf("Relay");
  const pump = async () => {
    const all = await account.aws.streamed(rows);
    const fresh = all.slice(seen);
    seen = all.length;
    // Each twice, the second half first: an older image of a row then follows a newer one.
    const shuffled = [...fresh.slice(fresh.length / 2), ...fresh.toReversed(), ...fresh.slice(0, fresh.length / 2)];
    given += shuffled.length;
    if (shuffled.length > 0) await account.aws.invoke(relay, { Records: shuffled });
  };
  await without("Relay", async () => {
    await stack.write("shuffled.md", aDocument("Shuffled", ago(9)));
    await stack.untilTitles(["Shuffled"], pump);
    await stack.until(async () => {
      await pump();
      return stack.posted();
    }, allOf(1));
    await stack.settled();
  });
  expect(stack.posted()).toEqual(allOf(1));
  return `${given} records handed over for ${seen}, one post per account`;
});

step("records that the work queue lost are found by the sweep", async () => {
  const queue = stack.queue("Publish");
  await without("Publish", async () => {
    await stack.write("lost.md", aDocument("Lost", ago(8)));
    await stack.until(async () => (await stack.waiting(queue)) > 0, true);
    await stack.settled();
    await account.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: queue }));
  });
  await stack.settled();
  expect(await stack.titles()).toEqual(["Shuffled"]);
  // The posts, too: a delivery may still wait for its account.
  const seen = async () => [await stack.titles(), stack.posted()];
  await sweepUntil({ Relay: minutes(3) }, seen, [["Lost", "Shuffled"], allOf(2)]);
  return "found two minutes later, one post per account";
});

step("a render that throws leaves the last good feed, raises an alarm, and is made up for", async () => {
  const back = await stack.configure("Render", { FEEDS_BUCKET: "a-bucket-that-is-gone" });
  await stack.write("unrendered.md", aDocument("Unrendered", ago(7)));
  await untilCounted("step");
  await stack.settled();
  expect(await stack.titles()).toEqual(["Lost", "Shuffled"]);
  await stack.untilPosted(3);
  await back();
  await sweepUntil({ Relay: minutes(60), Render: minutes(60) }, stack.titles, ["Unrendered", "Lost", "Shuffled"]);
  return "the feed stayed, an alarm, then the feed of three";
});

step("a deliver function killed after it sent is settled by the next one", async () => {
  account.timeOutAfterSend(
    stack.functionOf("Deliver"),
    accounts.map(({ name }) => name),
  );
  await stack.write("killed.md", aDocument("Killed", ago(6)));
  await stack.until(async () => /Task timed out/.test(await account.aws.logged(stack.logGroup("Deliver"))), true);
  // A run that is killed for one account had begun with the others: they go on when its leases have ended.
  await sweepUntil(
    { Relay: minutes(10), Deliver: minutes(10) },
    () => statesOf("killed"),
    accounts.map(() => "posted"),
  );
  expect(stack.posted()).toEqual(allOf(4));
  return "every one settled as posted, still one post per account";
});

step("a refused login pauses its account alone, and its delivery waits", async () => {
  await account.sandbox.fault("mastodon", "401");
  await stack.write("refused.md", aDocument("Refused", ago(5)));
  await stack.until(
    () => stack.posted(),
    accounts.map(({ name }) => (name === "mastodon" ? 4 : 5)),
  );
  await untilCounted("unauthorised");
  await stack.settled();
  const waiting = await statesOf("refused");
  expect(waiting.filter((state) => state === "pending")).toHaveLength(1);
  await sweepUntil({ Relay: minutes(70), Deliver: minutes(66) }, stack.posted, allOf(5));
  return `${waiting.join(", ")}; then one post per account`;
});

step("a secret that cannot be read stops neither feeds nor other accounts", async () => {
  await account.aws.ssm.send(
    new PutParameterCommand({ Name: "/crier/production/accounts/mastodon", Type: "SecureString", Value: "a-canary" }),
  );
  await stack.write("secret.md", aDocument("Secret", ago(4)));
  await stack.untilTitles(["Secret", "Refused", "Killed", "Unrendered", "Lost", "Shuffled"]);
  const states = accounts.map(({ name }) => (name === "mastodon" ? "pending" : "posted"));
  await stack.until(() => statesOf("secret"), states);
  await stack.settled();
  const logs = await Promise.all(
    (["Publish", "Deliver"] as const).map((name) => account.aws.logged(stack.logGroup(name))),
  );
  expect(logs.join("")).not.toContain("a-canary");
  return states.join(", ");
});

step("two posts that an account cannot announce are one mail, with posts, account, reason and commands", async () => {
  // Documents that are in a bucket when it is first listed are old posts, which are not announced.
  await stack.write("before.md", aDocument("Before", ago(3)));
  await stack.until(() => account.sandbox.posts("bluesky").length > 0, true);
  // No mail is about the sandbox. With credentials the account is real, and nothing of these two posts is ever sent.
  const key = "a-mail-canary";
  const credentials = JSON.stringify({ appKey: key, appSecret: key, accessToken: key, accessSecret: key });
  await account.aws.ssm.send(
    new PutParameterCommand({ Name: "/crier/production/accounts/x", Type: "SecureString", Value: credentials }),
  );
  const received = await subscribe(account.aws, stack.topic);
  const failed = ["long-one", "long-two"] as const;
  for (const slug of failed) await stack.write(`${slug}.md`, withLongLink(slug));
  const deliveries = async () =>
    (await Promise.all(failed.map(deliveriesOf))).flat().filter((one) => one.account === "x");
  await stack.until(async () => (await deliveries()).map(({ state }) => state), ["failed", "failed"]);
  await stack.settled();
  const mails = async () => (await received()).filter(({ subject }) => subject.endsWith("by x"));
  // The two minutes in which more messages are collected are over.
  await ahead({ Relay: minutes(5), Deliver: minutes(5) }, async () => {
    await stack.sweep();
    await stack.until(async () => (await mails()).length > 0, true);
  });
  await stack.settled();
  // It is sent once, unless two workers have its row at the same time: then each sends it.
  const text = (await mails()).map((one) => one.text);
  expect(new Set(text).size).toBe(1);
  await ahead({ Relay: minutes(120), Deliver: minutes(120) }, async () => {
    await stack.sweep();
  });
  const [mail, ...more] = await mails();
  expect(more).toHaveLength(text.length - 1);
  expect(mail?.subject).toBe("Crier, blog: 2 posts not announced by x");
  for (const { id, reason } of await deliveries()) {
    expect(reason).toContain("its link alone is too long");
    expect(mail?.text).toContain(`>\n  ${reason}\n  to send it again: npx crier retry ${id}\n`);
  }
  for (const slug of failed) expect(mail?.text).toContain(`- "${slug}" <https://blog.internal/`);
  const token = "AWS_REGION=us-east-1 npx crier token --stage production";
  const { FeedsUrl: feeds } = await account.cdk.outputs();
  expect(mail?.text).toContain(`: export CRIER_URL=${feeds.slice(0, -1)} CRIER_TOKEN=$(${token})\n`);
  expect(await account.aws.logged(stack.logGroup("Deliver"))).not.toContain("a-mail-canary");
  return `"${mail?.subject}", once`;
});

step("every request of a function was allowed by its role", async () => {
  await stack.settled();
  const { denied } = await account.aws.rights();
  expect(denied.filter((one) => !one.includes("a-bucket-that-is-gone"))).toEqual([]);
  return "none denied, but for the bucket that is gone";
});

step("no record ended in a dead letter queue", async () => {
  expect(await stack.failures()).toBe(0);
  return "none";
});

const Status = z.object({
  deliveries: z.array(
    z.object({ id: z.string(), account: z.string(), state: z.string(), reason: z.string().nullable() }),
  ),
});

const deliveriesOf = async (slug: string) => Status.parse(await stack.get(`/api/posts/${slug}`)).deliveries;

/** The deliveries of a post in the API, in the order of the configured accounts. */
const statesOf = async (slug: string): Promise<readonly string[]> => {
  const deliveries = await deliveriesOf(slug);
  return accounts.map(({ name }) => deliveries.find((one) => one.account === name)?.state ?? "none");
};

/** X counts all of an address whose domain it does not know. */
const withLongLink = (slug: string): string =>
  aDocument(slug, ago(2)).replace("date:", `canonicalUrl: https://blog.internal/${"long/".repeat(60)}${slug}\ndate:`);
