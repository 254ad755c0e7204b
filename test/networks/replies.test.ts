import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import { networks } from "../../src/networks/index.ts";
import { oauthOf, signature } from "../../src/sandbox/oauth1.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A network that says what the test tells it to, one reply after the other. */
let replies: Reply[];
let asked: string[];
let server: Server;
let url: string;

beforeEach(async () => {
  replies = [];
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { status, body, headers } = replies.shift() ?? { status: 500 };
    response.writeHead(status, { "content-type": "application/json", connection: "close", ...headers });
    response.end(body === undefined ? "" : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

const soon = () => AbortSignal.timeout(5000);
const networkOf = (name: string) => {
  const network = networks.find((one) => one.name === name);
  if (network === undefined) throw new Error(name);
  return network;
};
const connect = (name: string, settings: Account["settings"], sandbox?: string) => {
  const network = networkOf(name);
  const account = aConfiguredAccount({ name, network: name, settings });
  return connectionOf(network.connect({ account, secret: network.sandboxCredentials(account), sandbox, fetch }));
};
const x = (settings = {}) => connect("x", settings, url);
const mastodon = () => connect("mastodon", { server: url });
const bluesky = () => connect("bluesky", { server: url });
const key = "3jzfcijpj2z2a";

describe("X", () => {
  const send = (reply: Reply, settings = {}) => {
    replies = [reply];
    return x(settings).send({ text: "a" }, key, soon());
  };

  test("a post has the URL of its account, where the handle is known", async () => {
    const made = { status: 201, body: { data: { id: "12" } } };
    expect(await send(made, { handle: "ada" })).toEqual({
      kind: "posted",
      remote: { id: "12", url: "https://x.com/ada/status/12" },
    });
    expect(await send(made)).toEqual({ kind: "posted", remote: { id: "12", url: "https://x.com/i/status/12" } });
  });

  test("an equal post is a duplicate without id; other 403s are final", async () => {
    const detail = "You are not allowed to create a Tweet with duplicate content.";
    expect(await send({ status: 403, body: { detail } })).toEqual({
      kind: "duplicate",
      remote: { id: null, url: null },
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
    [402, { title: "CreditsDepleted" }],
    [403, { type: "https://api.twitter.com/2/problems/oauth1-permissions" }],
    [403, { type: "https://api.twitter.com/2/problems/client-forbidden" }],
  ])("a %i about the login and not the post pauses the account: %j", async (status, body) => {
    expect(await send({ status, body })).toMatchObject({ kind: "unauthorised" });
  });

  test("the day's limit, where it is used up, lasts longer than the window", async () => {
    const headers = {
      "x-rate-limit-reset": "1000",
      "x-user-limit-24hour-remaining": "0",
      "x-user-limit-24hour-reset": "5000",
      "x-app-limit-24hour-remaining": "7",
      "x-app-limit-24hour-reset": "9000",
    };
    expect(await send({ status: 429, headers })).toMatchObject({ kind: "unavailable", retryAt: 5_000_000 });
    expect(await send({ status: 429, body: {} })).toMatchObject({ kind: "unavailable", retryAt: undefined });
  });

  test("a post goes to the real address where there is no sandbox, signed by the account's keys", async () => {
    const requests: { readonly url: string; readonly init: RequestInit }[] = [];
    const fetch = async (address: string, init: RequestInit) => {
      requests.push({ url: address, init });
      return Response.json({ data: { id: "12" } }, { status: 201 });
    };
    const account = aConfiguredAccount({ name: "x", network: "x" });
    const secret = { appKey: "k", appSecret: "app secret", accessToken: "t", accessSecret: "access secret" };
    const connection = connectionOf(networkOf("x").connect({ account, secret, fetch }));
    expect(await connection.send({ text: "a" }, key, soon())).toMatchObject({ kind: "posted" });
    const [request] = requests;
    const oauth = oauthOf(new Headers(request?.init.headers).get("authorization") ?? undefined);
    const secrets = { app: "app secret", access: "access secret" };
    expect(request).toMatchObject({
      url: "https://api.x.com/2/tweets",
      init: { method: "POST", body: '{"text":"a"}' },
    });
    expect(oauth).toMatchObject({
      oauth_token: "t",
      oauth_signature: await signature("POST", "https://api.x.com/2/tweets", oauth, secrets),
    });
  });

  test("a post that is not there any more is deleted; any other refusal of a deletion is told", async () => {
    replies = [
      { status: 404, body: {} },
      { status: 200, body: { data: {} } },
      { status: 403, body: {} },
    ];
    const remove = () => x().remove?.({ id: "12", url: null }, soon());
    expect(await remove()).toEqual({ kind: "done" });
    expect(await remove()).toMatchObject({ kind: "unanswered", reason: expect.stringContaining("cannot be read") });
    expect(await remove()).toMatchObject({ kind: "rejected" });
    expect(asked[0]).toBe("DELETE /sandbox/api/x/x/2/tweets/12");
    expect(await x().remove?.({ id: "12", url: null }, AbortSignal.abort())).toMatchObject({ kind: "unavailable" });
  });
});

describe("Mastodon", () => {
  const send = (reply: Reply) => {
    replies = [reply];
    return mastodon().send({ status: "a" }, key, soon());
  };
  const copy = { id: "7", url: null };

  test("a post may have no URL of its own yet", async () => {
    expect(await send({ status: 200, body: { id: "7", url: null } })).toEqual({ kind: "posted", remote: copy });
  });

  test("a 403 is about the token's scope; a 422 and what else is 4xx is final", async () => {
    expect(await send({ status: 403, body: { error: "This action is outside the authorized scopes" } })).toMatchObject({
      kind: "unauthorised",
    });
    expect(await send({ status: 422, body: { error: "Text can't be blank" } })).toEqual({
      kind: "rejected",
      reason: "Mastodon answered 422: Text can't be blank",
    });
    expect(await send({ status: 408 })).toMatchObject({ kind: "unanswered" });
  });

  test("a wait is read as a date, as Retry-After in seconds or as a date, or not at all", async () => {
    const date = new Date(start).toUTCString();
    const waitOf = async (headers: Reply["headers"]) => {
      const outcome = await send({ status: 429, ...(headers === undefined ? {} : { headers }) });
      return outcome.kind === "unavailable" ? outcome.retryAt : "another outcome";
    };
    expect(await waitOf({ "x-ratelimit-reset": new Date(start).toISOString() })).toBe(start);
    expect(await waitOf({ date, "retry-after": "30" })).toBe(start + 30_000);
    expect(await waitOf({ date, "retry-after": new Date(start + 60_000).toUTCString() })).toBe(start + 60_000);
    expect(await waitOf({ date: "once", "retry-after": "30" })).toBeUndefined();
    expect(await waitOf({ "x-ratelimit-reset": "soon", "retry-after": "later" })).toBeUndefined();
    expect(await waitOf(undefined)).toBeUndefined();
  });

  test("an edit of what is not there is refused; a deletion is done", async () => {
    const body = { error: "Record not found" };
    replies = [
      { status: 404, body },
      { status: 404, body },
      { status: 410, body },
    ];
    expect(await mastodon().edit?.(copy, { status: "b" }, soon())).toMatchObject({ kind: "rejected" });
    expect(await mastodon().remove?.(copy, soon())).toEqual({ kind: "done" });
    expect(await mastodon().remove?.(copy, soon())).toEqual({ kind: "done" });
  });

  test("a server that cannot delete is not believed to have deleted", async () => {
    replies = [{ status: 404 }];
    expect(await mastodon().remove?.(copy, soon())).toEqual({ kind: "rejected", reason: "Mastodon answered 404" });
  });

  test("an edit or a deletion that cannot be read is unanswered", async () => {
    replies = [{ status: 200 }, { status: 200 }];
    expect(await mastodon().remove?.(copy, soon())).toMatchObject({ kind: "unanswered" });
    expect(await mastodon().edit?.(copy, { status: "b" }, soon())).toMatchObject({ kind: "unanswered" });
  });

  const page = "https://blog.example.com/?a=b&c=d";
  const written = (id: string, ago: number, content: string, card?: object) => ({
    id,
    url: `https://m.example/${id}`,
    created_at: new Date(start - ago).toISOString(),
    content,
    card,
  });
  const found = (id: string) => ({ remote: { id, url: `https://m.example/${id}` } });
  const me = { status: 200, body: { id: "1" } };

  test("a look reads back, page by page, to the moment, and finds links and cards", async () => {
    replies = [
      me,
      {
        status: 200,
        body: [written("9", 0, `<a href="https://blog.example.com/?a=b&amp;c=d">x</a>`), written("8", 1, "nothing")],
      },
      { status: 200, body: [written("5", 2, "nothing", { url: page }), written("4", 5000, `<a href="${page}">`)] },
    ];
    expect(await mastodon().look?.(page, start - 1000, soon())).toEqual([found("5"), found("9")]);
    expect(asked.at(-1)).toContain("max_id=8");
  });

  test("a look ends with the timeline, and after ten pages", async () => {
    replies = [me, { status: 200, body: [] }];
    expect(await mastodon().look?.(page, start, soon())).toEqual([]);
    const many = Array.from({ length: 20 }, (_, index) => ({
      status: 200,
      body: [written(String(index), 0, "nothing")],
    }));
    replies = [me, ...many];
    expect(await mastodon().look?.(page, start, soon())).toEqual([]);
    expect(replies).toHaveLength(10);
  });

  test("a look at a server that gives the same page for ever finds each post once", async () => {
    const same = { status: 200, body: [written("9", 0, `<a href="${page}">`)] };
    replies = [me, same, same, same];
    expect(await mastodon().look?.(page, start, soon())).toEqual([found("9")]);
    expect(replies).toHaveLength(1);
  });

  test("half a look proves nothing", async () => {
    replies = [me, { status: 200, body: [written("9", 0, `<a href="${page}">`)] }, { status: 503 }];
    expect(await mastodon().look?.(page, start - 1000, soon())).toBeUndefined();
    replies = [{ status: 200, body: { id: 1 } }];
    expect(await mastodon().look?.(page, start, soon())).toBeUndefined();
  });
});

describe("Bluesky", () => {
  const session = (token: string, handle = "ada.example") => ({
    status: 200,
    body: { did: "did:plc:ada", handle, accessJwt: token },
  });
  const uri = `at://did:plc:ada/app.bsky.feed.post/${key}`;
  const put = { status: 200, body: { uri } };
  const posted = { kind: "posted", remote: { id: uri, url: `https://bsky.app/profile/ada.example/post/${key}` } };

  test("a session is kept, and renewed once when it has expired", async () => {
    const connection = bluesky();
    replies = [session("a"), put, put, { status: 400, body: { error: "ExpiredToken" } }, session("b"), put];
    for (let time = 0; time < 3; time += 1) expect(await connection.send({}, key, soon())).toEqual(posted);
    expect(asked.filter((line) => line.includes("createSession"))).toHaveLength(2);
  });

  test("a session that is refused at once is no reason to log in for ever", async () => {
    replies = [
      session("a"),
      { status: 401, body: { error: "InvalidToken" } },
      session("b"),
      { status: 401, body: { error: "InvalidToken" } },
    ];
    expect(await bluesky().send({}, key, soon())).toMatchObject({ kind: "unauthorised" });
    replies = [session("a"), { status: 400, body: { error: "ExpiredToken" } }, { status: 503 }];
    expect(await bluesky().send({}, key, soon())).toMatchObject({ kind: "unavailable" });
  });

  test.each([
    ["a login that fails on the server's side sent nothing", { status: 502 }, "unavailable"],
    ["a login in words that cannot be read sent nothing", { status: 200, body: {} }, "unavailable"],
    ["too many logins sent nothing", { status: 429, headers: { "ratelimit-reset": "1000" } }, "unavailable"],
    [
      "a refused login pauses the account",
      { status: 401, body: { error: "AuthenticationRequired", message: "Invalid identifier or password" } },
      "unauthorised",
    ],
  ])("%s", async (_, reply, kind) => {
    replies = [reply];
    const outcome = await bluesky().send({}, key, soon());
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === "unavailable" && reply.status === 429) expect(outcome.retryAt).toBe(1_000_000);
    expect(asked).toHaveLength(1);
  });

  test("another record under our key is a duplicate: only we can have put it there", async () => {
    replies = [session("a"), { status: 400, body: { error: "InvalidSwap", message: "Record was at bafy" } }];
    expect(await bluesky().send({}, key, soon())).toEqual({
      ...posted,
      kind: "duplicate",
      reason: "Bluesky answered 400: Record was at bafy",
    });
  });

  test("a post of an account whose handle does not resolve is shown by its DID", async () => {
    replies = [session("a", "handle.invalid"), put];
    expect(await bluesky().send({}, key, soon())).toMatchObject({
      remote: { url: `https://bsky.app/profile/did:plc:ada/post/${key}` },
    });
  });

  test("a suspended account pauses; an invalid record is final", async () => {
    replies = [
      session("a"),
      { status: 400, body: { error: "AccountTakedown" } },
      session("a"),
      { status: 400, body: { error: "InvalidRequest" } },
    ];
    expect(await bluesky().send({}, key, soon())).toMatchObject({ kind: "unauthorised" });
    expect(await bluesky().send({}, key, soon())).toEqual({
      kind: "rejected",
      reason: "Bluesky answered 400: InvalidRequest",
    });
  });

  test("an edit or a deletion that cannot be read is unanswered", async () => {
    replies = [session("a"), { status: 200 }, { status: 200 }];
    const connection = bluesky();
    const copy = { id: uri, url: null };
    expect(await connection.edit?.(copy, {}, soon())).toMatchObject({ kind: "unanswered" });
    expect(await connection.remove?.(copy, soon())).toMatchObject({ kind: "unanswered" });
  });

  const page = "https://blog.example.com/a/";
  const record = (rkey: string, createdAt?: number) => ({
    uri: `at://did:plc:ada/app.bsky.feed.post/${rkey}`,
    value: {
      text: page,
      embed: { external: { uri: page } },
      ...(createdAt === undefined ? {} : { createdAt: new Date(createdAt).toISOString() }),
    },
  });

  test("a look reads back to the moment, by the key's own time or, for a foreign key, by createdAt", async () => {
    replies = [
      session("a"),
      {
        status: 200,
        body: { cursor: "c", records: [record("zzz", start + 1), record("yyy", start - 1), record("xxx")] },
      },
      { status: 200, body: { cursor: "d", records: [record("2222222222222")] } },
    ];
    const found = await bluesky().look?.(page, start, soon());
    expect(found?.map(({ remote }) => remote.url)).toEqual(["https://bsky.app/profile/ada.example/post/zzz"]);
    expect(asked.at(-1)).toContain("cursor=c");
  });

  test("half a look proves nothing", async () => {
    for (const reply of [{ status: 503 }, { status: 200, body: { records: 1 } }]) {
      replies = [session("a"), { status: 200, body: { cursor: "c", records: [record("zzz", start + 1)] } }, reply];
      expect(await bluesky().look?.(page, start, soon())).toBeUndefined();
    }
  });
});
