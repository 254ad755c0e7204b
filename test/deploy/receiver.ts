import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server on loopback that keeps the requests that it gets. The first request to `/silent` gets no answer. */
export const aReceiver = async () => {
  const received: Received[] = [];
  const at = (path: string): readonly Received[] => received.filter((one) => one.path === path);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url: path = "", headers } = request;
    received.push({ path, headers, body: await text(request) });
    if (path === "/silent" && at(path).length === 1) response.destroy();
    else response.writeHead(200).end();
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    at,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
