import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { codeOf } from "../../domain/errors.ts";

/** Something on this machine prevents the start. The message has the next step. Exit 1. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** A client asks for another protocol on its connection. `head`: what it has sent of it already. */
export type Upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;

export type Fetch = (request: Request, env: object) => Response | Promise<Response>;

export interface HttpListener {
  readonly port: number;
  /** Before this call every request is answered with 503. */
  serve(fetch: Fetch): void;
  /** Without this call no connection is upgraded. */
  upgrade(handle: Upgrade): void;
  close(): Promise<void>;
}

const loopback = "127.0.0.1";

/** The loopback is always one of them: Crier itself and its commands ask there. */
const addressesOf = (host: string): readonly string[] =>
  host === "localhost" ? [loopback] : [...new Set(["0.0.0.0", "::"].includes(host) ? [host] : [host, loopback])];

const openPort = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((settle, fail) => {
    server.once("error", (error) => {
      const taken = codeOf(error) === "EADDRINUSE";
      const words = taken
        ? `port ${port} is in use, perhaps by another Crier: stop that one or pass --port N`
        : `cannot listen on ${host} and port ${port}: ${error.message}`;
      fail(new StartError(words, { cause: error }));
    });
    server.listen({ port, host, ipv6Only: false }, settle);
  });

const portOf = (server: Server): number | undefined => {
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : undefined;
};

const closeServer = (server: Server): Promise<void> =>
  new Promise((settle) => {
    server.close(() => settle());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 500).unref();
  });

/** Called first, because the port is a part of the feeds' URLs. `host`: an address of this machine, or `localhost`. */
export const listen = async (port: number, host = loopback): Promise<HttpListener> => {
  let handle: Fetch = () =>
    new Response("Starting.\n", {
      status: 503,
      headers: { "Retry-After": "1", "Cross-Origin-Resource-Policy": "same-origin" },
    });
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closeServer));
  };
  let opened = port;
  for (const address of addressesOf(host)) {
    const server = createServer(getRequestListener((request, env) => handle(request, env)));
    try {
      await openPort(server, address, opened);
    } catch (error) {
      await close();
      throw error;
    }
    servers.push(server);
    opened = portOf(server) ?? opened;
  }
  return {
    port: opened,
    serve: (fetch) => {
      handle = fetch;
    },
    upgrade: (handle) => {
      for (const server of servers) server.on("upgrade", handle);
    },
    close,
  };
};
