import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import type { makeCdn } from "./cdn.ts";

/** The emulated CloudFront as a server on loopback. `open` is asked with the first request, when there is a stack. */
export const serveEdge = async (open: () => ReturnType<typeof makeCdn>) => {
  const opened: { edge?: ReturnType<typeof makeCdn> } = {};
  const server = createServer(async (request, response) => {
    opened.edge ??= open();
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const { connection: _, host: __, ...sent } = headers;
    const { method = "GET", url = "/" } = request;
    const body = (await buffer(request)).toString();
    const reply = await (await opened.edge)(url, sent, { method, ...(body === "" ? {} : { body }) });
    response.writeHead(reply.status, { ...reply.headers }).end(reply.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
