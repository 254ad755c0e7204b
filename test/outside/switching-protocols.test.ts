import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { probeWith } from "../../src/outside/probe.ts";
import { aClient, bounds } from "./loopback.ts";

/** A server that answers every request with these bytes, and hangs up. */
const answering = async (bytes: string): Promise<string> => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}/`;
};

const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n";

test("a server that wants to switch protocols is an error, not a wait without end", async () => {
  const url = await answering(switching);
  await expect(aClient()(url, { ...bounds, time: 1_000 })).rejects.toMatchObject({ code: "unreachable" });
});

test("a picture's server that wants to switch protocols keeps no post waiting", async () => {
  expect(await probeWith(aClient())(await answering(switching))).toBeUndefined();
});
