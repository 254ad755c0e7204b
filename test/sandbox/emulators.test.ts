import { describe, expect, test } from "vitest";
import * as z from "zod";
import { hour } from "../../src/domain/time.ts";
import { signature } from "../../src/sandbox/oauth1.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";
import { anAccount, start } from "../support/builders.ts";

const accounts = ["x", "bluesky", "mastodon"].map((network) => anAccount({ name: network, network }));

/** Only what the tests go on with; everything else stays in the body for comparison. */
const answer = z.looseObject({
  id: z.string().optional(),
  data: z.looseObject({ id: z.string().optional() }).optional(),
});

const aSandbox = () => {
  const timeline = timelineInMemory();
  let now = start;
  const app = sandboxApp({ timeline, accounts, clock: () => now });
  const ask = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const init = {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    };
    const reply = await app.request(path, init);
    const answered: unknown = await reply.json();
    return { status: reply.status, body: answer.parse(Array.isArray(answered) ? { list: answered } : answered) };
  };
  return {
    timeline,
    ask,
    wait: (ms: number) => {
      now += ms;
    },
  };
};

describe("the sandbox acts X out: it", () => {
  const oauth = { oauth_token: "sandbox-x", oauth_nonce: "n", oauth_timestamp: "1", oauth_consumer_key: "sandbox" };
  const at = "/sandbox/api/x/x/2/tweets";
  const signed = async (method: string, id = "", origin = "https://api.x.com") => {
    const oauth_signature = await signature(method, `${origin}/2/tweets${id}`, oauth, {
      app: "sandbox-x",
      access: "sandbox-x",
    });
    const parts = Object.entries({ ...oauth, oauth_signature }).map(
      ([name, value]) => `${name}="${encodeURIComponent(value)}"`,
    );
    return { authorization: `OAuth ${parts.join(", ")}` };
  };
  const tweet = async ({ ask }: ReturnType<typeof aSandbox>, body: unknown) =>
    ask("POST", at, body, await signed("POST"));

  test("signs as RFC 5849 does", async () => {
    // The example of docs.x.com, "Creating a signature".
    const parameters = {
      status: "Hello Ladies + Gentlemen, a signed OAuth request!",
      include_entities: "true",
      oauth_consumer_key: "xvz1evFS4wEEPTGEFPHBog",
      oauth_nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
      oauth_signature_method: "HMAC-SHA1",
      oauth_timestamp: "1318622958",
      oauth_version: "1.0",
      oauth_token: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    };
    const secrets = {
      app: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
      access: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    };
    expect(await signature("POST", "https://api.twitter.com/1.1/statuses/update.json", parameters, secrets)).toBe(
      "hCtSmYh+iHYCEqBWrE7C7hYmtUk=",
    );
  });

  test("refuses a wrong token, and a signature for another method or address", async () => {
    const { ask } = aSandbox();
    const { authorization } = await signed("POST");
    for (const headers of [
      {},
      { authorization: authorization.replace("sandbox-x", "sandbox-y") },
      await signed("DELETE"),
      await signed("POST", "", "http://127.0.0.1"),
    ])
      expect((await ask("POST", at, { text: "a" }, headers)).status).toBe(401);
  });

  test("refuses fields that X's schema does not know, and a post without text", async () => {
    const sandbox = aSandbox();
    for (const body of [
      { text: "a", status: "b" },
      {},
      { text: " " },
      { text: 1 },
      { text: "a", made_with_ai: "yes" },
      [],
      "{",
      "1",
    ]) {
      expect(await tweet(sandbox, body)).toMatchObject({ status: 400, body: { title: "Invalid Request" } });
    }
    expect(sandbox.timeline.all()).toEqual([]);
  });

  test("refuses what is longer than 280", async () => {
    const sandbox = aSandbox();
    expect(await tweet(sandbox, { text: "語".repeat(141) })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("too long") },
    });
    expect((await tweet(sandbox, { text: "語".repeat(140) })).status).toBe(201);
  });

  test("refuses an equal text for a day, unless the first is deleted", async () => {
    const sandbox = aSandbox();
    const first = await tweet(sandbox, { text: "again" });
    expect(await tweet(sandbox, { text: "again" })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("duplicate content") },
    });
    const id = `/${first.body.data?.id}`;
    expect((await sandbox.ask("DELETE", `${at}${id}`, undefined, await signed("DELETE", id))).body).toEqual({
      data: { deleted: true },
    });
    expect((await tweet(sandbox, { text: "again" })).status).toBe(201);
    sandbox.wait(25 * hour);
    expect((await tweet(sandbox, { text: "again" })).status).toBe(201);
  });

  test("gives no id twice, not even when its clock stands still or after a restart", async () => {
    const sandbox = aSandbox();
    const ids = [];
    for (const text of ["a", "b"]) ids.push((await tweet(sandbox, { text })).body.data?.id);
    const restarted = sandboxApp({ timeline: sandbox.timeline, accounts, clock: () => start - hour });
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", ...(await signed("POST")) },
      body: '{"text":"c"}',
    };
    const reply = await restarted.request(at, init);
    ids.push(answer.parse(await reply.json()).data?.id);
    expect(new Set(ids).size).toBe(3);
  });
});

