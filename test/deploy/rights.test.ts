import { randomBytes } from "node:crypto";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, expect } from "vitest";
import * as z from "zod";
import type { ConfigInput } from "../../src/config.ts";
import { parseDeliveryId } from "../../src/domain/delivery.ts";
import {
  accountKey,
  actKey,
  aliasKey,
  deliveryKey,
  feedStateKey,
  type Key,
  noticeKey,
  pingKey,
  postKey,
  tokenKey,
} from "../../src/store/keys.ts";
import { rowFormat } from "../../src/store/row-format.ts";
import { aServer } from "../outside/loopback.ts";
import { halves } from "../pictures/files.ts";
import { aBlueskyServerOn } from "../support/bluesky-server.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { aBrowser, formsOf, readPage } from "../support/console-browser.ts";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { makeCdn } from "./cdn.ts";
import { clocksOf } from "./clocks.ts";
import {
  aDocument,
  anAccount,
  apiToken,
  type Deployment,
  type FunctionName,
  type Inhabited,
  inhabit,
} from "./deployment.ts";
import { httpRequest } from "./http-request.ts";
import { subscribe } from "./inbox.ts";
import { aReceiver } from "./receiver.ts";
import { stepwise } from "./steps.ts";
import { patience } from "./until.ts";

const minutes = (count: number) => count * 60_000;
const ago = (count: number) => new Date(Date.now() - minutes(count));
const { step, table } = stepwise(() => account.emulator.printed());
const { sweepUntil } = clocksOf(() => stack);
/** Only a sweep offers what was lost: by a restored table, an event that was dropped, a worker that ended. */
const untilSwept = (ask: () => unknown, answer: unknown) => sweepUntil({ Relay: minutes(3) }, ask, answer);
const token = "a-token-of-mastodon";
const webhookSecret = `whsec_${randomBytes(24).toString("base64")}`;

let account: Deployment;
let stack: Inhabited;
let mastodon: Awaited<ReturnType<typeof aMastodonServer>>;
let bluesky: Awaited<ReturnType<typeof aBlueskyServerOn>>;
let receiver: Awaited<ReturnType<typeof aReceiver>>;

/** The account has no interval between two posts. */
const pacing = { interval: "0s" } as const;

/** A configuration that needs every right: two sites, a hub, a webhook, accounts with and without a secret. */
const configured = (): ConfigInput => ({
  sites: [
    {
      id: "blog",
      title: "Blog",
      url: "https://blog.example.com/",
      hubs: [`${receiver.url}/hub`],
      webhook: { url: `${receiver.url}/webhook` },
    },
    { id: "notes", title: "Notes", url: "https://notes.example.com/" },
  ],
  accounts: [
    { name: "mastodon", network: "mastodon", site: "blog", server: mastodon.url, sharesLogin: true, pacing },
    { name: "notes", network: "mastodon", site: "notes", server: mastodon.url, sharesLogin: true, pacing },
    { name: "own", network: "webhook", site: "blog", pacing },
    { name: "bluesky", network: "bluesky", site: "blog", server: bluesky.url, pacing },
    { name: "x", network: "x", site: "blog", pacing },
    {
      name: "asked",
      network: "mastodon",
      site: "blog",
      server: mastodon.url,
      sharesLogin: true,
      approve: true,
      pacing,
    },
  ],
  policies: { settle: "0s", live: "ignore", burst: 50 },
});

const putSecret = async (name: string, value: string): Promise<void> => {
  const parameter = { Name: `/crier/production/${name}`, Type: "SecureString", Value: value } as const;
  await account.aws.ssm.send(new PutParameterCommand(parameter));
};

/** Random text stays longer than a row when it is compressed. */
const aLongDocument = (title: string): string =>
  `${aDocument(title, ago(0))}\n${randomBytes(700_000).toString("base64")}\n`;

const rows = (): string => stack.named("AWS::DynamoDB::GlobalTable", "Database").physical;

