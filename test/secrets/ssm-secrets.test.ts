import { SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { minute, second } from "../../src/domain/time.ts";
import { ssmHasSecret, ssmSecrets, ssmToken, ssmWebhookSecrets } from "../../src/secrets/ssm-secrets.ts";
import { anAws } from "../support/aws-double.ts";

const secrets = async (parameters: Readonly<Record<string, string>>) => {
  const aws = await anAws();
  let now = 0;
  for (const [name, value] of Object.entries(parameters)) aws.parameters.set(name, value);
  const wait = (time: number) => {
    now += time;
  };
  return {
    aws,
    wait,
    read: ssmSecrets({ client: new SSMClient(aws.client), path: "/crier/test/accounts", clock: () => now }),
  };
};

test("the secret of an account is its parameter, decrypted and read", async () => {
  const { read } = await secrets({ "/crier/test/accounts/mastodon": '{"token":"t"}' });
  expect(await read("mastodon")).toEqual({ token: "t" });
});

test("an account whose secret was never set has none", async () => {
  const { read } = await secrets({});
  expect(await read("mastodon")).toBeUndefined();
});

test.each(["hunter2", '{"token":{"hunter2":1}}', '["hunter2"]', ""])(
  "the parameter %j is a secret without fields, so that only its account waits",
  async (value) => {
    const { read } = await secrets({ "/crier/test/accounts/x": value });
    expect(await read("x")).toEqual({});
  },
);

test("a parameter that may not be read is an error, not a missing secret", async () => {
  const { aws, read } = await secrets({});
  aws.answerNext(400, "AccessDeniedException", "json");
  await expect(read("x")).rejects.toThrow(/Cannot read the parameter \/crier\/test\/accounts\/x/);
});

test("a parameter without a value is a secret without fields", async () => {
  const { aws, read } = await secrets({});
  aws.sayNothing();
  expect(await read("x")).toEqual({});
});

test("a secret is read once a minute", async () => {
  const { aws, read, wait } = await secrets({ "/crier/test/accounts/x": '{"token":"one"}' });
  expect(await read("x")).toEqual({ token: "one" });
  aws.parameters.set("/crier/test/accounts/x", '{"token":"two"}');
  expect(await read("x")).toEqual({ token: "one" });
  wait(minute);
  expect(await read("x")).toEqual({ token: "two" });
});

test("a secret that could not be read is read again at once", async () => {
  const { aws, read } = await secrets({ "/crier/test/accounts/x": '{"token":"t"}' });
  aws.answerNext(400, "AccessDeniedException", "json");
  await expect(read("x")).rejects.toThrow(/Cannot read the parameter/);
  expect(await read("x")).toEqual({ token: "t" });
});

const webhookSecrets = async () => {
  const aws = await anAws();
  const clock = { now: 0 };
  const parameterName = (site: string) => `/crier/test/sites/${site}/webhook`;
  const { read } = ssmWebhookSecrets({ client: new SSMClient(aws.client), parameterName, clock: () => clock.now });
  return { aws, clock, read };
};

test("the secret of a webhook is read once a minute, however many messages it signs", async () => {
  const { aws, clock, read } = await webhookSecrets();
  aws.parameters.set("/crier/test/sites/blog/webhook", "whsec_one");
  expect([await read("blog"), await read("blog")]).toEqual(["whsec_one", "whsec_one"]);
  expect(aws.requests).toEqual(["GetParameter"]);
  aws.parameters.set("/crier/test/sites/blog/webhook", "whsec_two");
  clock.now += minute;
  expect([await read("blog"), await read("notes")]).toEqual(["whsec_two", undefined]);
});

test("the secret of a webhook that could not be read is read again with the next message", async () => {
  const { aws, read } = await webhookSecrets();
  aws.parameters.set("/crier/test/sites/blog/webhook", "whsec_one");
  aws.answerNext(400, "AccessDeniedException", "json");
  await expect(read("blog")).rejects.toThrow(/Cannot read the parameter \/crier\/test\/sites\/blog\/webhook/);
  expect(await read("blog")).toBe("whsec_one");
});

const existence = async () => {
  const aws = await anAws();
  const clock = { now: 0 };
  const options = { client: new SSMClient(aws.client), path: "/crier/test/accounts", clock: () => clock.now };
  return { aws, clock, hasSecret: ssmHasSecret(options) };
};

test("who may not read a secret sees by its tags that it is there, asked once a minute", async () => {
  const { aws, clock, hasSecret } = await existence();
  expect(await hasSecret("x")).toBe(false);
  aws.parameters.set("/crier/test/accounts/x", '{"token":"t"}');
  expect(await hasSecret("x")).toBe(false);
  clock.now += minute;
  expect(await hasSecret("x")).toBe(true);
  expect(aws.requests).toEqual(["ListTagsForResource", "ListTagsForResource"]);
});

test("a secret that may not be seen is an error, and is not taken for a missing one", async () => {
  const { aws, hasSecret } = await existence();
  aws.answerNext(400, "AccessDeniedException", "json");
  await expect(hasSecret("x")).rejects.toThrow(/Cannot see whether there is a parameter \/crier\/test\/accounts\/x/);
});

const theToken = async () => {
  const aws = await anAws();
  const clock = { now: 0 };
  return { aws, clock, read: ssmToken(new SSMClient(aws.client), "/crier/test/token", () => clock.now) };
};

test("the API's token is read once in half a minute, also while there is none", async () => {
  const { aws, clock, read } = await theToken();
  expect(await read()).toBeUndefined();
  aws.parameters.set("/crier/test/token", "one");
  expect(await read()).toBeUndefined();
  clock.now += 30 * second;
  expect(await read()).toBe("one");
  aws.parameters.set("/crier/test/token", "two");
  expect([await read(), aws.requests.length]).toEqual(["one", 2]);
  clock.now += 30 * second;
  expect(await read()).toBe("two");
});

test("a token that could not be read is an error for five seconds, and then read again", async () => {
  const { aws, clock, read } = await theToken();
  aws.parameters.set("/crier/test/token", "one");
  aws.answerNext(400, "ThrottlingException", "json");
  await expect(read()).rejects.toThrow(/Cannot read the parameter \/crier\/test\/token/);
  clock.now += 4 * second;
  await expect(read()).rejects.toThrow();
  expect(aws.requests.length).toBe(1);
  clock.now += second;
  expect(await read()).toBe("one");
});
