import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type ClientOptions, guardedClient } from "../../src/outside/guarded-client.ts";

export interface Loopback {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
}

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const addressOf = (address: string | AddressInfo | null): AddressInfo => {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address;
};

/** A real server on the loopback, until the end of the test. */
export const aServer = async (answer: RequestListener, host = "127.0.0.1"): Promise<Loopback> => {
  const requests: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: string[] = [];
    for await (const chunk of request.setEncoding("utf8")) chunks.push(String(chunk));
    const { method = "", url = "", headers } = request;
    requests.push({ method, url, headers, body: chunks.join("") });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = addressOf(server.address());
  return { url: `http://${host}:${port}`, port, requests };
};

/** A client that may connect to 127.0.0.1, unless the test sets other options. */
export const aClient = (options: Partial<ClientOptions> = {}) =>
  guardedClient({ about: "https://blog.example.com/", allow: (address) => address === "127.0.0.1", ...options });

/** Returns the limits of one request: its deadline in ms, and 1,000 bytes. */
export const limits = (milliseconds = 5_000) => ({ signal: AbortSignal.timeout(milliseconds), maxBytes: 1_000 });