/** Makes a row due that cannot be read, unless it is such a row already. */
const breakRow = async (key: Key, attribute: "state" | "topics"): Promise<void> => {
  const change = new UpdateItemCommand({
    TableName: rows(),
    Key: marshall(key),
    UpdateExpression: "SET #attribute = :broken, dueAt = :now, dueShard = :shard",
    ConditionExpression: "#attribute <> :broken",
    ExpressionAttributeNames: { "#attribute": attribute },
    ExpressionAttributeValues: marshall({ ":broken": "broken", ":now": 1, ":shard": "due#0" }),
  });
  await account.aws.dynamodb.send(change).catch((error: unknown) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
};

/** Acts while the events of a function are not delivered. */
const without = async (name: "Ingest", act: () => Promise<void>): Promise<void> => {
  const mapping = await stack.mapping(name);
  await account.aws.switchMapping(mapping, false);
  await act();
  await account.aws.switchMapping(mapping, true);
};

/** Every row but the sessions of logins, those of accounts and of the table first. */
const everyRow = async (): Promise<readonly Record<string, AttributeValue>[]> => {
  const { Items = [] } = await account.aws.dynamodb.send(new ScanCommand({ TableName: rows() }));
  const isFirst = ({ pk }: Record<string, AttributeValue>): boolean => /^(?:ACCOUNT|ROUND)#/.test(pk?.S ?? "");
  const all = Items.filter(({ pk }) => !pk?.S?.startsWith("TOKEN#"));
  return [...all.filter(isFirst), ...all.filter((row) => !isFirst(row))];
};

/** A line of the log that is too old: the next line that a function adds removes it. */
const plantOldAct = async (): Promise<void> => {
  const act = { site: "blog", at: 1, id: "old", act: "decided" };
  const row = { ...act, ...actKey(act), format: rowFormat.version };
  await account.aws.dynamodb.send(new PutItemCommand({ TableName: rows(), Item: marshall(row) }));
};

/** Replaces the rows of the table, as a restore to an earlier second does. */
const putBack = async (backup: readonly Record<string, AttributeValue>[]): Promise<void> => {
  for (const { pk, sk } of await everyRow())
    if (!backup.some((row) => row.pk?.S === pk?.S && row.sk?.S === sk?.S) && pk !== undefined && sk !== undefined)
      await account.aws.dynamodb.send(new DeleteItemCommand({ TableName: rows(), Key: { pk, sk } }));
  for (const Item of backup) await account.aws.dynamodb.send(new PutItemCommand({ TableName: rows(), Item }));
};

const Accounts = z.object({ accounts: z.array(z.object({ name: z.string(), stopped: z.unknown() })) });
const Resumed = z.object({
  wouldSend: z.array(
    z.object({
      account: z.string(),
      deliveries: z.array(z.object({ id: z.string(), slug: z.string(), state: z.string() })),
    }),
  ),
});

const Status = z.object({
  deliveries: z.array(
    z.object({
      id: z.string(),
      account: z.string(),
      state: z.string(),
      text: z.object({ value: z.string() }).nullable(),
    }),
  ),
});
const deliveryOf = async (slug: string, name: string, site = "blog") =>
  Status.parse(await stack.get(`/api/posts/${slug}?site=${site}`)).deliveries.find((one) => one.account === name);
const stateOf = async (slug: string, name: string, site = "blog") => (await deliveryOf(slug, name, site))?.state;

beforeAll(async () => {
  mastodon = await aMastodonServer();
  bluesky = await aBlueskyServerOn(aConfiguredAccount({ name: "bluesky", network: "bluesky" }));
  receiver = await aReceiver();
  account = await anAccount({ config: configured() });
  await account.cdk.bootstrapAlone();
  await account.cdk.deploy();
  stack = await inhabit(account);
}, patience);

afterAll(async () => {
  table();
  mastodon?.close();
  bluesky?.close();
  receiver?.close();
  await account?.stop();
});

step("what a bucket holds at first is history, and is in the feeds of its site", async () => {
  await stack.sweep();
  await stack.write("before.md", aDocument("Before", ago(9)));
  await stack.write("sites/notes/before.md", aDocument("Before", ago(9)));
  await stack.untilTitles(["Before"]);
  await stack.until(
    async () => (await account.aws.text(stack.feeds, "sites/notes/feed.json"))?.includes("Before"),
    true,
  );
  await stack.settled();
  return "two feeds";
});

step("a secret is the login that the network receives, and the receipts name the copies", async () => {
  const login = JSON.stringify({ accessToken: token });
  await putSecret("accounts/mastodon", login);
  await putSecret("accounts/notes", login);
  await putSecret(
    "accounts/bluesky",
    JSON.stringify({ identifier: "sandbox-bluesky", appPassword: "sandbox-bluesky" }),
  );
  await putSecret("accounts/own", JSON.stringify({ url: `${receiver.url}/silent`, secret: webhookSecret }));
  await putSecret("sites/blog/webhook", webhookSecret);
  // Publish names the feed of what is featured, and a render begins that of the category.
  await stack.write("first.md", aDocument("First", ago(8)).replace("date:", "tags: [new]\nfeatured: true\ndate:"));
  await stack.write("sites/notes/note.md", aDocument("Note", ago(7)));
  await stack.until(() => mastodon.titles().toSorted(), ["First", "Note"]);
  expect(mastodon.logins()).toEqual([`Bearer ${token}`]);
  for (const key of ["syndication/first.json", "sites/notes/syndication/note.json"])
    await stack.until(
      async () => (await account.aws.text(stack.feeds, key))?.includes("https://social.example/"),
      true,
    );
  return `${mastodon.titles().length} posts with that login, a receipt for each`;
});

step("the session of a login is in a row of its own, which says nothing without the secret", async () => {
  await stack.until(() => bluesky.posts().length, 1);
  const request = new GetItemCommand({ TableName: rows(), Key: marshall(tokenKey("bluesky")) });
  const { Item = {} } = await account.aws.dynamodb.send(request);
  expect(unmarshall(Item)).toMatchObject({ name: "bluesky", sealed: expect.stringMatching(/^[\w+/=]{100,}$/) });
  return `${bluesky.asked.filter((method) => method === "createSession").length} login`;
});

step("the hub hears of the feeds, and the webhook of the post, signed", async () => {
  await stack.until(() => receiver.at("/hub").some(({ body }) => body.includes("hub.mode=publish")), true);
  await stack.until(() => receiver.at("/webhook").length > 0, true);
  expect(receiver.at("/webhook")[0]?.headers["webhook-signature"]).toMatch(/^v1,/);
  return `${receiver.at("/hub").length} pings, ${receiver.at("/webhook").length} messages`;
});

step("a table that was restored announces nothing again, and its owner sees first what it would send", async () => {
  await stack.settled();
  const backup = await everyRow();
  await stack.write("since.md", aDocument("Since the backup", ago(1)));
  const announced = () => [
    receiver.at("/silent").filter(({ body }) => body.includes("Since the backup")).length,
    mastodon.titles().filter((title) => title === "Since the backup").length,
  ];
  await stack.until(announced, [1, 1]);
  await stack.settled();
  await putBack(backup);
  await stack.reconcile();
  const stopped = async () =>
    Accounts.parse(await stack.get("/api/accounts")).accounts.flatMap(({ name, stopped: stop }) =>
      stop === null ? [] : [name],
    );
  // Neither can be searched. The others are asked for their copies.
  await untilSwept(stopped, ["own", "x"]);
  await untilSwept(() => stateOf("since", "mastodon"), "posted");
  expect(announced()).toEqual([1, 1]);
  const { wouldSend } = Resumed.parse(await stack.ask("POST", "/api/sending/resume"));
  // The first post got no answer, and is settled when the account is resumed.
  const listed = wouldSend.flatMap(({ account: name, deliveries }) => deliveries.map((one) => ({ name, ...one })));
  const again = listed.filter(({ slug }) => slug !== "first");
  expect(again).toMatchObject([{ name: "own", slug: "since", state: "pending" }]);
  for (const { id } of again) await stack.ask("POST", `/api/deliveries/${id}/dismiss`);
  expect(Resumed.parse(await stack.ask("POST", "/api/sending/resume?confirm=true")).wouldSend).toEqual([]);
  await stack.write("later.md", aDocument("Later", ago(1)));
  await stack.until(() => receiver.at("/silent").filter(({ body }) => body.includes("Later")).length, 1);
  expect(announced()).toEqual([1, 1]);
  await untilSwept(stack.titles, ["Later", "Since the backup", "First", "Before"]);
  return "own and x are stopped, mastodon has it; nothing twice";
});

step("a post too large for its row is in the feed, posted, edited, and told by the API", async () => {
  await stack.write("long.md", aLongDocument("Long"));
  await stack.untilTitles(["Long", "Later", "Since the backup", "First", "Before"]);
  await stack.until(() => stateOf("long", "mastodon"), "posted");
  await stack.write("long.md", aLongDocument("Longer"));
  await stack.untilTitles(["Longer", "Later", "Since the backup", "First", "Before"]);
  await stack.until(() => mastodon.titles().includes("Longer"), true);
  return "in the feed, on Mastodon, with its status";
});

step("a refused post is a mail to the owner, and posted when it is tried again through the API", async () => {
  const received = await subscribe(account.aws, stack.topic);
  // No edit of the post before takes the refusal.
  await stack.settled();
  mastodon.refuseNext("Validation failed");
  await stack.write("refused.md", aDocument("Refused", ago(5)));
  const states = () => Promise.all(["mastodon", "own", "bluesky"].map((name) => stateOf("refused", name)));
  // A delivery that waits while the clock is ahead would wait until the turned time comes: none does.
  await stack.until(states, ["failed", "posted", "posted"]);
  const { id = "" } = (await deliveryOf("refused", "mastodon")) ?? {};
  // A mail may come twice: two workers that have its row at the same time both send it.
  const isMailed = async () => (await received()).some(({ text }) => text.includes(id));
  await sweepUntil({ Relay: minutes(5), Deliver: minutes(5) }, isMailed, true);
  await stack.ask("POST", `/api/deliveries/${id}/retry`);
  await stack.until(() => mastodon.titles().includes("Refused"), true);
  return "failed, a mail, posted";
});

step("the picture of a post is made by the function that prepares pictures, and sent with its card", async () => {
  const file = await halves(2400, 1200).png().toBuffer();
  const server = await aServer((_, response) => response.writeHead(200, { "content-type": "image/png" }).end(file));
  const reached = { EMULATOR_PUBLIC: `93.184.216.34:80=${new URL(server.url).port}` };
  const back = [await stack.configure("Publish", reached), await stack.configure("Media", reached)];
  const fields = "image: http://93.184.216.34/picture.png\nimageAlt: Two halves\ndate:";
  await stack.write("pictured.md", aDocument("Pictured", ago(4)).replace("date:", fields));
  const cards = () => bluesky.posts().flatMap(({ card }) => card ?? []);
  await stack.until(() => cards().some(({ title, picture }) => title === "Pictured" && picture !== undefined), true);
  await stack.settled();
  // The headers for the feeds, and the file: once, for all accounts.
  expect(server.requests.map(({ method }) => method)).toEqual(["HEAD", "GET"]);
  // A job that nobody claimed changes nothing, and fails nothing.
  const job = { url: "http://93.184.216.34/other.png", caps: [], attempts: 1, next: 0 };
  await account.aws.invoke(stack.functionOf("Media"), job);
  const { Environment } = await account.aws.configuration(stack.functionOf("Media"));
  expect(Object.keys(Environment.Variables).filter((name) => /TABLE|SECRET|QUEUE/.test(name))).toEqual([]);
  await Promise.all(back.map((put) => put()));
  return "a thumbnail";
});

step("a post is planned, put, edited, listed and removed through the API", async () => {
  await stack.ask("POST", "/api/plan", aDocument("By the API"));
  await stack.ask("PUT", "/api/posts/by-the-api", aDocument("By the API", ago(4)));
  await stack.ask("PUT", "/api/posts/by-the-api", aLongDocument("By the API"));
  await stack.until(() => mastodon.titles().includes("By the API"), true);
  for (const path of ["posts", "deliveries?state=posted", "accounts", "accounts?site=notes"])
    await stack.get(`/api/${path}`);
  await stack.ask("POST", "/api/accounts/check");
  await plantOldAct();
  await without("Ingest", async () => {
    await stack.remove("before.md");
    await stack.ask("PUT", "/api/posts/before", aDocument("Before", ago(9)));
    for (const slug of ["by-the-api", "refused", "before"]) await stack.ask("DELETE", `/api/posts/${slug}`);
  });
  await untilSwept(async () => (await stack.titles()).filter((title) => /API|Refused|Before/.test(title)), []);
  return "posted, and gone from the feed";
});

step(
  "an address that was claimed by a document and never used is free, for each function that reads documents",
  async () => {
    const { id = "" } = (await deliveryOf("long", "mastodon")) ?? {};
    const post = parseDeliveryId(id)?.post ?? "";
    for (const value of ["by-ingest", "by-web", "by-listing"]) {
      const row = { ...aliasKey("blog", "address", value), value, post };
      await account.aws.dynamodb.send(new PutItemCommand({ TableName: rows(), Item: marshall(row) }));
    }
    await stack.write("by-ingest.md", aDocument("By ingest", ago(3)));
    await stack.ask("PUT", "/api/posts/by-web", aDocument("By web", ago(3)));
    await untilSwept(
      async () => (await stack.titles()).filter((title) => /By/.test(title)).toSorted(),
      ["By ingest", "By web"],
    );
    return "taken over";
  },
);

step("the hourly listing finds what the lost events told of", async () => {
  await without("Ingest", async () => {
    await stack.write("by-listing.md", aDocument("By listing", ago(2)));
    await stack.write("long.md", aLongDocument("Longest"));
    await account.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: stack.queue("ContentChanges") }));
  });
  await stack.reconcile();
  const isThere = async () =>
    (await stack.titles()).filter((title) => ["By listing", "Longest"].includes(title)).length;
  await untilSwept(isThere, 2);
  return "in the feed";
});

