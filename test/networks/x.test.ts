import { describe, expect, test } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import { x } from "../../src/networks/x.ts";
import { oauthSignature, parseOAuth } from "../../src/sandbox/x-emulator.ts";
import { networkContract } from "../contract/network.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet } from "../support/snippets.ts";

networkContract(x);

const key = "5eed";
const script = scriptedNetwork(x);
const composed = (snippet: Parameters<typeof aSnippet>[0], settings: Account["settings"] = {}) =>
  x.compose(aSnippet(snippet), aConfiguredAccount({ network: "x", settings }));

test("the settings of X take a handle without @", () => {
  expect(x.settings.safeParse({ handle: "you" }).success).toBe(true);
  expect(x.settings.safeParse({ handle: "@you" }).success).toBe(false);
});

describe("a post for X", () => {
  test("discloses that AI helped to write it, and has at most two hashtags", () => {
    expect(composed({ tags: ["#A", "#B", "#C"] }).request).toEqual({ text: expect.stringMatching(/#A #B$/) });
    expect(composed({ disclosure: "Claude" }).request).toMatchObject({ made_with_ai: true });
    expect(composed({ text: "a\uFEFFb" }).text).toMatch(/^ab\n/);
  });

  test("costs what X charges, more with a link than without, or what the configuration says", () => {
    expect(composed({})).toMatchObject({ cost: 0.2 });
    expect(composed({}, { prices: { withLink: 0.1 } })).toMatchObject({ cost: 0.1 });
    // X does not see a link: it knows no top-level domain "test".
    expect(composed({ url: "http://blog.test/" })).toMatchObject({ cost: 0.015 });
    expect(x.settings.safeParse({ prices: { withLink: -1 } }).success).toBe(false);
  });

  test("has title and summary in the text, where the author wrote none", () => {
    expect(composed({ text: undefined }).text).toBe(
      "A Hundred Feeds\n\nDates are the first thing that goes wrong.\n\nhttps://blog.example.com/a-hundred-feeds/\n\n#Feeds #OpenWeb",
    );
  });
});

describe("an answer of X", () => {
  const send = (response: ScriptedResponse, settings = {}) => {
    script.responses = [response];
    return script.connect(settings).send({ text: "a" }, key, noDeadline());
  };

  test("a post has the URL of its account, where the handle is known", async () => {
    const made = { status: 201, body: { data: { id: "12" } } };
    expect(await send(made, { handle: "ada" })).toEqual({
      kind: "posted",
      remote: { id: "12", url: "https://x.com/ada/status/12", public: true },
    });
    expect(await send(made)).toEqual({
      kind: "posted",
      remote: { id: "12", url: "https://x.com/i/status/12", public: true },
    });
  });

  test("an equal post is a duplicate without id; other 403s are final", async () => {
    const detail = "You are not allowed to create a Tweet with duplicate content.";
    expect(await send({ status: 403, body: { detail } })).toEqual({
      kind: "duplicate",
      remote: { id: null, url: null, public: true },
      reason: `X answered 403: ${detail}`,
    });
    expect(await send({ status: 403, body: { detail: "Not this" } })).toMatchObject({
      kind: "rejected",
      reason: "X answered 403: Not this",
    });
    expect(await send({ status: 403, body: { title: "Forbidden" } })).toMatchObject({
      kind: "rejected",
      reason: "X answered 403: Forbidden",
    });
  });

  test.each([
    [401, {}],
    [403, { type: "https://api.twitter.com/2/problems/oauth1-permissions" }],
    [403, { type: "https://api.twitter.com/2/problems/client-forbidden" }],
  ])("a %i about the login is unauthorised: %j", async (status, body) => {
    expect(await send({ status, body })).toMatchObject({ kind: "unauthorised" });
  });

  test.each([
    [
      403,
      {
        title: "SpendCapReached",
        detail:
          "Your enrolled account [1] has reached its billing cycle spend cap. API requests will be blocked until the next cycle begins on 2026-12-01.",
        type: "https://api.twitter.com/2/problems/credits",
      },
      Date.parse("2026-12-01"),
    ],
    [
      403,
      { title: "SpendCapReached", type: "https://api.twitter.com/2/problems/credits", reset_date: "2026-12-02" },
      Date.parse("2026-12-02"),
    ],
    [402, { title: "CreditsDepleted", type: "https://api.twitter.com/2/problems/credits" }, undefined],
    [402, { title: "Payment Required", type: "https://api.twitter.com/2/problems/credits-depleted" }, undefined],
  ])("a %i about credits pauses the account until its next cycle: %j", async (status, body, until) => {
    const outcome = await send({ status, body });
    expect(outcome).toMatchObject({ kind: "unauthorised", remedy: expect.stringMatching(/^raise the spending cap/) });
    expect("until" in outcome ? outcome.until : undefined).toBe(until);
  });

  test.each([
    { detail: "Your account is suspended and is not permitted to access this feature.", title: "Forbidden" },
    { detail: "To protect our users, your account has been temporarily locked. Please log in.", title: "Forbidden" },
  ])("a 403 about the account itself pauses it: %j", async (body) => {
    expect(await send({ status: 403, body })).toMatchObject({
      kind: "unauthorised",
      remedy: "log in to X and unlock the account",
    });
  });

  test("a refused signature may be one of a clock that is wrong, of which the reason says so", async () => {
    const reasonAt = async (date: number) => {
      const outcome = await send({ status: 401, headers: { date: new Date(date).toUTCString() }, body: {} });
      return outcome.kind === "unauthorised" ? outcome.reason : outcome.kind;
    };
    expect(await reasonAt(start - 60_000)).toBe("X answered 401");
    expect(await reasonAt(start - 3_600_000)).toBe(
      "X answered 401; the clock of this machine is 60 minutes ahead of the server's: set it",
    );
    expect(await reasonAt(start + 3_600_000)).toContain("60 minutes behind");
  });

  test("a daily limit that is used up lasts longer than the window", async () => {
    const headers = {
      "x-rate-limit-reset": String(start / 1000 + 1000),
      "x-user-limit-24hour-remaining": "0",
      "x-user-limit-24hour-reset": String(start / 1000 + 5000),
      "x-app-limit-24hour-remaining": "7",
      "x-app-limit-24hour-reset": String(start / 1000 + 9000),
    };
    expect(await send({ status: 429, headers })).toMatchObject({ kind: "unavailable", retryAt: start + 5_000_000 });
    expect(await send({ status: 429, body: {} })).not.toHaveProperty("retryAt");
  });

  test("a post goes to the real address where there is no sandbox, signed by the account's keys", async () => {
    const requests: { readonly url: string; readonly init: RequestInit }[] = [];
    const fetch = async (address: string, init: RequestInit) => {
      requests.push({ url: address, init });
      return Response.json({ data: { id: "12" } }, { status: 201 });
    };
    const account = aConfiguredAccount({ network: "x" });
    const secret = { appKey: "k", appSecret: "app secret", accessToken: "t", accessSecret: "access secret" };
    const connection = connectionOf(x.connect({ account, secret, fetch, clock: () => start }));
    expect(await connection.send({ text: "a" }, key, noDeadline())).toMatchObject({ kind: "posted" });
    const [request] = requests;
    const oauth = parseOAuth(new Headers(request?.init.headers).get("authorization") ?? undefined);
    const secrets = { app: "app secret", access: "access secret" };
    expect(request).toMatchObject({
      url: "https://api.x.com/2/tweets",
      init: { method: "POST", body: '{"text":"a"}' },
    });
    expect(oauth).toMatchObject({
      oauth_token: "t",
      oauth_signature: await oauthSignature("POST", "https://api.x.com/2/tweets", oauth, secrets),
    });
  });

  test("a post that does not exist any more is deleted; any other refusal of a deletion is an outcome of its own", async () => {
    script.responses = [
      { status: 404, body: {} },
      { status: 200, body: { data: {} } },
      { status: 403, body: {} },
    ];
    const remove = () => script.connect().remove?.({ id: "12", url: null, public: true }, noDeadline());
    expect(await remove()).toEqual({ kind: "done" });
    expect(await remove()).toMatchObject({ kind: "unanswered", reason: expect.stringContaining("cannot be read") });
    expect(await remove()).toMatchObject({ kind: "rejected" });
    expect(script.requests[0]).toBe("DELETE /sandbox/api/x/x/2/tweets/12");
    expect(await script.connect().remove?.({ id: "12", url: null, public: true }, AbortSignal.abort())).toMatchObject({
      kind: "unavailable",
    });
  });
});
