import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { networks } from "../../src/networks/index.ts";
import { environmentSecrets } from "../../src/runtimes/local/environment-secrets.ts";
import { anAws } from "../support/aws-double.ts";
import { awsEnvironment, signIn } from "../support/aws-environment.ts";
import { anAccount } from "../support/builders.ts";
import { config } from "../support/machine.ts";
import { crier, piped, typed } from "../support/terminal.ts";

const canary = "canary-51c0d2";
const name = "/crier/production/accounts/mastodon";

let folder = "";
let aws: Awaited<ReturnType<typeof anAws>>;
const configure = (text: string) => writeFile(join(folder, "crier.config.ts"), text);
const configureAccount = (account: object) =>
  configure(`export default ${JSON.stringify({ ...config, accounts: [account] })};\n`);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-accounts-"));
  await configure(`export default ${JSON.stringify(config)};\n`);
  aws = await anAws();
  signIn(awsEnvironment(aws));
  // The stack writes it.
  aws.parameters.set("/crier/production/storage", "{}");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const set = (account: string, input: string, ...flags: readonly string[]) =>
  crier(["accounts", "set", account, "--stage", "production", ...flags], { folder, input: piped(input) });

const stored = (parameter: string): unknown => JSON.parse(aws.parameters.get(parameter) ?? "null");

test("a JSON object on standard input becomes the account's parameter", async () => {
  const done = await set("mastodon", `{"accessToken":"${canary}"}\n`);
  expect(done).toMatchObject({ code: 0, err: "" });
  expect(done.out).toMatch(new RegExp(`^written: ${name} in us-east-1\n.*within a minute.*npx crier accounts`));
  expect(stored(name)).toEqual({ accessToken: canary });
});

test.each([
  [{ expiresAt: "soon" }, "the secret's expiresAt is no date: write it as 2027-01-29"],
  [{ expiresAt: "2027-02-31" }, "the secret's expiresAt is no date"],
  [{ expiresAt: "2026-02-28" }, "the secret's expiresAt has passed: a login that has ended posts nothing"],
  [{ accessToken: "to\nken" }, "the secret's accessToken has a line break in it: paste it again"],
])("%j is refused, and nothing is written", async (wrong, said) => {
  await configureAccount({ name: "threads", network: "threads" });
  const done = await set("threads", JSON.stringify({ accessToken: canary, ...wrong }));
  expect(done.code).toBe(1);
  expect(done.err).toContain(said);
  expect(stored("/crier/production/accounts/threads")).toBeNull();
});

test("a secret for a stage that is not deployed in this region is refused, and nothing is written", async () => {
  aws.parameters.clear();
  const done = await set("mastodon", `{"accessToken":"${canary}"}`);
  expect(done).toMatchObject({
    code: 1,
    out: "",
    err: "crier: there is no deployment of the stage production in us-east-1 (no parameter /crier/production/storage): run npx cdk deploy, or set AWS_REGION\n",
  });
  expect([...aws.parameters]).toEqual([]);
});

test("an existing secret is replaced", async () => {
  aws.parameters.set(name, "old");
  expect(await set("mastodon", '{"accessToken":"new"}')).toMatchObject({ code: 0 });
  expect(stored(name)).toEqual({ accessToken: "new" });
});

test("another stage has secrets of its own, and the command says if it posts to no network", async () => {
  aws.parameters.set("/crier/preview/storage", "{}");
  const done = await set("mastodon", '{"accessToken":"t"}', "--stage", "preview");
  expect(done.out).toMatch(/^written: \S+ in us-east-1\n {2}the stage preview makes feeds and posts to no network: /);
  expect(stored("/crier/preview/accounts/mastodon")).toEqual({ accessToken: "t" });
  expect(stored(name)).toBeNull();
});

test("white space around a value and a byte order mark are left out", async () => {
  await set("mastodon", '\uFEFF {"accessToken":" t\\n"}');
  expect(stored(name)).toEqual({ accessToken: "t" });
});

