import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { networks } from "../../../src/networks/index.ts";
import {
  accountVariables,
  environmentSecrets,
  incompleteCredentials,
} from "../../../src/runtimes/local/environment-secrets.ts";
import { apiTokens } from "../../../src/runtimes/local/private-files.ts";
import { anAccount } from "../../support/builders.ts";

describe("credentials in the environment", () => {
  const account = anAccount({ name: "my-x", network: "x" });

  it("have a variable for each field of the network's schema", () => {
    expect(accountVariables(account, networks)).toEqual({
      appKey: "CRIER_MY_X_APP_KEY",
      appSecret: "CRIER_MY_X_APP_SECRET",
      accessToken: "CRIER_MY_X_ACCESS_TOKEN",
      accessSecret: "CRIER_MY_X_ACCESS_SECRET",
    });
    expect(accountVariables(anAccount({ network: "friendster" }), networks)).toEqual({});
  });

  it("are the variables that are set; an account without any has none", async () => {
    const env = { CRIER_MY_X_APP_KEY: " key ", CRIER_MY_X_APP_SECRET: "", CRIER_OTHER_APP_KEY: "no" };
    const secrets = environmentSecrets([account, anAccount()], networks, env);
    expect(await secrets("my-x")).toEqual({ appKey: "key" });
    expect(await secrets("mastodon")).toBeUndefined();
    expect(await secrets("nobody")).toBeUndefined();
  });
});

describe("some of an account's variables", () => {
  const accounts = [
    anAccount({ name: "my-x", network: "x" }),
    anAccount({ name: "blue", network: "bluesky" }),
    anAccount({ name: "old", network: "friendster" }),
  ];

  it("are reported with the missing ones, without values", () => {
    const env = { CRIER_MY_X_APP_KEY: "k3y", CRIER_MY_X_ACCESS_TOKEN: "t0ken", CRIER_BLUE_IDENTIFIER: "me" };
    const lines = incompleteCredentials(accounts, networks, env);
    expect(lines).toEqual([
      'account "my-x": set CRIER_MY_X_APP_SECRET, CRIER_MY_X_ACCESS_SECRET in .env, or none of its variables for the sandbox',
      'account "blue": set CRIER_BLUE_APP_PASSWORD in .env, or none of its variables for the sandbox',
    ]);
  });

  it("are not reported where all or none are set", () => {
    const env = { CRIER_BLUE_IDENTIFIER: "me", CRIER_BLUE_APP_PASSWORD: "secret", CRIER_MY_X_APP_KEY: " " };
    expect(incompleteCredentials(accounts, networks, env)).toEqual([]);
  });
});

describe("the tokens of the API", () => {
  let data: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), "crier-token-"));
  });
  afterEach(() => rm(data, { recursive: true }));

  it("are CRIER_TOKEN where that is set, which is written nowhere, and a read-only one in its file", async () => {
    const { token, planToken } = await apiTokens(data, { CRIER_TOKEN: " mine \n" });
    expect(token).toBe("mine");
    await expect(stat(join(data, "token"))).rejects.toThrow("ENOENT");
    expect((await readFile(join(data, "plan-token"), "utf8")).trim()).toBe(planToken);
  });

  it("are created once, readable by their owner only", async () => {
    const [first, second] = await Promise.all([apiTokens(data, {}), apiTokens(data, { CRIER_TOKEN: "" })]);
    expect(first).toEqual({
      token: expect.stringMatching(/^[\w-]{32}$/),
      planToken: expect.stringMatching(/^[\w-]{32}$/),
    });
    expect(first.planToken).not.toBe(first.token);
    expect(second).toEqual(first);
    expect((await readFile(join(data, "token"), "utf8")).trim()).toBe(first.token);
    for (const name of ["token", "plan-token"]) expect((await stat(join(data, name))).mode & 0o777).toBe(0o600);
  });

  it.each(["token", "plan-token"])("are not read from an empty file: %s", async (name) => {
    await writeFile(join(data, name), "\n");
    await expect(apiTokens(data, {})).rejects.toThrow(`${name} is empty: delete it`);
  });

  it("cannot be created in a folder that cannot be written", async () => {
    await expect(apiTokens(join(data, "missing"), {})).rejects.toThrow("ENOENT");
  });
});
