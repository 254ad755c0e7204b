import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { authorise } from "../../src/cli/authorise.ts";
import { recipes } from "../../src/cli/login-recipes.ts";
import { run } from "../../src/cli/program.ts";
import { networks } from "../../src/networks/index.ts";
import { loadDotenv, type ReadEnvironment } from "../../src/runtimes/local/environment-secrets.ts";
import { anAws } from "../support/aws-double.ts";
import { awsEnvironment, signIn } from "../support/aws-environment.ts";
import { type AMachine, aDocument, config, startIn } from "../support/machine.ts";
import { anOauthServer, browse } from "../support/oauth-server.ts";

type Server = Awaited<ReturnType<typeof anOauthServer>>;

let folder = "";
let server: Server;
const serverWith = async (deviations: Parameters<typeof anOauthServer>[0]) => {
  await server.close();
  server = await anOauthServer(deviations);
  await configure();
};
const configure = (...more: readonly object[]) => {
  const accounts = [
    ...more,
    { name: "mastodon", network: "mastodon", server: server.url },
    { name: "x", network: "x" },
  ];
  return writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify({ ...config, accounts })};\n`);
};
const dotenv = () => readFile(join(folder, ".env"), "utf8").catch(() => undefined);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-connect-"));
  server = await anOauthServer();
  await configure();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(folder, { recursive: true });
});

/** What the owner does when the page on which they agree is shown. */
type Owner = (page: string, keyboard: PassThrough) => Promise<unknown>;

/** Logs in and agrees, and opens the address that the server sends the browser to. */
const agree =
  (options: Parameters<typeof browse>[1] = {}): Owner =>
  async (page) =>
    fetch(await browse(page, options));

interface ConnectOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly account?: string;
}

const connect = async (
  owner: Owner,
  flags: readonly string[] = ["--no-open"],
  { env = {}, account = "mastodon" }: ConnectOptions = {},
) => {
  const keyboard = new PassThrough();
  const [out, err]: [string[], string[]] = [[], []];
  // The command waits for ten minutes: a browser that fails ends the test.
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const printTo = (list: string[]) => (text: string) => {
    list.push(text);
    const page = /http\S+authorize\S+/.exec(text)?.[0];
    if (page !== undefined) owner(page, keyboard).catch(reject);
  };
  const terminal = { env, folder, input: keyboard, out: printTo(out), err: printTo(err) };
  const code = await Promise.race([run(["accounts", "connect", account, ...flags], terminal), failed]);
  return { code, out: out.join(""), err: err.join("") };
};

const noBrowser: Owner = async () => undefined;
/** The redirect of the login on the page. */
const redirectOf = (page: string): string => new URL(page).searchParams.get("redirect_uri") ?? "";

describe("an account is connected by a click", () => {
  test("its token is written into .env, and the owner sees as whom it posts", async () => {
    const { code, out, err } = await connect(agree());
    expect(code).toBe(0);
    expect(err).toBe("No Crier answered: it was not compared with the account that mastodon has posted as.\n");
    expect(out).toMatch(/^mastodon is connected as @ada@127\.0\.0\.1:\d+$/m);
    expect(out).toMatch(
      /^written: CRIER_MASTODON_ACCESS_TOKEN in .*\.env\n {2}Run npm start: it posts to mastodon for/m,
    );
    expect(await dotenv()).toMatch(/^CRIER_MASTODON_ACCESS_TOKEN=[\w-]{20,}\n$/);
  });

  test("its token is written to AWS with --stage, and in no output", async () => {
    const aws = await anAws();
    aws.parameters.set("/crier/production/storage", "{}");
    signIn(awsEnvironment(aws));
    const { code, out, err } = await connect(agree(), ["--no-open", "--stage", "production"]);
    const { accessToken } = JSON.parse(aws.parameters.get("/crier/production/accounts/mastodon") ?? "{}");
    expect(accessToken).toMatch(/^[\w-]{20,}$/);
    expect(code).toBe(0);
    expect(out).toContain("written: /crier/production/accounts/mastodon in us-east-1\n");
    expect(out + err).not.toContain(accessToken);
    expect(await dotenv()).toBeUndefined();
  });

  test("no browser is asked for a stage that is not deployed in this region", async () => {
    const aws = await anAws();
    signIn(awsEnvironment(aws));
    const { code, out, err } = await connect(agree(), ["--no-open", "--stage", "production"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^crier: there is no deployment of the stage production in us-east-1 .*: run npx cdk deploy/);
    expect([...aws.parameters]).toEqual([]);
  });

  test("--json prints the answer alone on standard output", async () => {
    const { out, err } = await connect(agree(), ["--no-open", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      account: "mastodon",
      variables: ["CRIER_MASTODON_ACCESS_TOKEN"],
      identity: expect.stringContaining("@ada@"),
      status: null,
    });
    expect(err).toContain("Agree in a browser");
  });

  test("the verifier and the app's secret are in the body of the request for the token", async () => {
    await connect(agree());
    const [form] = server.tokenRequests;
    expect(Object.fromEntries(form ?? [])).toMatchObject({
      grant_type: "authorization_code",
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      client_secret: expect.any(String),
    });
  });

  test("the page that the owner sees last stores and tells nothing", async () => {
    let last: Response | undefined;
    await connect(async (page) => {
      last = await fetch(await browse(page));
    });
    expect(last?.status).toBe(200);
    expect(Object.fromEntries(last?.headers ?? [])).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
    expect(await last?.text()).toContain("You may close this window. Crier goes on in the terminal.");
  });

  // The test takes the place of `xdg-open`, which other systems do not use.
  test.skipIf(process.platform !== "linux")("the page is opened in the browser, but not over SSH", async () => {
    const opened = join(folder, "opened");
    await writeFile(join(folder, "xdg-open"), `#!/bin/sh\necho "$1" >> ${opened}\n`, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
    const pages: string[] = [];
    const keep: Owner = async (page) => {
      pages.push(page);
      await agree()(page, new PassThrough());
    };
    await connect(keep, [], { env: { SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22" } });
    await connect(keep, []);
    await expect.poll(() => readFile(opened, "utf8").catch(() => "")).toBe(`${pages[1]}\n`);
  });
});