describe("the sandbox acts Mastodon out: it", () => {
  const at = "/sandbox/api/mastodon/mastodon/api/v1";
  const token = { authorization: "Bearer sandbox-mastodon" };
  const post = ({ ask }: ReturnType<typeof aSandbox>, body: unknown, key?: string) =>
    ask("POST", `${at}/statuses`, body, { ...token, ...(key === undefined ? {} : { "idempotency-key": key }) });

  test("refuses a wrong token and an account that it does not have", async () => {
    const { ask } = aSandbox();
    expect(await ask("POST", `${at}/statuses`, { status: "a" })).toMatchObject({
      status: 401,
      body: { error: "The access token is invalid" },
    });
    expect(
      (await ask("GET", "/sandbox/api/mastodon/nobody/api/v1/accounts/verify_credentials", undefined, token)).status,
    ).toBe(404);
  });

  test("refuses what Mastodon finds invalid", async () => {
    const sandbox = aSandbox();
    for (const body of [
      {},
      { status: "" },
      { status: "a".repeat(501) },
      { status: "a", visibility: "secret" },
      { status: "a", language: "English" },
      "{",
    ]) {
      expect(await post(sandbox, body)).toMatchObject({
        status: 422,
        body: { error: expect.stringMatching(/Validation failed|not a valid/) },
      });
    }
    expect(
      (await post(sandbox, { status: `${"a".repeat(476)} https://blog.example.com/${"a".repeat(99)}` })).status,
    ).toBe(200);
  });

  test("answers a repeated key with the same status for an hour, then no more", async () => {
    const sandbox = aSandbox();
    const first = await post(sandbox, { status: "a" }, "k");
    expect((await post(sandbox, { status: "a" }, "k")).body.id).toBe(first.body.id);
    expect((await post(sandbox, { status: "a" }, "l")).body.id).not.toBe(first.body.id);
    sandbox.wait(hour);
    expect((await post(sandbox, { status: "a" }, "k")).body.id).not.toBe(first.body.id);
  });

  test("writes a status as HTML, with its links escaped", async () => {
    const { body } = await post(aSandbox(), { status: 'a < b & "c" https://blog.example.com/?a=b&c=d.' });
    expect(body.content).toBe(
      '<p>a &lt; b &amp; &quot;c&quot; <a href="https://blog.example.com/?a=b&amp;c=d" rel="nofollow noopener">https://blog.example.com/?a=b&amp;c=d</a>.</p>',
    );
  });

  test("lists statuses in pages, the newest first, and does not find what is not there", async () => {
    const sandbox = aSandbox();
    const ids = [];
    for (const status of ["a", "b", "c"]) ids.push((await post(sandbox, { status })).body.id);
    const list = async (query: string) =>
      z
        .array(answer)
        .parse((await sandbox.ask("GET", `${at}/accounts/1/statuses${query}`, undefined, token)).body.list)
        .map(({ id }) => id);
    expect(await list("")).toEqual(ids.toReversed());
    expect(await list(`?limit=1&max_id=${ids[2]}`)).toEqual([ids[1]]);
    expect((await sandbox.ask("PUT", `${at}/statuses/1`, { status: "a" }, token)).status).toBe(404);
    expect((await sandbox.ask("DELETE", `${at}/statuses/1`, undefined, token)).status).toBe(404);
  });
});

