import { describe, expect, test } from "vitest";
import { tellHubWith } from "../../src/outside/connect-outside.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aClient, aServer } from "./loopback.ts";

const tellHub = tellHubWith(aClient(), systemRuntime.deadline);
const topic = "https://feeds.example.com/feed.xml?a=1&b=é";

/** A hub that gives this response. */
const aHub = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  aServer((_, response) => response.writeHead(status, headers).end("text"));

describe("a hub", () => {
  test("gets a topic in a form", async () => {
    const hub = await aHub(204);
    expect(await tellHub(`${hub.url}/hub?of=me`, topic)).toEqual({ kind: "taken" });
    const [request] = hub.requests;
    expect(request).toMatchObject({ method: "POST", url: "/hub?of=me" });
    expect(request?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect([...new URLSearchParams(request?.body)]).toEqual([
      ["hub.mode", "publish"],
      ["hub.url", topic],
    ]);
  });

  test.each([200, 202, 204, 299])("accepts it with %i", async (status) => {
    const hub = await aHub(status);
    expect(await tellHub(hub.url, topic)).toEqual({ kind: "taken" });
  });

  test.each([400, 404, 429, 500, 503])("refuses it with %i", async (status) => {
    const hub = await aHub(status);
    const reason = `127.0.0.1:${hub.port} answered ${status}`;
    expect(await tellHub(hub.url, topic)).toEqual({ kind: "refused", reason, retryAfter: undefined });
  });

  test("that redirects is named with the new host", async () => {
    const hub = await aHub(301, { location: "https://new.example/hub?key=s3cret" });
    expect(await tellHub(hub.url, topic)).toMatchObject({
      kind: "refused",
      reason: `127.0.0.1:${hub.port} answered 301 and redirects to new.example, which is not followed: check the site's hubs`,
    });
  });

  test("wants to be asked again after the time that it names", async () => {
    const hub = await aHub(429, { "retry-after": "120" });
    expect(await tellHub(hub.url, topic)).toMatchObject({ kind: "refused", retryAfter: 120_000 });
  });

  test("that cannot be reached is a refusal with the reason", async () => {
    const answer = await tellHub("http://10.0.0.1/hub?key=s3cret", topic);
    expect(answer).toEqual({
      kind: "refused",
      reason: "10.0.0.1 resolves to an address that is not public",
    });
  });
});
