import { describe, expect, test } from "vitest";
import { hour } from "../../src/domain/time.ts";
import { aSandbox } from "../support/sandbox-requests.ts";

describe("the emulator of Bluesky", () => {
  const at = "/xrpc";
  const record = {
    $type: "app.bsky.feed.post",
    text: "héllo https://a.example/ #tag",
    createdAt: "2026-03-01T08:00:00.000Z",
  };
  const rkey = "3jzfcijpj2z2a";
  const signedIn = async (sandbox = aSandbox("bluesky")) => {
    const { body } = await sandbox.send("POST", `${at}/com.atproto.server.createSession`, {
      identifier: "sandbox-bluesky",
      password: "sandbox-bluesky",
    });
    const token = { authorization: `Bearer ${String(body.accessJwt)}` };
    const target = { repo: body.did, collection: "app.bsky.feed.post", rkey };
    const put = (more: object) =>
      sandbox.send("POST", `${at}/com.atproto.repo.putRecord`, { ...target, record, ...more }, token);
    return { ...sandbox, token, target, put };
  };

  test("refuses a wrong password, no session, and one that has expired", async () => {
    const sandbox = aSandbox("bluesky");
    expect(
      (
        await sandbox.send("POST", `${at}/com.atproto.server.createSession`, {
          identifier: "sandbox-bluesky",
          password: "no",
        })
      ).status,
    ).toBe(401);
    expect((await sandbox.send("POST", `${at}/com.atproto.server.createSession`, "{")).status).toBe(400);
    expect((await sandbox.send("POST", `${at}/com.atproto.repo.putRecord`, {})).body).toMatchObject({
      error: "AuthMissing",
    });
    const { put, wait } = await signedIn(sandbox);
    wait(3 * hour);
    expect(await put({})).toMatchObject({ status: 400, body: { error: "ExpiredToken" } });
  });

  test("a session is refreshed for months: each refresh token gives the next, and the same one for two hours", async () => {
    const sandbox = aSandbox("bluesky");
    const { body } = await sandbox.send("POST", `${at}/com.atproto.server.createSession`, {
      identifier: "sandbox-bluesky",
      password: "sandbox-bluesky",
    });
    const refresh = (jwt: unknown) =>
      sandbox.send("POST", `${at}/com.atproto.server.refreshSession`, undefined, { authorization: `Bearer ${jwt}` });
    const first = await refresh(body.refreshJwt);
    expect(first).toMatchObject({ status: 200, body: { did: body.did, active: true } });
    expect([first.body.accessJwt, first.body.refreshJwt]).not.toEqual([body.accessJwt, body.refreshJwt]);
    expect((await refresh(body.refreshJwt)).body.refreshJwt).toBe(first.body.refreshJwt);
    sandbox.wait(3 * hour);
    expect(await refresh(body.refreshJwt)).toMatchObject({ status: 400, body: { error: "ExpiredToken" } });
    expect((await refresh(first.body.accessJwt)).status).toBe(400);
    const second = await refresh(first.body.refreshJwt);
    const token = { authorization: `Bearer ${String(second.body.accessJwt)}` };
    expect(await sandbox.send("GET", `${at}/com.atproto.server.getSession`, undefined, token)).toMatchObject({
      status: 200,
      body: { did: body.did },
    });
    sandbox.wait(91 * 24 * hour);
    expect((await refresh(second.body.refreshJwt)).status).toBe(400);
    expect((await sandbox.send("POST", `${at}/com.atproto.server.refreshSession`, undefined)).body).toMatchObject({
      error: "AuthMissing",
    });
  });

  test("accepts an equal record again, and another one under the same key only as a change", async () => {
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
    ["a key that is not a TID", { rkey: "hello" }],
    ["another type", { record: { ...record, $type: "app.bsky.feed.like" } }],
    ["no text", { record: { ...record, text: undefined } }],
    ["301 graphemes", { record: { ...record, text: "👍🏽".repeat(301) } }],
    ["more than 3,000 bytes", { record: { ...record, text: "👩‍👩‍👧‍👦".repeat(150) } }],
    ["a date without a time", { record: { ...record, createdAt: "2026-03-01" } }],
    ["four languages", { record: { ...record, langs: ["en", "de", "fr", "it"] } }],
    ["no language", { record: { ...record, langs: [""] } }],
    ["a language that is not a string", { record: { ...record, langs: [7] } }],
    ["facets that are not a list", { record: { ...record, facets: {} } }],
    ["a facet without features", { record: { ...record, facets: [{ index }] } }],
    [
      "a facet next to its link",
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
    ["a facet of an unknown type", { record: { ...record, facets: [{ index, features: [{ $type: "other" }] }] } }],
    [
      "a mention of another than its handle",
      {
        record: {
          ...record,
          text: "@ada.example",
          facets: [
            {
              index: { byteStart: 0, byteEnd: 12 },
              features: [{ $type: "app.bsky.richtext.facet#mention", did: "did:web:bob.example" }],
            },
          ],
        },
      },
    ],
    ["an embed that is not a card", { record: { ...record, embed: { $type: "app.bsky.embed.external" } } }],
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

  test("says whose a handle is to anybody, and that nobody has one below .invalid", async () => {
    const { send } = aSandbox("bluesky");
    const resolve = (handle: string) => send("GET", `${at}/com.atproto.identity.resolveHandle?handle=${handle}`);
    expect(await resolve("Ada.example")).toMatchObject({ status: 200, body: { did: "did:web:ada.example" } });
    expect(await resolve("ada.invalid")).toMatchObject({ status: 400, body: { error: "HandleNotFound" } });
    expect(await resolve("ada")).toMatchObject({ status: 400, body: { error: "InvalidRequest" } });
  });

  test("reads records back, and deletes them", async () => {
    const { send, put, token, target } = await signedIn();
    const facets = [
      { index, features: [link] },
      { index: { byteStart: 26, byteEnd: 30 }, features: [{ $type: "app.bsky.richtext.facet#tag", tag: "tag" }] },
    ];
    await put({ record: { ...record, langs: ["en"], facets } });
    const get = (query: object) =>
      send("GET", `${at}/com.atproto.repo.getRecord?${new URLSearchParams({ ...query })}`, undefined, token);
    expect(await get(target)).toMatchObject({
      status: 200,
      body: { value: { facets } },
    });
    expect(await get({ ...target, rkey: ".." })).toMatchObject({
      status: 400,
      body: { error: "InvalidRequest" },
    });
    expect((await send("POST", `${at}/com.atproto.repo.deleteRecord`, target, token)).body).toEqual({});
    expect((await send("POST", `${at}/com.atproto.repo.deleteRecord`, {}, token)).status).toBe(400);
    expect(await get(target)).toMatchObject({
      status: 400,
      body: { error: "RecordNotFound" },
    });
  });
});
