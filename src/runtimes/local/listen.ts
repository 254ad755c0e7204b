import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { codeOf } from "../../domain/error-code.ts";

/** Something on this machine prevents the start. The message has the next step. Exit 1. */
export class StartError extends Error {
  override readonly name = "StartError";
}

export type Fetch = (request: Request, env: object) => Response | Promise<Response>;

export interface HttpListener {
  readonly port: number;
  /** Before this call every request is answered with 503. */
  serve(fetch: Fetch): void;
  close(): Promise<void>;
}

const openPort = (server: Server, port: number): Promise<void> =>
  new Promise((settle, fail) => {
    server.once("error", (error) => {
      const taken = codeOf(error) === "EADDRINUSE";
      const words = taken
        ? `port ${port} is in use, perhaps by another Crier: stop that one or pass --port N`
        : `cannot listen on 127.0.0.1:${port}: ${error.message}`;
      fail(new StartError(words, { cause: error }));
    });
    server.listen(port, "127.0.0.1", settle);
  });

const isAddress = (address: string | AddressInfo | null): address is AddressInfo =>
  address !== null && typeof address === "object";

/** Listens on the loopback only. Called first, because the port is a part of the feeds' URLs. */
export const listen = async (port: number): Promise<HttpListener> => {
  let handle: Fetch = () => new Response("Starting.\n", { status: 503, headers: { "Retry-After": "1" } });
  const server = createServer(getRequestListener((request, env) => handle(request, env)));
  await openPort(server, port);
  const address = server.address();
  return {
    port: isAddress(address) ? address.port : port,
    serve: (fetch) => {
      handle = fetch;
    },
    close: () =>
      new Promise((settle) => {
        server.close(() => settle());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
};
