import { describe, expect, test } from "vitest";
import * as z from "zod";
import { hour } from "../../src/domain/time.ts";
import { aSandbox, responseBody } from "../support/sandbox-requests.ts";

describe("the emulator of Mastodon", () => {
  const at = "/api/v1";
  const token = { authorization: "Bearer sandbox-mastodon" };
  const post = ({ send }: ReturnType<typeof aSandbox>, body: unknown, key?: string) =>
    send("POST", `${at}/statuses`, body, { ...token, ...(key === undefined ? {} : { "idempotency-key": key }) });

  test("refuses a wrong token", async () => {
    const { send } = aSandbox("mastodon");
    expect(await send("POST", `${at}/statuses`, { status: "a" })).toMatchObject({
      status: 401,
      body: { error: "The access token is invalid" },
    });
  });

  test("refuses what Mastodon finds invalid", async () => {
    const sandbox = aSandbox("mastodon");
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

  test("answers a repeated key with the same status for an hour", async () => {
    const sandbox = aSandbox("mastodon");
    const first = await post(sandbox, { status: "a" }, "k");
    expect((await post(sandbox, { status: "a" }, "k")).body.id).toBe(first.body.id);
    expect((await post(sandbox, { status: "a" }, "l")).body.id).not.toBe(first.body.id);
    sandbox.wait(hour);
    expect((await post(sandbox, { status: "a" }, "k")).body.id).not.toBe(first.body.id);
  });

  test("writes a status as HTML, with its links escaped", async () => {
    const { body } = await post(aSandbox("mastodon"), { status: 'a < b & "c" https://blog.example.com/?a=b&c=d.' });
    expect(body.content).toBe(
      '<p>a &lt; b &amp; &quot;c&quot; <a href="https://blog.example.com/?a=b&amp;c=d" rel="nofollow noopener">https://blog.example.com/?a=b&amp;c=d</a>.</p>',
    );
  });

  test("lists statuses in pages, the newest first, and answers 404 for a status that it does not have", async () => {
    const sandbox = aSandbox("mastodon");
    const ids = [];
    for (const status of ["a", "b", "c"]) ids.push((await post(sandbox, { status })).body.id);
    const list = async (query: string) =>
      z
        .array(responseBody)
        .parse((await sandbox.send("GET", `${at}/accounts/1/statuses${query}`, undefined, token)).body.list)
        .map(({ id }) => id);
    expect(await list("")).toEqual(ids.toReversed());
    expect(await list(`?limit=1&max_id=${ids[2]}`)).toEqual([ids[1]]);
    expect((await sandbox.send("PUT", `${at}/statuses/1`, { status: "a" }, token)).status).toBe(404);
    expect((await sandbox.send("DELETE", `${at}/statuses/1`, undefined, token)).status).toBe(404);
  });
});
