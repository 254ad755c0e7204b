import { describe, expect, test } from "vitest";
import { hour } from "../../src/domain/time.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { oauthSignature } from "../../src/sandbox/x-emulator.ts";
import { start } from "../support/builders.ts";
import { aSandbox, responseBody } from "../support/sandbox-requests.ts";

describe("the emulator of X", () => {
  const oauth = { oauth_token: "sandbox-x", oauth_nonce: "n", oauth_timestamp: "1", oauth_consumer_key: "sandbox" };
  const at = "/2/tweets";
  const signed = async (method: string, id = "", origin = "https://api.x.com") => {
    const oauth_signature = await oauthSignature(method, `${origin}/2/tweets${id}`, oauth, {
      app: "sandbox-x",
      access: "sandbox-x",
    });
    const parts = Object.entries({ ...oauth, oauth_signature }).map(
      ([name, value]) => `${name}="${encodeURIComponent(value)}"`,
    );
    return { authorization: `OAuth ${parts.join(", ")}` };
  };
  const tweet = async ({ send }: ReturnType<typeof aSandbox>, body: unknown) =>
    send("POST", at, body, await signed("POST"));

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
    expect(await oauthSignature("POST", "https://api.twitter.com/1.1/statuses/update.json", parameters, secrets)).toBe(
      "hCtSmYh+iHYCEqBWrE7C7hYmtUk=",
    );
  });

  test("refuses a wrong token, and a signature for another method or address", async () => {
    const { send } = aSandbox("x");
    const { authorization } = await signed("POST");
    for (const headers of [
      {},
      { authorization: authorization.replace("sandbox-x", "sandbox-y") },
      await signed("DELETE"),
      await signed("POST", "", "http://127.0.0.1"),
    ])
      expect((await send("POST", at, { text: "a" }, headers)).status).toBe(401);
  });

  test("refuses fields that X's schema does not know, and a post without text", async () => {
    const sandbox = aSandbox("x");
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
    const sandbox = aSandbox("x");
    expect(await tweet(sandbox, { text: "語".repeat(141) })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("too long") },
    });
    expect((await tweet(sandbox, { text: "語".repeat(140) })).status).toBe(201);
  });

  test("refuses an equal text for a day, unless the first is deleted", async () => {
    const sandbox = aSandbox("x");
    const first = await tweet(sandbox, { text: "again" });
    expect(await tweet(sandbox, { text: "again" })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("duplicate content") },
    });
    const id = `/${first.body.data?.id}`;
    expect((await sandbox.send("DELETE", `${at}${id}`, undefined, await signed("DELETE", id))).body).toEqual({
      data: { deleted: true },
    });
    expect((await tweet(sandbox, { text: "again" })).status).toBe(201);
    sandbox.wait(25 * hour);
    expect((await tweet(sandbox, { text: "again" })).status).toBe(201);
  });

  test("gives no id twice, even when its clock does not advance or after a restart", async () => {
    const sandbox = aSandbox("x");
    const ids = [];
    for (const text of ["a", "b"]) ids.push((await tweet(sandbox, { text })).body.data?.id);
    const restarted = sandboxApp({ ...sandbox, clock: () => start - hour });
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", ...(await signed("POST")) },
      body: '{"text":"c"}',
    };
    const response = await restarted.request(`/sandbox/api/x/x${at}`, init);
    ids.push(responseBody.parse(await response.json()).data?.id);
    expect(new Set(ids).size).toBe(3);
  });
});
