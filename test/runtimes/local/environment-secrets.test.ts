import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { networks } from "../../../src/networks/index.ts";
import {
  accountVariables,
  environmentSecrets,
  incompleteCredentials,
  loadDotenv,
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
    const secrets = environmentSecrets([account, anAccount()], networks, () => env);
    expect(await secrets("my-x")).toEqual({ appKey: "key" });
    expect(await secrets("mastodon")).toBeUndefined();
    expect(await secrets("nobody")).toBeUndefined();
  });

  it("are kept while none of them is set: a file that is being written connects no account to the sandbox", async () => {
    let env: NodeJS.ProcessEnv = { CRIER_MASTODON_ACCESS_TOKEN: "first" };
    const secrets = environmentSecrets([anAccount()], networks, () => env);
    expect(await secrets("mastodon")).toEqual({ accessToken: "first" });
    env = {};
    expect(await secrets("mastodon")).toEqual({ accessToken: "first" });
    env = { CRIER_MASTODON_ACCESS_TOKEN: "second" };
    expect(await secrets("mastodon")).toEqual({ accessToken: "second" });
  });

  it("forget a field that the account has no more", async () => {
    let env: NodeJS.ProcessEnv = { CRIER_MY_X_APP_KEY: "a", CRIER_MY_X_APP_SECRET: "b" };
    const secrets = environmentSecrets([account], networks, () => env);
    await secrets("my-x");
    env = { CRIER_MY_X_APP_KEY: "c" };
    expect(await secrets("my-x")).toEqual({ appKey: "c" });
  });
});

describe("a file of variables", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "crier-env-"));
    file = join(folder, ".env");
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    delete process.env.CRIER_TEST_FILE;
    await rm(folder, { recursive: true });
  });

  it("is loaded into the process, if it exists", async () => {
    expect(loadDotenv(file)().CRIER_TEST_FILE).toBeUndefined();
    await writeFile(file, "CRIER_TEST_FILE=first\n");
    loadDotenv(file);
    expect(process.env.CRIER_TEST_FILE).toBe("first");
  });

  it("is read again when it was changed, replaced or written for the first time", async () => {
    const read = loadDotenv(file);
    await writeFile(file, "CRIER_TEST_FILE=first\n");
    expect(read().CRIER_TEST_FILE).toBe("first");
    await writeFile(file, "CRIER_TEST_FILE=changed\n");
    expect(read().CRIER_TEST_FILE).toBe("changed");
    await writeFile(`${file}.new`, "CRIER_TEST_FILE=another\n");
    await rename(`${file}.new`, file);
    expect(read().CRIER_TEST_FILE).toBe("another");
  });

  it("is not read again while it is the same", async () => {
    await writeFile(file, "CRIER_TEST_FILE=first\n");
    const read = loadDotenv(file);
    expect(read()).toBe(read());
  });

  it("changes nothing while it is missing or cannot be read", async () => {
    await writeFile(file, "CRIER_TEST_FILE=first\n");
    const read = loadDotenv(file);
    await rm(file);
    expect(read().CRIER_TEST_FILE).toBe("first");
    await mkdir(file);
    expect(read().CRIER_TEST_FILE).toBe("first");
  });

  it("comes after the variables that the process has of its own, also when it is read again", async () => {
    vi.stubEnv("CRIER_TEST_OWN", "process");
    await writeFile(file, "CRIER_TEST_OWN=file\n");
    const read = loadDotenv(file);
    expect(read().CRIER_TEST_OWN).toBe("process");
    await writeFile(file, "CRIER_TEST_OWN=changed\nCRIER_TEST_FILE=first\n");
    expect(read()).toMatchObject({ CRIER_TEST_OWN: "process", CRIER_TEST_FILE: "first" });
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