test("--json shows where the secret is and which fields it has", async () => {
  const done = await set("mastodon", `{"accessToken":"${canary}"}`, "--json");
  expect(done.json()).toEqual({
    account: "mastodon",
    network: "mastodon",
    stage: "production",
    parameter: name,
    region: "us-east-1",
    fields: ["accessToken"],
  });
});

test.each(networks)(
  "the secret of $name, as its schema describes it, is stored",
  async ({ name: network, sandboxSettings, sandboxCredentials }) => {
    await configureAccount({ name: network, network, ...sandboxSettings });
    const secret = sandboxCredentials(anAccount({ name: canary, network }));
    const done = await set(network, JSON.stringify(secret));
    expect(done.code).toBe(0);
    expect(done.all).not.toContain(canary);
    expect(stored(`/crier/production/accounts/${network}`)).toEqual(secret);
  },
);

test("a terminal is asked for each field, and the answers are not echoed", async () => {
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
  const { keyboard, raw } = typed(`${canary}-1\r${canary}-2\r${canary}-3\r${canary}-4\r`);
  const done = await crier(["accounts", "set", "x", "--stage", "production"], { folder, input: keyboard });
  expect(done).toMatchObject({ code: 0, err: "appKey: \nappSecret: \naccessToken: \naccessSecret: \n" });
  expect(done.all).not.toContain(canary);
  expect(streams.flatMap(({ mock }) => mock.calls.map(String)).join("")).not.toContain(canary);
  expect(raw).toEqual([true, false]);
  expect(stored("/crier/production/accounts/x")).toEqual({
    appKey: `${canary}-1`,
    appSecret: `${canary}-2`,
    accessToken: `${canary}-3`,
    accessSecret: `${canary}-4`,
  });
});

test("an arrow key does not bring an earlier answer back", async () => {
  const { keyboard } = typed(`me\r\u001b[A\r`);
  const done = await crier(["accounts", "set", "bluesky", "--stage", "production"], { folder, input: keyboard });
  expect(done).toMatchObject({ code: 1, err: expect.stringContaining("the secret lacks appPassword") });
});

test.each([
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
])("%s stops the questions, and nothing is written", async (_, key) => {
  const { keyboard, raw } = typed(`${canary}\r${key}`);
  const done = await crier(["accounts", "set", "bluesky", "--stage", "production"], { folder, input: keyboard });
  expect(done).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/crier: stopped: nothing was written\n$/),
  });
  expect(done.all).not.toContain(canary);
  expect(raw.at(-1)).toBe(false);
  expect(aws.requests).not.toContain("PutParameter");
});

test.each([
  ["nothing", "", 'standard input is empty: pipe {"accessToken": "…"}'],
  ["text that is not JSON", canary, "standard input is not a JSON object: pipe"],
  ["a JSON string", `"${canary}"`, "is not a JSON object"],
  ["an array", `["${canary}"]`, "is not a JSON object"],
  ["null", "null", "is not a JSON object"],
  ["a field missing", "{}", "the secret lacks accessToken: the fields of mastodon are accessToken"],
  ["an empty field", '{"accessToken":" "}', "the secret lacks accessToken"],
  [
    "a value that is not a string",
    `{"accessToken":{"${canary}":"${canary}"}}`,
    "the secret's accessToken is not valid",
  ],
  ["an unknown field", `{"accessToken":"t","${canary}":"t"}`, "a field that mastodon does not have: the fields of"],
  ["a value past a parameter's size", `{"accessToken":"${canary.repeat(400)}"}`, "longer than the 4096 bytes"],
  ["an endless input", canary.repeat(2_000), "standard input is too long for a secret"],
])("%s is refused: nothing of it is shown, and nothing is written", async (_, input, words) => {
  const done = await set("mastodon", input);
  expect(done).toMatchObject({ code: 1, out: "", err: expect.stringContaining(words) });
  expect(done.all).not.toContain(canary);
  expect(done.err.trimEnd()).not.toContain("\n");
  expect(aws.requests).not.toContain("PutParameter");
});

