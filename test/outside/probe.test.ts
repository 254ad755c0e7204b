import type { RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { probeWith } from "../../src/outside/connect-outside.ts";
import type { Deadline } from "../../src/ports/runtime.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aClient, aServer } from "./loopback.ts";

const { deadline } = systemRuntime;
const probe = probeWith(aClient(), deadline);

const aFile =
  (headers: Readonly<Record<string, string>>, status = 200): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end();

describe("a file's type and length", () => {
  test("are read with one HEAD request", async () => {
    const server = await aServer(aFile({ "content-type": "image/WebP; q=1", "content-length": "12345" }));
    expect(await probe(`${server.url}/photo?w=1200`)).toEqual({ mediaType: "image/webp", length: 12_345 });
    expect(server.requests).toMatchObject([{ method: "HEAD", url: "/photo?w=1200" }]);
  });

  test.each(["audio/mpeg", "video/mp4", "image/svg+xml"])("are known for %s", async (mediaType) => {
    const server = await aServer(aFile({ "content-type": mediaType, "content-length": "1" }));
    expect(await probe(server.url)).toEqual({ mediaType, length: 1 });
  });

  test.each([405, 501])("are read with a request for the first byte where HEAD answers %i", async (status) => {
    const server = await aServer((request, response) => {
      if (request.method === "HEAD") return response.writeHead(status).end();
      response.writeHead(206, { "content-type": "image/png", "content-range": "bytes 0-0/777", "content-length": "1" });
      response.end("x");
    });
    expect(await probe(server.url)).toEqual({ mediaType: "image/png", length: 777 });
    expect(server.requests.map(({ method, headers }) => [method, headers.range])).toEqual([
      ["HEAD", undefined],
      ["GET", "bytes=0-0"],
    ]);
  });

  test("are known from a server that answers with the whole file, which is not read", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await aServer((request, response) => {
      if (request.method === "HEAD") return response.writeHead(405).end();
      response.on("close", closed.resolve);
      response.writeHead(200, { "content-type": "image/png", "content-length": "5000000000" });
      response.write("x");
    });
    expect(await probe(server.url)).toEqual({ mediaType: "image/png", length: 5_000_000_000 });
    await closed.promise;
  });

  test.each([
    ["sends none", { "content-type": "image/png", "transfer-encoding": "chunked" }, 200],
    [
      "sends that of a part",
      { "content-type": "image/png", "content-length": "1", "content-range": "bytes 0-0/*" },
      206,
    ],
    [
      "sends that of the compressed file",
      { "content-type": "image/svg+xml", "content-length": "9", "content-encoding": "gzip" },
      200,
    ],
  ])("are without the length where the server %s", async (_, headers, status) => {
    const server = await aServer(aFile(headers, status));
    expect(await probe(server.url)).toEqual({ mediaType: headers["content-type"], length: undefined });
  });
});

test.each([
  ["a page", { "content-type": "text/html; charset=utf-8" }, "text/html"],
  ["a file that the server does not know", { "content-type": "binary/octet-stream" }, "binary/octet-stream"],
  ["a file without a type", {}, undefined],
  ["a file with half a type", { "content-type": "image/" }, undefined],
])("the type of %s is what the server says", async (_, headers, mediaType) => {
  const server = await aServer(aFile({ ...headers, "content-length": "9" }));
  expect(await probe(server.url)).toEqual({ mediaType, length: 9 });
});

describe("nothing is known", () => {
  test.each([
    ["a picture with the status 404", { "content-type": "image/png", "content-length": "9" }, 404],
    ["a picture with the status 503", { "content-type": "image/png", "content-length": "9" }, 503],
    ["a redirect without a target", { "content-type": "image/png" }, 302],
  ])("of %s", async (_, headers, status) => {
    const server = await aServer(aFile(headers, status));
    expect(await probe(server.url)).toBeUndefined();
  });

  test.each(["http://127.0.0.2:9/", "not a url", "data:image/png;base64,aaaa", "http://169.254.169.254/"])(
    "of a URL that may not be requested: %s",
    async (url) => {
      expect(await probe(url)).toBeUndefined();
    },
  );

  test("of a file whose server does not answer in time", async () => {
    const server = await aServer(() => {});
    const ended = new AbortController();
    const requested: number[] = [];
    const deadlineNow: Deadline = (milliseconds) => {
      requested.push(milliseconds);
      queueMicrotask(() => ended.abort());
      return ended.signal;
    };
    expect(await probeWith(aClient(), deadlineNow)(server.url)).toBeUndefined();
    expect(requested).toEqual([3_000]);
  });
});