step("a row of a delivery or a ping that cannot be read is named by an alarm, and stops nothing", async () => {
  const { id = "" } = (await deliveryOf("long", "x")) ?? {};
  const { post, account: name, generation } = parseDeliveryId(id) ?? { post: "", account: "", generation: 0 };
  const broken = [
    [deliveryKey({ site: "blog", post, account: name, generation }), "state"],
    [pingKey({ site: "blog", key: "main", hub: `${receiver.url}/hub` }), "topics"],
  ] as const;
  // Again where it was written over: by a render that ends after the feed has changed, or a worker that had read the row.
  const plant = async () => {
    for (const [key, attribute] of broken) await breakRow(key, attribute);
  };
  const named = async () => {
    const log = await account.aws.logged(stack.logGroup("Deliver"));
    const kinds = ["DELIVERY", "PING"].filter((kind) =>
      new RegExp(`the stored row [^\n]* ${kind}#[^\n]* cannot be read`).test(log),
    );
    if (kinds.length < broken.length) await plant();
    return kinds;
  };
  await stack.until(named, ["DELIVERY", "PING"]);
  expect((await stack.counted()).filter((name) => name === "ingest").length).toBeGreaterThan(1);
  return "counted";
});

step("the work of a site that left the configuration is postponed and named, and stops nothing", async () => {
  const known = pingKey({ site: "blog", key: "main", hub: `${receiver.url}/hub` });
  const { Item = {} } = await account.aws.dynamodb.send(
    new GetItemCommand({ TableName: rows(), Key: marshall(known) }),
  );
  const due = { dueAt: 1, dueShard: "due#0" };
  const ping = pingKey({ site: "left", key: "main", hub: `${receiver.url}/hub` });
  const notice = { site: "left", to: "site", about: "post" } as const;
  const fresh = { ...notice, version: 1, items: [], more: 0, attempts: 0, count: 0 };
  for (const row of [
    { ...unmarshall(Item), topics: [], ...ping, site: "left", ...due },
    { ...fresh, ...noticeKey(notice), ...due },
  ])
    await account.aws.dynamodb.send(new PutItemCommand({ TableName: rows(), Item: marshall(row) }));
  const named = async () => {
    const log = await account.aws.logged(stack.logGroup("Deliver"));
    return ["ping", "notice"].filter((kind) =>
      new RegExp(`${kind} [^\n]*left[^\n]* failed and is tried again: there is no site`).test(log),
    );
  };
  await untilSwept(named, ["ping", "notice"]);
  return "each of them";
});

