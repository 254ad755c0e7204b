import { inspect } from "node:util";
import { SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { ssmParameters } from "../../src/secrets/parameters.ts";
import { ssmSecrets } from "../../src/secrets/ssm-secrets.ts";
import { anAws } from "../support/aws-double.ts";

const canary = "canary-0b77fe";

const store = async () => {
  const aws = await anAws();
  const client = new SSMClient(aws.client);
  return { aws, client, parameters: ssmParameters(client) };
};

test("a value that is put is read by the functions", async () => {
  const { client, parameters } = await store();
  await parameters.put("/crier/test/accounts/x", '{"accessToken":"t"}');
  expect(await ssmSecrets({ client, path: "/crier/test/accounts", clock: () => 0 })("x")).toEqual({ accessToken: "t" });
});

test("a parameter is read decrypted, and is undefined where it does not exist", async () => {
  const { parameters } = await store();
  expect(await parameters.read("/crier/test/token")).toBeUndefined();
  await parameters.put("/crier/test/token", "t");
  expect(await parameters.read("/crier/test/token")).toBe("t");
});

test("a parameter is created once: a second create changes nothing", async () => {
  const { aws, parameters } = await store();
  expect(await parameters.create("/crier/test/token", "first")).toBe(true);
  expect(await parameters.create("/crier/test/token", "second")).toBe(false);
  expect(aws.parameters.get("/crier/test/token")).toBe("first");
});

test.each(["put", "create"] as const)("a failed %s does not contain the value, not even in its cause", async (act) => {
  const { aws, parameters } = await store();
  aws.answerNext(400, "ValidationException", "json");
  const refusal = await parameters[act]("/crier/test/token", canary).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ name: "ParameterError" });
  expect(inspect(refusal, { depth: null })).not.toContain(canary);
});

test("a parameter that may not be read is an error, not a missing parameter", async () => {
  const { aws, parameters } = await store();
  aws.answerNext(400, "AccessDeniedException", "json");
  await expect(parameters.read("/crier/test/token")).rejects.toThrow(/allowed ssm:GetParameter there$/);
});

test("the region is known", async () => {
  expect(await (await store()).parameters.region()).toBe("us-east-1");
});
