import { expect, test } from "vitest";
import { connectOutside } from "../../src/outside/connect-outside.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aServer } from "./loopback.ts";

const { deadline } = systemRuntime;
const about = "https://blog.example.com/";
const topic = "https://feeds.example.com/feed.xml";

test("a deployment sends nothing to a hub in its own network", async () => {
  const hub = await aServer((_, response) => response.writeHead(204).end());
  expect(await connectOutside({ deadline, about }).tellHub(hub.url, topic)).toMatchObject({ kind: "refused" });
  expect(hub.requests).toEqual([]);
});

test("one machine pings a hub that runs on it", async () => {
  const hub = await aServer((_, response) => response.writeHead(204).end());
  expect(await connectOutside({ deadline, about, isLocal: true }).tellHub(hub.url, topic)).toEqual({ kind: "taken" });
});

test("a URL from a document never reaches the loopback, not even on one machine", async () => {
  const server = await aServer((_, response) => response.writeHead(200, { "content-type": "image/png" }).end());
  expect(await connectOutside({ deadline, about, isLocal: true }).probe(server.url)).toBeUndefined();
  expect(server.requests).toEqual([]);
});