describe("what is not the answer ends nothing", () => {
  test("another state, none, another path and another method are refused, and the answer is still taken", async () => {
    const refused: unknown[] = [];
    const { code } = await connect(async (page) => {
      const redirect = redirectOf(page);
      const own = new URL(page).searchParams.get("state");
      for (const [address, method] of [
        [`${redirect}?code=forged&state=wrong`, "GET"],
        [`${redirect}?code=forged`, "GET"],
        [`${redirect}?state=${own}`, "GET"],
        [`${redirect}?error=access_denied`, "GET"],
        [`${redirect}?code=forged&state=${own}`, "POST"],
        [redirect.replace("/callback", "/favicon.ico"), "GET"],
      ] as const)
        refused.push((await fetch(address, { method })).status);
      await agree()(page, new PassThrough());
    });
    expect(refused).toEqual([400, 400, 400, 400, 404, 404]);
    expect(code).toBe(0);
    expect(server.tokenRequests.map((form) => form.get("code"))).not.toContain("forged");
  });

  test.each([
    ["the whole address", (address: string) => address],
    ["its query", (address: string) => new URL(address).search],
    ["the address without its scheme", (address: string) => address.replace("http://", "")],
    ["the address in quotation marks", (address: string) => `"${address}"`],
    ["the code alone, as a server may show it", (address: string) => new URL(address).searchParams.get("code") ?? ""],
  ])("%s is pasted over SSH, among other lines", async (_, toLine) => {
    const { code, err } = await connect(async (page, keyboard) => {
      const address = await browse(page);
      keyboard.write(`\nhello\n${redirectOf(page)}?code=forged&state=wrong\n  ${toLine(address)} \n`);
    });
    expect(code).toBe(0);
    expect(err.match(/That is not the answer: paste the whole address/g)).toHaveLength(2);
    expect(err).toMatch(/It begins with http:\/\/127\.0\.0\.1:\d+\/callback\?$/m);
    expect(await dotenv()).toContain("CRIER_MASTODON_ACCESS_TOKEN=");
  });
});