test("an account that is not in the configuration is wrong usage, with the names of those that are", async () => {
  const done = await set("mastadon", '{"accessToken":"t"}');
  expect(done).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringMatching(/no account "mastadon": use x, bluesky, mastodon/),
  });
  expect(aws.requests).toEqual([]);
});

test("a folder without a configuration has no accounts, and the error names the folder", async () => {
  await rm(join(folder, "crier.config.ts"));
  const done = await set("mastodon", "{}");
  expect(done.code).toBe(2);
  expect(done.err).toContain(`crier.config.ts in ${folder} has no accounts`);
});

test("a configuration with mistakes is wrong usage, with every mistake", async () => {
  await configure('export default { sites: [], accounts: [{ name: "X" }] };\n');
  const done = await set("x", "{}");
  expect(done.code).toBe(2);
  expect(done.err).toMatch(/crier\.config\.ts: sites: name at least one site/);
  expect(done.err).toMatch(/crier\.config\.ts: accounts\[0\]\.name: /);
});

test.each(["Production", "", "a/b", "../x"])("the stage %j is wrong usage", async (stage) => {
  const done = await set("mastodon", '{"accessToken":"t"}', "--stage", stage);
  expect(done).toMatchObject({ code: 2, err: expect.stringContaining("lower-case letters") });
  expect(aws.requests).toEqual([]);
});

test.each([
  [["mastodon", canary]],
  [["mastodon", `--accessToken=${canary}`]],
  [["mastodon", `--accessToken=x\n${canary}`]],
])("a secret in the arguments %j is wrong usage, and is not shown", async (args) => {
  const done = await crier(["accounts", "set", ...args, "--stage", "production"], { folder, input: piped("{}") });
  expect(done.code).toBe(2);
  expect(done.err).not.toBe("");
  expect(done.all).not.toContain(canary);
});

test.each([
  [
    400,
    "AccessDeniedException",
    /^crier: AWS refuses access to .*accounts\/mastodon: sign in as a user or role that is allowed ssm:PutParameter/,
  ],
  [
    400,
    "UnrecognizedClientException",
    /does not accept the credentials \(UnrecognizedClientException\): sign in again/,
  ],
  [400, "ExpiredTokenException", /does not accept the credentials \(ExpiredTokenException\): sign in again/],
  [400, "ValidationException", /refuses ssm:PutParameter for .* \(ValidationException\): /],
  [500, "InternalServerError", /refuses ssm:PutParameter for .* \(InternalServerError\): /],
])("a refusal of AWS with %i %s is one line with the next step and without the secret", async (status, code, words) => {
  aws.passOne();
  aws.answerNext(status, code, "json");
  const done = await set("mastodon", `{"accessToken":"${canary}"}`);
  expect(done).toMatchObject({ code: 1, out: "", err: expect.stringMatching(words) });
  expect(done.err.trimEnd()).not.toContain("\n");
  expect(done.all).not.toContain(canary);
});