step("a stop keeps what comes from being sent, and it goes out when the stop is over", async () => {
  await stack.ask("POST", "/api/sending/stop?account=mastodon&why=a+wrong+link");
  await stack.write("stopped.md", aDocument("Stopped", ago(5)));
  await stack.until(() => stateOf("stopped", "mastodon"), "pending");
  await stack.settled();
  expect(mastodon.titles()).not.toContain("Stopped");
  const text = "/api/deliveries/text";
  const ofStopped = "post=stopped&account=mastodon";
  await stack.ask("POST", `${text}/length?${ofStopped}&text=In+other+words`);
  await stack.ask("POST", `${text}?${ofStopped}&text=In+other+words`);
  await stack.until(async () => (await deliveryOf("stopped", "mastodon"))?.text?.value, "In other words");
  await stack.ask("POST", `${text}/document?${ofStopped}`);
  await stack.until(async () => (await deliveryOf("stopped", "mastodon"))?.text, null);
  await stack.ask("POST", "/api/sending/resume?account=mastodon");
  await stack.until(() => mastodon.titles().includes("Stopped"), true);
  return "posted then";
});

/** A browser at the console, behind CloudFront. */
const anEditor = async () => {
  const ask = await makeCdn(account, stack);
  const browser = aBrowser({
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = request.method === "POST" ? { body: await request.text() } : {};
      const reply = await ask(`${pathname}${search}`, Object.fromEntries(request.headers), {
        method: request.method,
        ...body,
      });
      const isEmpty = reply.body.length === 0;
      return new Response(isEmpty ? null : Buffer.from(reply.body), { status: reply.status, headers: reply.headers });
    },
  });
  /** Presses the only button whose label begins with these words, and returns the page that follows, as text. */
  const press = async (path: string, words: string, typed: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { page } = await browser.get(path);
    const [label = words, ...others] = formsOf(page).flatMap((form) =>
      form.label.startsWith(words) ? [form.label] : [],
    );
    expect([path, words, others]).toEqual([path, words, []]);
    return readPage((await browser.pressAndSee(page, label, typed)).page);
  };
  return { browser, press };
};

