import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { anAws } from "../support/aws-double.ts";
import { awsEnvironment, signIn } from "../support/aws-environment.ts";
import { crier } from "../support/terminal.ts";

const name = "/crier/production/token";
const storage = "/crier/production/storage";

let aws: Awaited<ReturnType<typeof anAws>>;
beforeEach(async () => {
  aws = await anAws();
  signIn(awsEnvironment(aws));
  // The stack writes it.
  aws.parameters.set(storage, "{}");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const token = (...flags: readonly string[]) => crier(["token", ...flags]);

test("a deployment without a token gets one of 32 random bytes", async () => {
  const done = await token();
  expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/^[\w-]{43}\n$/) });
  expect(aws.parameters.get(name)).toBe(done.out.trim());
  expect(done.err).toBe(`${name} in us-east-1. This token is new: until now the API answered 401 to every request.\n`);
});

test("an existing token is printed", async () => {
  aws.parameters.set(name, "a-token");
  expect(await token()).toMatchObject({ code: 0, out: "a-token\n", err: expect.stringContaining("--rotate") });
  expect(aws.requests).toEqual(["GetParameter"]);
});

test("--rotate replaces the token", async () => {
  aws.parameters.set(name, "a-token");
  const done = await token("--rotate");
  expect(done).toMatchObject({ code: 0, err: expect.stringContaining("the old one is refused") });
  expect(done.out).not.toBe("a-token\n");
  expect(aws.parameters.get(name)).toBe(done.out.trim());
});

test("another stage has a token of its own", async () => {
  aws.parameters.set("/crier/preview/storage", "{}");
  await token("--stage", "preview");
  expect([...aws.parameters.keys()]).toEqual([storage, "/crier/preview/storage", "/crier/preview/token"]);
});

test.each([[[]], [["--rotate"]], [["--plan"]]])(
  "with the flags %j, no token is made for a stage that is not deployed in this region",
  async (flags) => {
    aws.parameters.clear();
    expect(await token(...flags)).toMatchObject({
      code: 1,
      out: "",
      err: `crier: there is no deployment of the stage production in us-east-1 (no parameter ${storage}): run npx cdk deploy, or set AWS_REGION\n`,
    });
    expect([...aws.parameters]).toEqual([]);
  },
);

test("a token that another process creates at the same moment is used", async () => {
  aws.parameters.set(name, "theirs");
  aws.answerNext(400, "ParameterNotFound", "json");
  expect(await token()).toMatchObject({ code: 0, out: "theirs\n" });
  expect(aws.requests).toEqual(["GetParameter", "GetParameter", "PutParameter", "GetParameter"]);
});

test("a token that is deleted at the same moment is an error that asks to try again", async () => {
  aws.passOne();
  aws.passOne();
  aws.answerNext(400, "ParameterAlreadyExists", "json");
  expect(await token()).toMatchObject({ code: 1, out: "", err: expect.stringContaining("try again") });
});

test.each([
  ["made", []],
  ["read", []],
  ["rotated", ["--rotate"]],
])("--json shows that the token was %s", async (result, flags) => {
  if (result !== "made") aws.parameters.set(name, "a-token");
  const done = await token("--json", ...flags);
  expect(done.json()).toEqual({
    result,
    stage: "production",
    parameter: name,
    region: "us-east-1",
    token: aws.parameters.get(name),
  });
  expect(done.err).toBe("");
});

test.each(["a-token\n", "two words"])(
  "a token such as %j, which no request can send, is not printed",
  async (value) => {
    aws.parameters.set(name, value);
    const done = await token();
    expect(done).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/white space.*npx crier token --rotate/),
    });
    expect(done.err).not.toContain(value);
  },
);

test.each([
  [[], "ssm:GetParameter"],
  [["--rotate"], "ssm:PutParameter"],
])("with the flags %j, a refusal of AWS names the permission %s", async (flags, right) => {
  if (right === "ssm:PutParameter") aws.passOne();
  aws.answerNext(400, "AccessDeniedException", "json");
  expect(await token(...flags)).toMatchObject({
    code: 1,
    out: "",
    err: `crier: AWS refuses access to ${name}: sign in as a user or role that is allowed ${right} there\n`,
  });
});

test("a refusal to create the token names the permission to write", async () => {
  aws.passOne();
  aws.passOne();
  aws.answerNext(400, "AccessDeniedException", "json");
  expect(await token()).toMatchObject({ code: 1, err: expect.stringContaining("ssm:PutParameter") });
});

test("an invalid stage is wrong usage", async () => {
  expect(await token("--stage", "No")).toMatchObject({ code: 2, err: expect.stringContaining("lower-case letters") });
});

const planName = "/crier/production/plan-token";

test("--plan makes a read-only token of its own, and prints it the next time", async () => {
  const made = await token("--plan");
  expect(aws.parameters.get(planName)).toBe(made.out.trim());
  expect(aws.parameters.get(name)).toBeUndefined();
  expect(made.err).toBe(`${planName} in us-east-1. This token is new; it allows GET and POST /api/plan alone.\n`);
  expect(await token("--plan")).toMatchObject({ code: 0, out: made.out, err: expect.stringContaining("--rotate") });
  const rotated = await token("--plan", "--rotate", "--json");
  expect(rotated.json()).toMatchObject({ result: "rotated", parameter: planName, token: aws.parameters.get(planName) });
});

test("a read-only token that no request can send names the command for another", async () => {
  aws.parameters.set(planName, "two words");
  expect(await token("--plan")).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("npx crier token --plan --rotate"),
  });
});
