import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { probeWith } from "../../src/outside/connect-outside.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aClient, limits } from "./loopback.ts";

/** A server that answers every request with these bytes. */
const serverOf = async (bytes: string): Promise<string> => {
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

test("a response that switches protocols is an error, not an endless wait", async () => {
  const url = await serverOf(switching);
  await expect(aClient()(url, limits(1_000))).rejects.toMatchObject({ code: "unreachable" });
});

test("a response that switches protocols does not delay a post with a picture", async () => {
  expect(await probeWith(aClient(), systemRuntime.deadline)(await serverOf(switching))).toBeUndefined();
});
