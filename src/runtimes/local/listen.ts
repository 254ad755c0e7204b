import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { codeOf } from "../../domain/error-code.ts";

/** Something on this machine prevents the start; the message says what to do. Exit 1. */
export class StartError extends Error {
  override readonly name = "StartError";
}

export type Fetch = (request: Request, env: object) => Response | Promise<Response>;

export interface Listening {
  readonly port: number;
  /** Until then every request is answered with 503. */
  serve(fetch: Fetch): void;
  close(): Promise<void>;
}

const opened = (server: Server, port: number): Promise<void> =>
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

/** Takes the port first: the feeds' own URLs hold it. Only this machine can reach it. */
export const listen = async (port: number): Promise<Listening> => {
  let answer: Fetch = () => new Response("Starting.\n", { status: 503, headers: { "Retry-After": "1" } });
  const server = createServer(getRequestListener((request, env) => answer(request, env)));
  await opened(server, port);
  const address = server.address();
  return {
    port: isAddress(address) ? address.port : port,
    serve: (fetch) => {
      answer = fetch;
    },
    close: () =>
      new Promise((settle) => {
        server.close(() => settle());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
};