describe("nothing is written, and one line says what to do", () => {
  afterEach(async () => expect(await dotenv()).toBeUndefined());

  const refusal = async (owner: Owner, flags?: readonly string[]) => {
    const { code, err } = await connect(owner, flags);
    expect(code).toBe(1);
    expect(err).toMatch(/^crier: [^\n]*\n$/);
    return err;
  };

  test("where the owner does not agree", async () => {
    expect(await refusal(agree({ deny: true }))).toMatch(
      /^crier: the login was not given \(access_denied: .*\); nothing was written: run the command again, and agree/,
    );
  });

  test("where the owner says so in a pasted address", async () => {
    const paste: Owner = async (page, keyboard) => keyboard.write(`${await browse(page, { deny: true })}\n`);
    expect(await refusal(paste)).toContain("the login was not given (access_denied");
  });

  test.each(["used", "stolen", "expired"] as const)("where the code is %s", async (code) => {
    await serverWith({ code });
    expect(await refusal(agree())).toMatch(
      /^crier: mastodon gave no token \(http:\S+ answered 400: .*\); nothing was written: a code is for one use and a few minutes, so run/,
    );
  });

  test("where the server answers without a token", async () => {
    await serverWith({ givesTokens: false });
    expect(await refusal(agree())).toMatch(/mastodon gave no token \(http:\S+ answered 200\)/);
  });

  test("where a scope is missing", async () => {
    await serverWith({ grants: "read:accounts read:statuses" });
    expect(await refusal(agree())).toContain(
      "mastodon did not grant write:statuses, write:media; nothing was written: run the command again, and agree to all",
    );
  });

  test("where the token is refused at once", async () => {
    await serverWith({ whoAmI: 401 });
    expect(await refusal(agree())).toMatch(/^crier: mastodon: .*401.*; nothing was written: run the command again$/m);
  });

  test("where the server does not say whose it is", async () => {
    await serverWith({ whoAmI: 404 });
    expect(await refusal(agree())).toMatch(
      /does not say whose login it gave; nothing was written: use npx crier accounts set/,
    );
  });

  test("where the server registers no apps", async () => {
    await serverWith({ registersApps: false });
    expect(await refusal(noBrowser)).toMatch(
      /could not be registered as an app \(http:\S+ answered 403\): check the server/,
    );
  });

  test("where the server cannot be reached", async () => {
    await server.close();
    expect(await refusal(noBrowser)).toMatch(
      /could not be registered as an app \(\S+ could not be reached \(ECONNREFUSED\)/,
    );
    server = await anOauthServer();
  });

  test("where the network gives no login in a browser, or there is no such account", async () => {
    expect(await connect(noBrowser, [], { account: "x" })).toMatchObject({
      code: 2,
      err: "crier: x gives no login in a browser: use npx crier accounts set x\n",
    });
    expect(await connect(noBrowser, [], { account: "y" })).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no account "y": use mastodon, x'),
    });
  });

  test("where the owner closes the browser, and the time is over", async () => {
    const time = new AbortController();
    const answer = authorise({
      pageFor: async ({ redirectUri }) => redirectUri,
      input: new PassThrough(),
      hint: () => {},
      show: () => time.abort(),
      signal: time.signal,
    });
    await expect(answer).rejects.toThrow("no answer came from the browser; nothing was written: run the command again");
  });
});

test("a network that sends browsers only to https gets the address of no server, and its answer is pasted with what it adds", async () => {
  const input = new PassThrough();
  const redirectUri = "https://127.0.0.1:8477/callback";
  const answer = await authorise({
    redirectUri,
    pageFor: async ({ redirectUri: redirect, state }) => `${redirect}?code=a-code&state=${state}#_`,
    input,
    hint: () => {},
    show: (page) => void input.write(`${new URL(page).search}#_\n`),
    signal: new AbortController().signal,
  });
  expect(answer).toMatchObject({ code: "a-code", redirectUri });
});

