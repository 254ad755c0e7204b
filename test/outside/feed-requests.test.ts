import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { askWith, checkEntryPageWith, pollWith } from "../../src/outside/connect-outside.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aClient, aServer } from "./loopback.ts";

const poll = pollWith(aClient(), systemRuntime.deadline);
const checkEntryPage = checkEntryPageWith(aClient(), systemRuntime.deadline);

describe("a reader's request for a feed", () => {
  const ask = askWith(aClient(), systemRuntime.deadline);

  test.each([
    [206, undefined],
    [200, undefined],
    [404, "the answer is 404"],
    [503, "the answer is 503"],
  ])("that is answered by %i says %s", async (status, said) => {
    const server = await aServer((_, response) => response.writeHead(status).end("<"));
    expect(await ask(`${server.url}/feed.xml`)).toBe(said);
    expect(server.requests).toMatchObject([
      { headers: { range: "bytes=0-0", accept: expect.stringContaining("rss") } },
    ]);
  });

  test("that is answered by a page says so, as of a domain that leads elsewhere; any other address may be one", async () => {
    const server = await aServer((_, response) =>
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>"),
    );
    expect(await ask(`${server.url}/feed.xml`, "feed")).toBe("the answer is a page, and no feed");
    expect(await ask(`${server.url}/beat`)).toBeUndefined();
  });

  test("says why no answer came", async () => {
    const server = await aServer((_, response) => response.destroy());
    expect(await ask(`${server.url}/feed.xml`)).toMatch(/127\.0\.0\.1/);
  });
});

describe("a poll", () => {
  test("brings the feed, its validators and its address", async () => {
    const server = await aServer((_, response) => {
      response.writeHead(200, {
        etag: 'W/"1"',
        "last-modified": "Sun, 01 Mar 2026 08:00:00 GMT",
        "content-type": "text/xml",
        "cache-control": "public, max-age=600",
      });
      response.end("<rss/>");
    });
    expect(await poll(`${server.url}/feed`, {})).toEqual({
      kind: "content",
      bytes: { url: `${server.url}/feed`, contentType: "text/xml", body: Buffer.from("<rss/>") },
      validators: { etag: 'W/"1"', lastModified: "Sun, 01 Mar 2026 08:00:00 GMT" },
      movedTo: undefined,
      wait: 600_000,
    });
    expect(server.requests[0]?.headers).toMatchObject({
      accept: expect.stringContaining("rss"),
      "accept-encoding": "gzip",
    });
    expect(server.requests[0]?.headers["if-none-match"]).toBeUndefined();
  });

  test("sends the validators of the last response, and is told that nothing has changed", async () => {
    const server = await aServer((_, response) => response.writeHead(304).end());
    const answer = await poll(server.url, { etag: '"1"', lastModified: "Sun, 01 Mar 2026 08:00:00 GMT" });
    expect(answer).toEqual({ kind: "unchanged", wait: undefined });
    expect(server.requests[0]?.headers).toMatchObject({
      "if-none-match": '"1"',
      "if-modified-since": "Sun, 01 Mar 2026 08:00:00 GMT",
    });
  });

  test("takes gzip as it comes", async () => {
    const server = await aServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("<rss/>"));
    });
    expect(await poll(server.url, {})).toMatchObject({ kind: "content", bytes: { body: gzipSync("<rss/>") } });
  });

  test("learns the new address of a feed that moved for good", async () => {
    const server = await aServer(({ url }, response) => {
      response.writeHead(url === "/old" ? 301 : 200, { location: "/new" }).end();
    });
    expect(await poll(`${server.url}/old`, {})).toMatchObject({ kind: "content", movedTo: `${server.url}/new` });
  });

  test("learns that a feed is gone", async () => {
    const server = await aServer((_, response) => response.writeHead(410).end());
    expect(await poll(server.url, {})).toMatchObject({ kind: "gone" });
  });

  test("fails with the status and the time to wait", async () => {
    const server = await aServer((_, response) => response.writeHead(503, { "retry-after": "120" }).end());
    expect(await poll(server.url, {})).toEqual({
      kind: "failed",
      reason: `${new URL(server.url).host} answered 503`,
      wait: 120_000,
    });
  });

  test("fails at a feed that is too long, or has no end", async () => {
    const long = await aServer((_, response) => response.end(new Uint8Array(10_000_001)));
    const endless = await aServer((_, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write("<item/>".repeat(10_000)));
      };
      response.on("drain", write);
      write();
    });
    for (const { url } of [long, endless])
      expect(await poll(url, {})).toMatchObject({
        kind: "failed",
        reason: `${new URL(url).host} answered with more than 10000000 bytes`,
      });
  });

  test("fails at a feed that redirects to itself", async () => {
    const server = await aServer((_, response) => response.writeHead(301, { location: "/" }).end());
    expect(await poll(`${server.url}/`, {})).toMatchObject({
      kind: "failed",
      reason: `${new URL(server.url).host} redirects to itself`,
    });
  });
});

describe("the page of an entry", () => {
  const aPage = (head: number, get = head) =>
    aServer(({ method }, response) => response.writeHead(method === "HEAD" ? head : get).end());

  test.each([
    [200, 200, "there"],
    [404, 404, "gone"],
    [410, 410, "gone"],
    [401, 401, "there"],
    [403, 403, "there"],
    [429, 429, "unknown"],
    [503, 503, "unknown"],
    [405, 200, "there"],
    [404, 200, "there"],
    [501, 404, "gone"],
  ])("that answers %i to HEAD and %i to GET is %s", async (head, get, expected) => {
    expect(await checkEntryPage((await aPage(head, get)).url)).toBe(expected);
  });

  test("that cannot be reached is unknown", async () => {
    expect(await checkEntryPage("http://127.0.0.1:1/")).toBe("unknown");
  });

  test("is asked by HEAD alone where that answers", async () => {
    const server = await aPage(200);
    await checkEntryPage(server.url);
    expect(server.requests.map(({ method }) => method)).toEqual(["HEAD"]);
  });
});
