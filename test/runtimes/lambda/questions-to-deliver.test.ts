import { randomBytes } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { expect, onTestFinished, test } from "vitest";
import { checkLogin } from "../../../src/app/status/check-logins.ts";
import { installationOf } from "../../../src/domain/installation.ts";
import type { Connection, ConnectResult, Logins } from "../../../src/ports/networks.ts";
import {
  answerBody,
  answerLogin,
  bodiesByDeliver,
  loginsByDeliver,
  Question,
} from "../../../src/runtimes/lambda/questions-to-deliver.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import { compressedBodies } from "../../../src/store/bodies.ts";
import { anAws } from "../../support/aws-double.ts";
import { anAccount } from "../../support/builders.ts";
import { objectsInMemory } from "../../support/objects-in-memory.ts";
import { aStore } from "../../support/store.ts";

const account = anAccount({ name: "mastodon" });
const { deadline } = systemRuntime;
const installation = installationOf({ stage: "preview", region: "eu-central-1", url: undefined, posts: [] });

const check = async (networks: Logins) => {
  const { store, stop } = await aStore();
  onTestFinished(stop);
  const { accounts: accountStates, deliveries, servers } = store;
  const ports = {
    networks,
    deadline,
    installation,
    accountStates,
    deliveries,
    servers,
    accounts: [account],
    allAccounts: [account],
    clock: Date.now,
  };
  return checkLogin(account, ports);
};

/** Returns the API's view of an account through the function `deliver`, which connects it this way. */
const throughDeliver = async (open: () => Promise<ConnectResult>, hasSecret = true) => {
  const aws = await anAws();
  const networks = { connect: async () => ({ ...(await open()), fingerprint: "1234abcd" }) };
  aws.functions.set("deliver", (event) => {
    const question = Question.parse(event);
    return answerLogin("loginOf" in question ? question.loginOf : "", { accounts: [account], networks, deadline });
  });
  const client = new LambdaClient(aws.client);
  const logins = loginsByDeliver({ client, deliver: "deliver", hasSecret: async () => hasSecret, clock: () => 0 });
  return { aws, logins };
};

const connectedAs = (whoAmI: Connection["whoAmI"]) => async (): Promise<ConnectResult> => ({
  connection: { whoAmI, send: () => Promise.reject(new Error("nothing is sent")) },
});

test("the API learns when a login ends, and why it was not renewed", async () => {
  const identity = { kind: "identity", id: "account 7", endsAt: 1_800_000_000_000, problem: "400" } as const;
  const { logins } = await throughDeliver(connectedAs(async () => identity));
  const connected = await logins.connect(account, false);
  const answer = "connection" in connected ? await connected.connection.whoAmI(AbortSignal.timeout(1000)) : connected;
  expect(answer).toMatchObject(identity);
});

test("the API learns whose login a secret is, and its fingerprint, by one question", async () => {
  const { aws, logins } = await throughDeliver(
    connectedAs(async () => ({ kind: "identity", id: "account 7", handle: "@alex" })),
  );
  expect(await check(logins)).toMatchObject({
    reach: "real",
    identity: "@alex (account 7)",
    problem: undefined,
  });
  expect(await logins.fingerprint(account)).toBe("1234abcd");
  expect(aws.requests).toEqual(["POST /2015-03-31/functions/deliver/invocations"]);
});

test("a login that is refused, and a secret that is malformed, are the problem of their account", async () => {
  const refused = await throughDeliver(connectedAs(async () => ({ kind: "unauthorised", reason: "401" })));
  expect(await check(refused.logins)).toMatchObject({
    problem: expect.stringMatching(
      /^the login of mastodon is refused \(401\): set new credentials with "AWS_REGION=eu-central-1 npx crier accounts connect mastodon --stage preview"$/,
    ),
  });
  const malformed = await throughDeliver(async () => ({ problem: "the secret of mastodon needs accessToken" }));
  expect(await check(malformed.logins)).toMatchObject({
    problem: "the secret of mastodon needs accessToken",
  });
});

test("a secret that deliver cannot read is named, and a function that fails is a problem with the next step", async () => {
  const unreadable = await throughDeliver(() => Promise.reject(new Error("Cannot read the parameter /crier/x")));
  expect(await check(unreadable.logins)).toMatchObject({
    problem: "Cannot read the parameter /crier/x",
  });
  const failing = await throughDeliver(() => Promise.reject(new Error("unused")));
  failing.aws.functions.set("deliver", () => Promise.reject(new Error("out of memory")));
  expect(await check(failing.logins)).toMatchObject({
    problem: "The function deliver did not say whose login mastodon is: see its log.",
  });
});

test("nobody is asked about an account without a secret", async () => {
  const { aws, logins } = await throughDeliver(() => Promise.reject(new Error("unused")), false);
  expect(await check(logins)).toMatchObject({
    reach: "none",
    problem: undefined,
  });
  expect(await logins.fingerprint(account)).toBeUndefined();
  expect(aws.requests).toEqual([]);
});

/** The bodies as the console has them, which asks deliver for these. */
const bodiesThroughDeliver = async () => {
  const aws = await anAws();
  const kept = objectsInMemory();
  aws.functions.set("deliver", (event) => {
    const question = Question.parse(event);
    return answerBody("bodyAt" in question ? question.bodyAt : "", kept);
  });
  return { aws, kept, asked: bodiesByDeliver({ client: new LambdaClient(aws.client), deliver: "deliver" }) };
};

test("the console reads and saves a post whose body is too long for its row, and writes no body", async () => {
  const { kept, asked } = await bodiesThroughDeliver();
  const html = randomBytes(600_000).toString("base64");
  const post = { site: "blog", id: "1", others: "" };
  const packed = await compressedBodies(kept).pack(html, post);
  expect(packed.bodyKey).toBeDefined();
  const bodies = compressedBodies(asked);
  expect(await bodies.unpack(packed)).toBe(html);
  expect(await bodies.pack(html, post)).toEqual(packed);
  expect(await compressedBodies(kept).unpack(packed)).toBe(html);
});

test("a body that is gone is damage of its post, and a deliver that fails is named with its body", async () => {
  const { aws, asked } = await bodiesThroughDeliver();
  expect(await asked.read("blog/1/gone")).toBeUndefined();
  aws.functions.set("deliver", () => Promise.reject(new Error("out of memory")));
  await expect(asked.read("blog/1/abc")).rejects.toThrow(
    "The function deliver did not say what is in the body blog/1/abc: see its log.",
  );
});