step(
  "an editor signs in to the console through CloudFront, and stops, approves, releases and posts again there",
  async () => {
    await stack.settled();
    await plantOldAct();
    await putSecret("accounts/asked", JSON.stringify({ accessToken: token }));
    const { browser, press } = await anEditor();
    const entrance = await browser.get("/console/sign-in");
    await browser.press(entrance.page, "Sign in", { token: apiToken, name: "Editor A" });
    expect(browser.cookie).toMatch(/^__Host-crier=/);
    const now = await browser.get("/console");
    expect([now.status, now.headers.get("cache-control"), now.page]).toEqual([
      200,
      "no-store",
      expect.stringContaining("Editor A"),
    ]);
    expect(now.headers.get("content-security-policy")).toContain("default-src 'none'");
    const [, css = ""] = /href="([^"]*\.css)"/.exec(now.page) ?? [];
    expect((await browser.get(css)).headers.get("cache-control")).toContain("immutable");
    await press("/console/stop?account=mastodon", "Stop sending", { why: "a wrong link" });
    await stack.write("edited.md", aDocument("Edited", ago(5)));
    const states = async () => [await stateOf("edited", "mastodon"), await stateOf("edited", "asked")];
    await stack.until(states, ["pending", "held"]);
    await stack.settled();
    expect(await press("/console/posts/edited", "Approve on asked")).toContain("Approved on asked.");
    expect(await press("/console/posts/edited", "Stop on mastodon")).toContain("Stopped on mastodon.");
    await stack.until(states, ["held", "posted"]);
    await stack.write("kept.md", aDocument("Kept", ago(5)));
    await stack.until(() => stateOf("kept", "mastodon"), "pending");
    await press("/console/accounts", "Let it send again on mastodon");
    await stack.until(() => mastodon.titles().includes("Kept"), true);
    // A form names the version of the delivery that its page showed.
    await stack.settled();
    expect(await press("/console/posts/edited", "Release on mastodon")).toContain("Released on mastodon.");
    await stack.until(states, ["posted", "posted"]);
    expect(mastodon.titles().filter((title) => title === "Edited")).toHaveLength(2);
    const copies = () => mastodon.titles().filter((title) => /^Longe/.test(title)).length;
    const before = copies();
    await press("/console/again?post=long", "Post it", { account: "mastodon" });
    await stack.until(copies, before + 1);
    expect(await press("/console/accounts", "Check the login again of mastodon")).toContain(
      "The login of mastodon works.",
    );
    const atApi = await account.aws.invoke(stack.functionOf("Console"), httpRequest("GET", "/console/sign-in", {}));
    expect(atApi).toMatchObject({ statusCode: 421 });
    return "held, approved, released, posted again; 421 at the API's own host";
  },
);

