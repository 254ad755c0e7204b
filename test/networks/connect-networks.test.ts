import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationOf } from "../../src/domain/installation.ts";
import { iso } from "../../src/domain/time.ts";
import { connectNetworks, destinationBySecrets } from "../../src/networks/connect-networks.ts";
import { networks } from "../../src/networks/index.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf, sendWhole, takesSettings } from "../support/configured-account.ts";
import { type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const account = aConfiguredAccount();
const secrets = (found: Readonly<Record<string, string>> | undefined) => async () => found;

describe("the registry", () => {
  test("has every network's file, and nothing else", () => {
    const folder = new URL("../../src/networks/", import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const defining = files.filter((file) => readFileSync(new URL(file, folder), "utf8").includes(" = defineNetwork({"));
    const places = networks.map(({ name }) => [`${name}.ts`, `${name}/${name}.ts`].find((one) => files.includes(one)));
    expect(defining.toSorted()).toEqual(places.toSorted());
  });

  test.each(networks.map((network) => [network.name, network] as const))(
    "%s names the settings of its account in the sandbox if it requires some, and refuses unknown ones",
    (name, network) => {
      expect(() => aConfiguredAccount({ network: name })).not.toThrow();
      expect(takesSettings(network, { hashtag: 3 })).toBe(false);
    },
  );

  test.each(networks.map((network) => [network.name, network] as const))(
    "%s accepts its sandbox credentials as real ones",
    (_, network) => {
      const credentials = network.sandboxCredentials(aConfiguredAccount({ network: network.name }));
      expect(network.credentials.parse(credentials)).toEqual(credentials);
    },
  );
});

describe("an account reaches", () => {
  const sandbox = "http://127.0.0.1:1";

  test("the real network or the sandbox, as requested, where it can be reached", async () => {
    const both = connectNetworks({ secrets: secrets({ accessToken: "t" }), sandbox, fetch, clock: () => start });
    const real = connectionOf(await both.connect(account, false));
    expect(connectionOf(await both.connect(account, true))).not.toBe(real);
    const none = {
      problem: 'mastodon is not connected: set its secret in .env, or with "npx crier accounts connect mastodon"',
    };
    expect(
      await connectNetworks({ secrets: secrets(undefined), fetch, clock: () => start }).connect(account, true),
    ).toEqual(none);
    expect(
      await connectNetworks({ secrets: secrets(undefined), fetch, clock: () => start }).connect(account, false),
    ).toEqual(none);
  });

  test("the same connection while the credentials are the same, so that its session is reused", async () => {
    let token = "one";
    const kept = connectNetworks({ secrets: async () => ({ accessToken: token }), fetch, clock: () => start });
    const first = connectionOf(await kept.connect(account, false));
    expect(connectionOf(await kept.connect(account, false))).toBe(first);
    token = "two";
    expect(connectionOf(await kept.connect(account, false))).not.toBe(first);
  });

  test("another login when its credentials change, of which a fingerprint shows nothing", async () => {
    let secret: Readonly<Record<string, string>> | undefined = { accessToken: "t0p s3cret" };
    const connected = connectNetworks({ secrets: async () => secret, fetch, clock: () => start });
    const first = await connected.fingerprint(account);
    expect(first).toMatch(/^[0-9a-f]{8}$/);
    expect(await connected.fingerprint(account)).toBe(first);
    secret = { accessToken: "another" };
    expect(await connected.fingerprint(account)).not.toBe(first);
    secret = undefined;
    expect(await connected.fingerprint(account)).toBeUndefined();
  });

  test("the real network with half a secret, but has no connection until the secret is complete", async () => {
    const x = aConfiguredAccount({ name: "me", network: "x" });
    const half = connectNetworks({ secrets: secrets({ appKey: "k3y", appSecret: "" }), fetch, clock: () => start });
    expect(await half.destination(x)).toBe("real");
    expect(await half.connect(x, false)).toEqual({
      fingerprint: await half.fingerprint(x),
      problem:
        'the secret of me needs appSecret, accessToken, accessSecret: set its secret in .env, or with "npx crier accounts set me"',
    });
  });

  test("a problem that names the stage and the region of a deployment", async () => {
    const installation = installationOf({ stage: "preview", region: "eu-central-1", url: undefined, posts: [] });
    const none = connectNetworks({ secrets: secrets(undefined), fetch, clock: () => start, installation });
    expect(await none.connect(account, false)).toEqual({
      fingerprint: undefined,
      problem:
        'mastodon is not connected: set its secret with "AWS_REGION=eu-central-1 npx crier accounts connect mastodon --stage preview"',
    });
  });

  test("no unknown network", () => {
    expect(() => connectNetworks({ secrets: secrets(undefined), fetch, clock: () => start }).get("myspace")).toThrow(
      `"myspace". Known: ${networks.map(({ name }) => name).join(", ")}.`,
    );
  });
});

test.each(networks.map((network) => [network.name, network] as const))(
  "%s needs no connection but the fetch that it is given, and no other clock",
  async (name, network) => {
    const one = aConfiguredAccount({ name, network: name });
    const timeline = timelineInMemory();
    const app = sandboxApp({ timeline, accounts: [one], clock: () => start });
    const inProcess = async (url: string, init: RequestInit) => app.request(url, init);
    const connected = connectNetworks({
      secrets: secrets(undefined),
      sandbox: "http://sandbox.test",
      fetch: inProcess,
      clock: () => start,
    });
    const { request } = network.compose(aSnippet(), one);
    await sendWhole(connectionOf(await connected.connect(one, true)), request, network.key("5eed".repeat(16), 1));
    expect(timeline.all()).toMatchObject([{ account: name, createdAt: iso(start) }]);
  },
);

describe("through the sandbox", () => {
  const accounts = networks.map(({ name }) => aConfiguredAccount({ name: `the ${name}`, network: name }));
  let sandbox: SandboxServer;
  beforeAll(async () => {
    sandbox = await startSandbox(accounts);
  });
  afterAll(() => sandbox.close());

  test.each(accounts.map((one) => [one.network, one] as const))(
    "%s posts without any credentials",
    async (name, one) => {
      const connected = connectNetworks({ secrets: secrets(undefined), sandbox: sandbox.url, fetch, clock: Date.now });
      const connection = connectionOf(await connected.connect(one, true));
      const network = connected.get(name);
      const { request } = network.compose(aSnippet(), one);
      const outcome = await sendWhole(connection, request, network.key("5eed".repeat(16), 1));
      expect(outcome).toMatchObject({ kind: "posted" });
      expect(sandbox.posts(one.name)).toHaveLength(1);
    },
  );
});

test("an account with a secret posts for real, one without to the sandbox, or nowhere without a sandbox", async () => {
  const sandbox = "http://127.0.0.1:1";
  const [found, missing] = [async () => true, async () => false];
  expect(await destinationBySecrets({ hasSecret: found, sandbox }).destination(account)).toBe("real");
  expect(await destinationBySecrets({ hasSecret: missing, sandbox }).destination(account)).toBe("sandbox");
  expect(await destinationBySecrets({ hasSecret: missing }).destination(account)).toBe("none");
});
