import { describe, expect, test } from "vitest";
import { tellHubWith } from "../../src/outside/websub.ts";
import { aClient, aServer } from "./loopback.ts";

const tellHub = tellHubWith(aClient());
const topic = "https://feeds.example.com/feed.xml?a=1&b=é";

/** A hub that answers so. */
const aHub = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  aServer((_, response) => response.writeHead(status, headers).end("words"));

describe("a hub", () => {
  test("is told of a topic in a form", async () => {
    const hub = await aHub(204);
    expect(await tellHub(`${hub.url}/hub?of=me`, topic)).toEqual({ kind: "taken" });
    const [asked] = hub.requests;
    expect(asked).toMatchObject({ method: "POST", url: "/hub?of=me" });
    expect(asked?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect([...new URLSearchParams(asked?.body)]).toEqual([
      ["hub.mode", "publish"],
      ["hub.url", topic],
    ]);
  });

  test.each([200, 202, 204, 299])("takes it by %i", async (status) => {
    const hub = await aHub(status);
    expect(await tellHub(hub.url, topic)).toEqual({ kind: "taken" });
  });

  test.each([400, 404, 429, 500, 503])("refuses it by %i", async (status) => {
    const hub = await aHub(status);
    const reason = `127.0.0.1:${hub.port} answered ${status}`;
    expect(await tellHub(hub.url, topic)).toEqual({ kind: "refused", reason, retryAfter: undefined });
  });

  test("that has moved is named with its new host", async () => {
    const hub = await aHub(301, { location: "https://new.example/hub?key=s3cret" });
    expect(await tellHub(hub.url, topic)).toMatchObject({
      kind: "refused",
      reason: `127.0.0.1:${hub.port} answered 301 and points to new.example, which is not followed: check the site's hubs`,
    });
  });

  test.each([
    ["in seconds", { "retry-after": "120" }, 120_000],
    ["now", { "retry-after": "0" }, 0],
    ["at a date", { "retry-after": "Sun, 01 Mar 2026 08:01:30 GMT", date: "Sun, 01 Mar 2026 08:00:00 GMT" }, 90_000],
    [
      "at a date that is over",
      { "retry-after": "Sun, 01 Mar 2026 07:00:00 GMT", date: "Sun, 01 Mar 2026 08:00:00 GMT" },
      0,
    ],
    ["in words that say nothing", { "retry-after": "soon" }, undefined],
    ["at a date of an unknown clock", { "retry-after": "Sun, 01 Mar 2026 08:01:30 GMT", date: "today" }, undefined],
  ])("wants to be asked again %s", async (_, headers, retryAfter) => {
    const hub = await aHub(429, headers);
    expect(await tellHub(hub.url, topic)).toMatchObject({ kind: "refused", retryAfter });
  });

  test("that is out of reach refuses, with the reason", async () => {
    const answer = await tellHub("http://10.0.0.1/hub?key=s3cret", topic);
    expect(answer).toEqual({
      kind: "refused",
      reason: "10.0.0.1 leads to an address that is not of the public internet",
    });
  });
});