step(
  "a copy whose answer is lost is found on the network, or unknown until a person says what became of it",
  async () => {
    await stack.settled();
    mastodon.silenceNext();
    await stack.write("lost.md", aDocument("Lost", ago(6)));
    await stack.until(() => mastodon.titles().includes("Lost"), true);
    const states = async () => [await stateOf("lost", "mastodon"), await stateOf("first", "own")];
    // Last, because the account waits until the clock of its last post comes. Longer than Mastodon remembers a key: the copy is searched.
    await sweepUntil({ Relay: minutes(80), Deliver: minutes(80) }, states, ["posted", "unknown"]);
    expect(mastodon.titles().filter((title) => title === "Lost")).toHaveLength(1);
    // The hourly run has the networks asked again.
    await stack.reconcile();
    const { id = "" } = (await deliveryOf("first", "own")) ?? {};
    await stack.ask("POST", `/api/deliveries/${id}/resolve?as=posted`);
    expect(await stateOf("first", "own")).toBe("posted");
    return "found; unknown, then posted";
  },
);

step("the read-only token reads and plans, and publishes nothing", async () => {
  await putSecret("plan-token", "only-plans");
  const ask = async (method: string, path: string) => {
    const headers = { authorization: "Bearer only-plans", "content-type": "text/markdown" };
    const body = method === "GET" ? undefined : aDocument("Only planned", ago(1));
    return account.aws.invoke(stack.functionOf("Web"), { ...httpRequest(method, path, headers), body });
  };
  expect(await ask("GET", "/api/posts")).toMatchObject({ statusCode: 200 });
  expect(await ask("POST", "/api/plan")).toMatchObject({ statusCode: 200 });
  expect(await ask("PUT", "/api/posts/only-planned")).toMatchObject({ statusCode: 401 });
  return "200, 200, 401";
});

