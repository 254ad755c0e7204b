import { setImmediate, setTimeout } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { day, hour, minute, second } from "../../src/domain/time.ts";
import { renewTokens } from "../../src/networks/define.ts";
import { fetchJsonWith } from "../../src/networks/http.ts";
import { oauthAccess } from "../../src/networks/oauth-access.ts";
import type { TokenRows } from "../../src/ports/networks.ts";
import { sealedTokens } from "../../src/secrets/sealed-tokens.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aRotatingProvider } from "../support/rotating-provider.ts";
import { aStore } from "../support/store.ts";

const start = Date.parse("2026-12-01T00:00:00Z");

interface WorkerOptions {
  readonly rows?: TokenRows;
  readonly answer?: () => Response | Promise<Response>;
}

/** The provider, a login, and workers that share the rows of a store. */
const aLogin = async (endsIn: number | undefined) => {
  const provider = await aRotatingProvider();
  const { store, stop } = await aStore();
  onTestFinished(async () => {
    await provider.close();
    await stop();
  });
  let now = start;
  const clock = () => now;
  const expiresAt = endsIn === undefined ? {} : { expiresAt: new Date(start + endsIn).toISOString() };
  const connect = async () => ({ ...(await provider.logIn()), ...expiresAt });
  let secret = await connect();
  const worker = ({ rows = store.tokens, answer }: WorkerOptions = {}) => {
    const open = sealedTokens({ rows, pause: () => setTimeout(5), deadline: noDeadline });
    const tokens = open({ name: "me", secret, network: "paper", server: provider.url });
    const fetchIt = answer === undefined ? fetch : async () => answer();
    return oauthAccess({
      network: "Paper",
      credentials: secret,
      getTokens: renewTokens(tokens, clock),
      fetchJson: fetchJsonWith(fetchIt, clock),
      clock,
      refresh: ({ refreshToken = "" }) => ({
        url: `${provider.url}/token`,
        method: "POST",
        body: String(
          new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken, client_id: "crier" }),
        ),
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }),
    });
  };
  const get = (options?: WorkerOptions, signal = noDeadline()) => worker(options).get(signal);
  return {
    provider,
    rows: store.tokens,
    get,
    first: secret.accessToken,
    token: async (options?: WorkerOptions) => {
      const access = await get(options);
      return "token" in access ? access.token : access.reason;
    },
    pass: (time: number) => {
      now += time;
    },
    connectAgain: async () => {
      secret = await connect();
      return secret.accessToken;
    },
  };
};

const unreachable = new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) });

const ended = { kind: "unauthorised", reason: expect.stringMatching(/^the login has ended, and Paper answered 400: /) };

describe("an access token", () => {
  test.each([
    ["of 60 days is renewed after 30", 60 * day, 30 * day],
    ["of 2 days is renewed after one", 2 * day, day],
    ["of 2 hours is renewed five minutes before its end", 2 * hour, 2 * hour - 5 * minute],
    ["of 6 minutes is renewed after 3", 6 * minute, 3 * minute],
    ["without an end is renewed after a day, and from then on as its answer says", undefined, day],
  ])("%s, and not before", async (_, life, after) => {
    const { token, first, pass, provider } = await aLogin(life);
    expect(await token()).toBe(first);
    pass(after - 1);
    expect(await token()).toBe(first);
    expect(provider.refreshes).toHaveLength(0);
    pass(1);
    const renewed = await token();
    expect(renewed).not.toBe(first);
    expect(await provider.isGood(renewed)).toBe(true);
    expect(await token()).toBe(renewed);
    expect(provider.refreshes).toHaveLength(1);
  });

  test("is renewed once for ten workers", async () => {
    const { token, pass, provider } = await aLogin(2 * hour);
    pass(2 * hour);
    const tokens = await Promise.all(Array.from({ length: 10 }, () => token()));
    expect(new Set(tokens).size).toBe(1);
    expect(await provider.isGood(tokens[0] ?? "")).toBe(true);
    expect(provider.refreshes).toHaveLength(1);
  });

  test("is renewed twenty times in a row, each time by another process", async () => {
    const { token, pass, provider } = await aLogin(2 * hour);
    for (let time = 0; time < 20; time += 1) {
      pass(2 * hour);
      expect(await provider.isGood(await token())).toBe(true);
    }
    expect(provider.refreshes).toHaveLength(20);
  });

  test.each([
    '{"access_token":"","expires_in":7200}',
    '{"access_token":null,"expires_in":7200}',
    '{"access_token":"another"}',
    '{"access_token":"another","expires_in":0}',
    "{}",
    "<p>Hello</p>",
    "",
  ])("stays where the network answers %s, and its owner is told", async (body) => {
    const { get, first, pass } = await aLogin(2 * hour);
    await get();
    pass(2 * hour - minute);
    const notRenewed = { problem: expect.stringContaining("in a form that cannot be read"), endsAt: start + 2 * hour };
    expect(await get({ answer: () => new Response(body) })).toEqual({ token: first, notRenewed });
  });

  test.each([
    ["cannot be reached", () => Promise.reject(unreachable), "could not be reached"],
    ["is down", () => Promise.resolve(new Response("", { status: 503 })), "Paper answered 503"],
    ["refuses", () => Promise.resolve(Response.json({ error: "invalid_grant" }, { status: 400 })), "invalid_grant"],
  ])("is used to its end where the network %s", async (_, answer, problem) => {
    const { get, first, pass, provider } = await aLogin(60 * day);
    await get();
    pass(30 * day);
    expect(await get({ answer })).toMatchObject({
      token: first,
      notRenewed: { problem: expect.stringContaining(problem) },
    });
    expect(provider.refreshes).toHaveLength(0);
  });

  test("that has ended while the network is down makes posts wait", async () => {
    const { get, pass } = await aLogin(2 * hour);
    pass(2 * hour);
    expect(await get({ answer: () => new Response("", { status: 503 }) })).toEqual({
      kind: "unavailable",
      reason: "the login has ended, and was not renewed: Paper answered 503",
    });
  });
});