test("messages name the command for the networks for which it has a recipe, and for no others", async () => {
  const byClick = networks.filter(({ connectsByClick }) => connectsByClick).map(({ name }) => name);
  expect(Object.keys(recipes).toSorted()).toEqual(byClick.toSorted());
  const others = networks.filter(({ name }) => !byClick.includes(name));
  await configure(
    ...others.map(({ name, sandboxSettings }) => ({ ...sandboxSettings, name: `my-${name}`, network: name })),
  );
  for (const { name } of others) {
    const { err } = await connect(noBrowser, [], { account: `my-${name}` });
    expect(err).toBe(`crier: ${name} gives no login in a browser: use npx crier accounts set my-${name}\n`);
  }
});

test("a scope that has the others in it is enough", async () => {
  await serverWith({ grants: "read write follow" });
  expect(await connect(agree())).toMatchObject({ code: 0 });
});

describe("where Crier runs", () => {
  let machine: AMachine;
  const start = async (readEnv?: ReadEnvironment) => {
    // Read once for each process: a command of its own would read the changed one.
    await copyFile(join(folder, "crier.config.ts"), join(folder, "running.config.ts"));
    machine = await startIn(folder, {
      data: join(folder, ".crier"),
      config: join(folder, "running.config.ts"),
      readEnv: readEnv ?? loadDotenv(join(folder, ".env")),
    });
  };
  beforeEach(() => mkdir(join(folder, "posts")));
  afterEach(async () => {
    delete process.env.CRIER_MASTODON_ACCESS_TOKEN;
    await machine.stop();
  });

  test("an account without credentials posts for real from then on, without a restart", async () => {
    await start();
    const { code, out } = await connect(agree());
    expect(code).toBe(0);
    expect(out).toMatch(/^mastodon +mastodon +for real .*logged in as @ada@/m);
    await machine.write("first.md", aDocument("The first post"));
    await expect.poll(() => server.statuses).toEqual([expect.stringContaining("The first post")]);
  });

  test("the pause of an account whose login had ended is over at once, and what waited goes out", async () => {
    await writeFile(join(folder, ".env"), "CRIER_MASTODON_ACCESS_TOKEN=an-ended-token\n");
    await start();
    await machine.write("first.md", aDocument("The first post"));
    const paused = async () => (await machine.ask("GET", "/api/accounts")).body;
    await expect.poll(paused).toMatchObject({ accounts: [{ paused: { reason: expect.stringContaining("401") } }, {}] });
    const { code, out } = await connect(agree());
    expect(code).toBe(0);
    expect(out).not.toContain("paused");
    await expect.poll(() => server.statuses).toEqual([expect.stringContaining("The first post")]);
  });

  test("another account than the one that has posted is refused, unless --replace says so", async () => {
    await start();
    expect(await connect(agree())).toMatchObject({ code: 0, err: "", out: expect.not.stringContaining("!!") });
    const before = await dotenv();

    expect(await connect(agree({ as: "bob" }))).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^crier: mastodon was @ada@\S+ \(http:.*, account ada\), and this is @bob@\S+; nothing was written: .*or add --replace\n$/,
      ),
    });
    expect(await dotenv()).toBe(before);
    expect(await connect(agree())).toMatchObject({ code: 0 });
    const replaced = await connect(agree({ as: "bob" }), ["--no-open", "--replace"]);
    expect(replaced).toMatchObject({ code: 0, out: expect.stringContaining("logged in as @bob@") });
  });

  test("an account that was added to the configuration since is connected, and Crier has to be started again", async () => {
    await start();
    await configure({ name: "second", network: "mastodon", server: server.url });
    const { code, out } = await connect(agree(), ["--no-open"], { account: "second" });
    expect(code).toBe(1);
    expect(out).toMatch(
      /^written: CRIER_SECOND_ACCESS_TOKEN .*\n!! the Crier that runs does not know second: start it again\n$/m,
    );
  });

  test("a variable of its process is named where it keeps the login from being used", async () => {
    await start(() => ({ CRIER_MASTODON_ACCESS_TOKEN: "an-ended-token" }));
    const { code, out } = await connect(agree());
    expect(code).toBe(1);
    expect(out).toMatch(
      /^!! Crier does not use this login: .*401.*A variable that its process has of its own comes before/m,
    );
  });
});
