import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readPageWith } from "../../src/outside/connect-outside.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aClient, aServer } from "./loopback.ts";

const readPage = readPageWith(aClient(), systemRuntime.deadline);

const aSiteWith = (html: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  aServer(({ url }, response: ServerResponse) => {
    if (url === "/moved/") return response.writeHead(301, { location: "/" }).end();
    if (url === "/missing/") return response.writeHead(404).end("It's not here");
    if (url === "/picture.jpg") return response.writeHead(200, { "content-type": "image/jpeg" }).end("jpeg");
    return response.writeHead(200, { "content-type": "text/html", ...headers }).end(html);
  });

test("is the status, the last address, and whether title and picture are there", async () => {
  const { url } = await aSiteWith("<h1>It&#8217;s &mdash; <em>caf&#xe9;</em> time</h1>");
  const post = { title: "It's — café time", image: `${url}/picture.jpg` };
  const answered = { kind: "answered", status: 200, hasTitle: true, hasImage: true };
  expect(await readPage(`${url}/one/`, post)).toEqual({ ...answered, url: `${url}/one/` });
  expect(await readPage(`${url}/moved/`, post)).toEqual({ ...answered, url: `${url}/` });
  expect(await readPage(`${url}/missing/`, post)).toMatchObject({ status: 404, hasTitle: false });
  expect(await readPage(`${url}/one/`, { ...post, title: "Another" })).toMatchObject({ hasTitle: false });
  expect(await readPage(`${url}/one/`, { ...post, title: undefined })).toMatchObject({ hasTitle: true });
  expect(await readPage(`${url}/one/`, { ...post, image: `${url}/missing/` })).toMatchObject({ hasImage: false });
  expect(await readPage(`${url}/one/`, { ...post, image: undefined })).toMatchObject({ hasImage: true });
});

test("does not hold against a page what cannot be read of it", async () => {
  const zipped = await aSiteWith("zipped", { "content-encoding": "br" });
  const picture = await aSiteWith("jpeg", { "content-type": "image/jpeg" });
  const bomb = await aSiteWith(gzipSync(new Uint8Array(8_000_000)), { "content-encoding": "gzip" });
  const large = await aSiteWith(new Uint8Array(8_000_000));
  for (const { url } of [zipped, picture, bomb, large])
    expect(await readPage(url, { title: "T", image: undefined })).toMatchObject({ status: 200, hasTitle: true });
});

test("of a page without an end is the status, and the connection is closed", async () => {
  const closed = Promise.withResolvers<void>();
  const endless = await aServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).once("close", closed.resolve);
    const write = (): void => {
      while (!response.destroyed && response.write("<title>A</title>".repeat(1000)));
    };
    response.on("drain", write);
    write();
  });
  expect(await readPage(endless.url, { title: "T", image: undefined })).toMatchObject({ status: 200, hasTitle: true });
  await closed.promise;
});

test("never throws, and names the host alone", async () => {
  expect(await readPage("http://10.0.0.1/secret?token=1", { title: "T", image: undefined })).toEqual({
    kind: "failed",
    reason: "10.0.0.1 resolves to an address that is not public",
  });
});
