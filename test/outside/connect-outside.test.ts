import { expect, test } from "vitest";
import { connectOutside } from "../../src/outside/connect-outside.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aServer } from "./loopback.ts";

const { deadline } = systemRuntime;
const about = "https://blog.example.com/";
const topic = "https://feeds.example.com/feed.xml";

const aHub = () => aServer((_, response) => response.writeHead(204).end());

test("a hub on this machine is notified where the owner has written it", async () => {
  const hub = await aHub();
  const outside = connectOutside({ deadline, about, own: { hubs: [`${hub.url}/`] } });
  expect(await outside.tellHub(`${hub.url}/publish`, topic)).toEqual({ kind: "taken" });
});

test.each([
  ["nobody has written it", () => ({})],
  ["another port of this machine is written", () => ({ hubs: ["http://127.0.0.1:1/"] })],
  ["it is written as a feed", (url: string) => ({ feeds: [url] })],
])("a hub on this machine is not notified where %s", async (_, own) => {
  const hub = await aHub();
  expect(await connectOutside({ deadline, about, own: own(hub.url) }).tellHub(hub.url, topic)).toMatchObject({
    kind: "refused",
  });
  expect(hub.requests).toEqual([]);
});

test("a picture of a site on this machine is measured as it is fetched", async () => {
  const server = await aServer((_, response) => response.writeHead(200, { "content-type": "image/png" }).end());
  const { probe, fetchPicture } = connectOutside({ deadline, about, own: { sites: [server.url] } });
  expect(await probe(`${server.url}/a.png`)).toMatchObject({ mediaType: "image/png" });
  expect(await fetchPicture(`${server.url}/a.png`)).toMatchObject({ kind: "fetched" });
});

test("a URL from a document never reaches the loopback, not even the owner's own server", async () => {
  const server = await aServer((_, response) => response.writeHead(200, { "content-type": "image/png" }).end());
  const own = { hubs: [server.url], feeds: [server.url] };
  expect(await connectOutside({ deadline, about, own }).probe(server.url)).toBeUndefined();
  expect(server.requests).toEqual([]);
});