test.each([
  ["no region", { AWS_REGION: undefined }, /no AWS region is set, or it is not valid: set AWS_REGION/],
  ["an invalid region", { AWS_REGION: "us east" }, /no AWS region is set, or it is not valid: set AWS_REGION/],
  [
    "no credentials",
    { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
    /no AWS credentials were found: sign in with `aws sso login`, or set AWS_PROFILE/,
  ],
  [
    "a profile that does not exist",
    { AWS_PROFILE: "nobody", AWS_ACCESS_KEY_ID: undefined },
    /no AWS credentials were found/,
  ],
  [
    "an address without a server",
    { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    /no answer from AWS \(ECONNREFUSED\): check the network/,
  ],
])("%s is one line with the next step, as JSON too", async (_, variables, words) => {
  signIn(variables);
  const done = await set("mastodon", `{"accessToken":"${canary}"}`);
  expect(done).toMatchObject({ code: 1, out: "", err: expect.stringMatching(words) });
  expect(done.err.trimEnd()).not.toContain("\n");
  expect(done.all).not.toContain(canary);
  const json = await set("mastodon", `{"accessToken":"${canary}"}`, "--json");
  expect(json).toMatchObject({ code: 1, err: "" });
  expect(json.json()).toEqual({ detail: expect.stringMatching(words) });
});

describe("without a stage", () => {
  const secretOf = async () => readFile(join(folder, ".env"), "utf8");
  const here = (account: string, input: string, ...flags: readonly string[]) =>
    crier(["accounts", "set", account, ...flags], { folder, input: piped(input) });

  test("the secret is written into .env on a fresh clone, too, where npm start has not run", async () => {
    signIn({ AWS_REGION: undefined, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
    expect(await here("mastodon", `{"accessToken":"${canary}"}`)).toMatchObject({ code: 0, err: "" });
    expect(await secretOf()).toBe(`CRIER_MASTODON_ACCESS_TOKEN=${canary}\n`);
  });

  test("the secret is written into .env, which it reads, and nothing is sent to AWS", async () => {
    await writeFile(join(folder, ".env"), "# Mine\nOTHER=1\nCRIER_MASTODON_ACCESS_TOKEN=old\n");
    const done = await here("mastodon", `{"accessToken":"${canary}"}`);
    expect(done).toMatchObject({ code: 0, err: "" });
    expect(done.out).toMatch(
      /^written: CRIER_MASTODON_ACCESS_TOKEN in .*\.env\n {2}Run npm start: .*--stage production/,
    );
    expect(done.all).not.toContain(canary);
    expect(await secretOf()).toBe(`# Mine\nOTHER=1\nCRIER_MASTODON_ACCESS_TOKEN=${canary}\n`);
    expect((await stat(join(folder, ".env"))).mode & 0o777).toBe(0o600);
    expect(aws.requests).toEqual([]);
  });

  test.each(networks)("the secret of $name is read as it was given", async (one) => {
    const { name: network, sandboxSettings, sandboxCredentials } = one;
    await configureAccount({ name: network, network, ...sandboxSettings });
    const secret = sandboxCredentials(anAccount({ name: canary, network }));
    expect((await here(network, JSON.stringify(secret))).code).toBe(0);
    const accounts = [anAccount({ name: network, network })];
    const env = parseEnv(await secretOf());
    const read = environmentSecrets(accounts, networks, () => env);
    expect(await read(network)).toEqual(secret);
  });

  test.each(["a b#c", "it's", "'`", "\\n", '"quoted"'])("the value %s is read as it was given", async (value) => {
    expect((await here("mastodon", JSON.stringify({ accessToken: value }))).code).toBe(0);
    expect(parseEnv(await secretOf()).CRIER_MASTODON_ACCESS_TOKEN).toBe(value);
  });

  test("a value for which .env has no quotes is refused, and the file stays as it is", async () => {
    await writeFile(join(folder, ".env"), "OTHER=1\n");
    const done = await here("mastodon", JSON.stringify({ accessToken: `'\`"${canary}` }));
    expect(done).toMatchObject({ code: 1, err: expect.stringContaining("set it in the environment") });
    expect(done.all).not.toContain(canary);
    expect(await secretOf()).toBe("OTHER=1\n");
  });

  test.each([
    ["--stage names a deployment", ["--stage", "production"], {}],
    ["CRIER_URL does", [], { CRIER_URL: "https://crier.example.com" }],
  ])("it is written to AWS where %s", async (_, flags, env) => {
    const input = piped('{"accessToken":"t"}');
    expect((await crier(["accounts", "set", "mastodon", ...flags], { folder, input, env })).code).toBe(0);
    expect(stored(name)).toEqual({ accessToken: "t" });
  });
});