describe("a refresh token for one use", () => {
  test("whose answer was lost is not shown again while the old access token lives", async () => {
    const { get, token, first, pass, provider } = await aLogin(2 * hour);
    await token();
    pass(2 * hour - 4 * minute);
    provider.become("lost");
    expect(await get()).toMatchObject({
      token: first,
      notRenewed: { problem: expect.stringContaining("did not answer") },
    });
    provider.become("answered");
    pass(3 * minute);
    expect(await token()).toBe(first);
    expect(await provider.isGood(first)).toBe(true);
    expect(provider.refreshes).toEqual(["lost"]);
    pass(minute);
    expect(await get()).toMatchObject(ended);
  });

  test("whose answer was lost when the access token had ended is shown again, and the account must be connected again", async () => {
    const { get, pass, provider } = await aLogin(2 * hour);
    pass(2 * hour);
    provider.become("lost");
    expect(await get()).toMatchObject({ kind: "unavailable" });
    provider.become("answered");
    expect(await get()).toMatchObject(ended);
  });

  test("of a worker that was killed before it stored the answer: the next one waits for its lease, and says so", async () => {
    const { get, rows, pass, provider } = await aLogin(2 * hour);
    pass(2 * hour);
    const killed: TokenRows = {
      ...rows,
      save: (row) => (row.renewing === undefined ? new Promise(() => {}) : rows.save(row)),
    };
    void get({ rows: killed });
    await expect.poll(() => provider.refreshes).toHaveLength(1);
    pass(31 * second);
    await expect.poll(() => get()).toMatchObject(ended);
  });

  test("is not lost where its answer comes after the time of who asked", async () => {
    const { get, token, pass, provider } = await aLogin(2 * hour);
    pass(2 * hour);
    provider.become("slow");
    const person = new AbortController();
    const asked = get({}, person.signal);
    await expect.poll(() => provider.refreshes).toHaveLength(1);
    person.abort();
    expect(await asked).toMatchObject({ token: expect.any(String) });
    expect(await provider.isGood(await token())).toBe(true);
    expect(provider.refreshes).toEqual(["slow"]);
  });

  test("of a row that was put back ends the login: why exports and restores leave the rows out", async () => {
    const { get, token, rows, pass, provider } = await aLogin(2 * hour);
    pass(2 * hour);
    await token();
    const { version: _, ...old } = await rows.read("me");
    pass(2 * hour);
    const live = await token();
    const { version } = await rows.read("me");
    await rows.save({ ...old, version });
    expect(await get()).toMatchObject(ended);
    expect(await provider.isGood(live)).toBe(false);
  });

  test("of another login is not touched: connecting again is a new secret, whose tokens are used at once", async () => {
    const { token, pass, connectAgain, provider } = await aLogin(60 * day);
    pass(30 * day);
    await token();
    const fresh = await connectAgain();
    expect(await token()).toBe(fresh);
    await setImmediate();
    expect(provider.refreshes).toHaveLength(0);
  });
});
