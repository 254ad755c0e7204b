import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { onTestFinished } from "vitest";
import { aConsole, token } from "./console-browser.ts";
import type { ConsoleAddress } from "./console-visitor.ts";
import type { World } from "./world.ts";

type Parts = Parameters<typeof aConsole>[1];

/** The console of a world on a port of this machine, so that a browser finds it. Its rows may be what no document makes. */
export const serveConsole = async (world: World, parts: Parts = {}) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}/`;
  const { app, warned } = aConsole(world, { origin: new URL(url).origin, ...parts });
  server.on(
    "request",
    getRequestListener((request) => app.fetch(request)),
  );
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const at: ConsoleAddress = { url, token };
  return { ...at, app, warned };
};