describe("the sandbox acts Bluesky out: it", () => {
  const at = "/sandbox/api/bluesky/bluesky/xrpc";
  const record = {
    $type: "app.bsky.feed.post",
    text: "héllo https://a.example/ #tag",
    createdAt: "2026-03-01T08:00:00.000Z",
  };
  const rkey = "3jzfcijpj2z2a";
  const signedIn = async (sandbox = aSandbox()) => {
    const { body } = await sandbox.ask("POST", `${at}/com.atproto.server.createSession`, {
      identifier: "sandbox-bluesky",
      password: "sandbox-bluesky",
    });
    const token = { authorization: `Bearer ${String(body.accessJwt)}` };
    const target = { repo: body.did, collection: "app.bsky.feed.post", rkey };
    const put = (more: object) =>
      sandbox.ask("POST", `${at}/com.atproto.repo.putRecord`, { ...target, record, ...more }, token);
    return { ...sandbox, token, target, put };
  };

  test("refuses a wrong password, no session, and one that has expired", async () => {
    const sandbox = aSandbox();
    expect(
      (
        await sandbox.ask("POST", `${at}/com.atproto.server.createSession`, {
          identifier: "sandbox-bluesky",
          password: "no",
        })
      ).status,
    ).toBe(401);
    expect((await sandbox.ask("POST", `${at}/com.atproto.server.createSession`, "{")).status).toBe(401);
    expect((await sandbox.ask("POST", `${at}/com.atproto.repo.putRecord`, {})).body).toMatchObject({
      error: "AuthMissing",
    });
    const { put, wait } = await signedIn(sandbox);
    wait(3 * hour);
    expect(await put({})).toMatchObject({ status: 400, body: { error: "ExpiredToken" } });
  });

  test("takes an equal record again, and no other one under the same key but as a change", async () => {
    const { put, timeline } = await signedIn();
    const first = await put({ swapRecord: null });
    expect(await put({ swapRecord: null })).toEqual(first);
    expect(
      await put({ swapRecord: null, record: { createdAt: record.createdAt, text: record.text, $type: record.$type } }),
    ).toEqual(first);
    const other = { ...record, text: "other" };
    expect(await put({ swapRecord: null, record: other })).toMatchObject({
      status: 400,
      body: { error: "InvalidSwap" },
    });
    expect((await put({ record: other })).status).toBe(200);
    expect(timeline.all()).toMatchObject([{ text: "other", editedAt: expect.any(String) }]);
  });

  const index = { byteStart: 7, byteEnd: 25 };
  const link = { $type: "app.bsky.richtext.facet#link", uri: "https://a.example/" };
  test.each([
    ["no record", { record: undefined }],
    ["another repository", { repo: "did:web:other.example" }],
    ["another collection", { collection: "app.bsky.feed.like" }],
    ["a key that is no TID", { rkey: "hello" }],
    ["another type", { record: { ...record, $type: "app.bsky.feed.like" } }],
    ["no text", { record: { ...record, text: undefined } }],
    ["301 graphemes", { record: { ...record, text: "👍🏽".repeat(301) } }],
    ["more than 3,000 bytes", { record: { ...record, text: "👩‍👩‍👧‍👦".repeat(150) } }],
    ["a date without a time", { record: { ...record, createdAt: "2026-03-01" } }],
    ["four languages", { record: { ...record, langs: ["en", "de", "fr", "it"] } }],
    ["no language", { record: { ...record, langs: [""] } }],
    ["facets that are no list", { record: { ...record, facets: {} } }],
    ["a facet without features", { record: { ...record, facets: [{ index }] } }],
    [
      "a facet beside its link",
      { record: { ...record, facets: [{ index: { byteStart: 6, byteEnd: 24 }, features: [link] }] } },
    ],
    [
      "a facet that begins within a character",
      { record: { ...record, facets: [{ index: { byteStart: 2, byteEnd: 24 }, features: [link] }] } },
    ],
    [
      "a facet beyond the text",
      { record: { ...record, facets: [{ index: { byteStart: 7, byteEnd: 99 }, features: [link] }] } },
    ],
    ["a facet of nothing known", { record: { ...record, facets: [{ index, features: [{ $type: "other" }] }] } }],
    ["an embed that is no card", { record: { ...record, embed: { $type: "app.bsky.embed.external" } } }],
    [
      "a card without description",
      {
        record: {
          ...record,
          embed: { $type: "app.bsky.embed.external", external: { uri: "https://a.example/", title: "t" } },
        },
      },
    ],
    [
      "a card without address",
      {
        record: {
          ...record,
          embed: { $type: "app.bsky.embed.external", external: { uri: "a", title: "t", description: "" } },
        },
      },
    ],
  ])("refuses %s", async (_, more) => {
    const { put, timeline } = await signedIn();
    expect(await put(more)).toMatchObject({ status: 400, body: { error: "InvalidRequest" } });
    expect(timeline.all()).toEqual([]);
  });

  test("reads records back, in pages, and deletes them", async () => {
    const { ask, put, token, target } = await signedIn();
    const facets = [
      { index, features: [link] },
      { index: { byteStart: 26, byteEnd: 30 }, features: [{ $type: "app.bsky.richtext.facet#tag", tag: "tag" }] },
    ];
    await put({ record: { ...record, langs: ["en"], facets } });
    await put({ rkey: "3jzfcijpj2z2b" });
    const get = (path: string) => ask("GET", `${at}/${path}`, undefined, token);
    expect(await get(`com.atproto.repo.getRecord?rkey=${rkey}`)).toMatchObject({
      status: 200,
      body: { value: { facets } },
    });
    const { body } = await get("com.atproto.repo.listRecords?limit=1");
    expect(body).toMatchObject({ cursor: "3jzfcijpj2z2b", records: [{ value: record }] });
    expect((await get(`com.atproto.repo.listRecords?cursor=${String(body.cursor)}`)).body.records).toHaveLength(1);
    expect((await ask("POST", `${at}/com.atproto.repo.deleteRecord`, target, token)).body).toEqual({});
    expect((await ask("POST", `${at}/com.atproto.repo.deleteRecord`, {}, token)).status).toBe(400);
    expect(await get(`com.atproto.repo.getRecord?rkey=${rkey}`)).toMatchObject({
      status: 400,
      body: { error: "RecordNotFound" },
    });
    expect((await get(`com.atproto.repo.listRecords?cursor=2`)).body).toEqual({ records: [] });
  });
});