step("nothing was denied", async () => {
  await stack.settled();
  const { denied } = await account.aws.rights();
  expect(denied).toEqual([]);
  return "no request";
});

step("every right of every function was needed", async () => {
  const { rights, unused } = await account.aws.rights();
  expect(unused).toEqual([]);
  return `${rights} rights`;
});

step("a function's credentials write no row of another function", async () => {
  const { id = "" } = (await deliveryOf("first", "mastodon")) ?? {};
  const { post, account: name, generation } = parseDeliveryId(id) ?? { post: "", account: "", generation: 0 };
  const delivery = {
    ...deliveryKey({ site: "blog", post, account: name, generation }),
    account: name,
    state: "pending",
  };
  const foreign = [
    ["Ingest", delivery],
    ["Render", delivery],
    ["Publish", accountKey("mastodon")],
    ["Relay", postKey("blog", post)],
    ["Web", feedStateKey("blog", "main")],
    ["Console", aliasKey("blog", "address", "taken")],
  ] as const;
  const put = async (name: FunctionName, row: Key): Promise<string> => {
    const dynamodb = await account.aws.dynamodbOf(stack.functionOf(name));
    return dynamodb.send(new PutItemCommand({ TableName: rows(), Item: marshall(row) })).then(
      () => "written",
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
  };
  for (const [name, row] of foreign) expect([name, await put(name, row)]).toEqual([name, "AccessDeniedException"]);
  expect(await stateOf("first", "mastodon")).toBe("posted");
  return `${foreign.map(([name]) => name).join(", ")}: denied`;
});

step("no other function's credentials read the sessions of logins, or write them", async () => {
  const names = ["Ingest", "Reconcile", "Publish", "Render", "Relay", "Web", "Console"] as const;
  const request = { TableName: rows(), Key: marshall(tokenKey("bluesky")) };
  const row = { TableName: rows(), Item: marshall({ ...tokenKey("bluesky"), version: 1 }) };
  for (const name of names) {
    const dynamodb = await account.aws.dynamodbOf(stack.functionOf(name));
    const denied = { name: "AccessDeniedException" };
    await expect(dynamodb.send(new GetItemCommand(request))).rejects.toMatchObject(denied);
    await expect(dynamodb.send(new PutItemCommand(row))).rejects.toMatchObject(denied);
  }
  const own = await account.aws.dynamodbOf(stack.functionOf("Deliver"));
  expect((await own.send(new GetItemCommand(request))).Item).toBeDefined();
  return `${names.join(", ")}: denied`;
});

step("a function that is told of another path of secrets is denied them", async () => {
  await stack.configure("Deliver", { SECRETS_PATH: "/crier/elsewhere" });
  await stack.write("unread.md", aDocument("Unread", ago(1)));
  const isDenied = async () =>
    (await account.aws.rights()).denied.some((one) => /ssm:GetParameter \S*\/elsewhere\/accounts\/mastodon /.test(one));
  await stack.until(isDenied, true);
  return "denied";
});
