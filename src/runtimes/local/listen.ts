import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { errorCode } from "../../domain/errors.ts";

/** Something on this machine prevents the start. The message contains the next step. The process exits with 1. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/**
 * A client requests another protocol on its connection. `head`: the bytes of that protocol that it has sent already.
 */
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

/** The loopback is always included, because Crier itself and its commands send requests to it. */
const listenAddresses = (host: string): readonly string[] =>
  host === "localhost" ? [loopback] : [...new Set(["0.0.0.0", "::"].includes(host) ? [host] : [host, loopback])];

const openPort = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((settle, fail) => {
    server.once("error", (error) => {
      const taken = errorCode(error) === "EADDRINUSE";
      const message = taken
        ? `port ${port} is in use, perhaps by another Crier: stop that one or pass --port N`
        : `cannot listen on ${host} and port ${port}: ${error.message}`;
      fail(new StartError(message, { cause: error }));
    });
    server.listen({ port, host, ipv6Only: false }, settle);
  });

const openedPort = (server: Server): number | undefined => {
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : undefined;
};

const closeServer = (server: Server): Promise<void> =>
  new Promise((settle) => {
    server.close(() => settle());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 500).unref();
  });

/**
 * Called before everything else, because the port is part of the feeds' URLs. `host`: an address of this machine, or
 * `localhost`.
 */
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
  for (const address of listenAddresses(host)) {
    const server = createServer(getRequestListener((request, env) => handle(request, env)));
    try {
      await openPort(server, address, opened);
    } catch (error) {
      await close();
      throw error;
    }
    servers.push(server);
    opened = openedPort(server) ?? opened;
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

/** The environment that `@hono/node-server` passes with each request. */
export interface Connection {
  readonly incoming?: {
    readonly httpVersion: string;
    /** The names are in lower case. */
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly socket: { readonly remoteAddress?: string | undefined };
  };
}

/** `hostname` as in a URL, or an address as for `listen`. */
export const isLoopbackName = (hostname: string): boolean =>
  ["127.0.0.1", "localhost", "[::1]", "::1"].includes(hostname);

/** A name can be rebound to another address by DNS, an address cannot. */
const isAddress = (hostname: string): boolean => /^\[.*\]$|^\d+\.\d+\.\d+\.\d+$/.test(hostname);

export const isFromLoopback = ({ incoming }: Connection): boolean =>
  /^(?:::1|(?:::ffff:)?127(?:\.\d+){3})$/i.test(incoming?.socket.remoteAddress ?? "");

const forwardingHeader =
  /^(?:forwarded|x-forwarded-.*|x-original-.*|x-real-ip|via|cdn-loop|cf-.*|true-client-ip|(?:x-(?:cluster-)?)?client-ip|(?:fastly|fly)-client-ip|x-envoy-.*|x-amzn-trace-id)$/;

/** nginx speaks HTTP/1.0 unless it is configured otherwise, and no browser does. */
const isForwarded = ({ headers }: Request, { incoming }: Connection): boolean =>
  incoming?.httpVersion === "1.0" ||
  // Node's own object is preferred, because `headers` would be created only for its names.
  (incoming?.headers === undefined ? [...headers.keys()] : Object.keys(incoming.headers)).some((name) =>
    forwardingHeader.test(name),
  );

/** The sender of a request: a program on this machine, or anybody. */
export type Access = "local" | "public";

export interface AccessOptions {
  /** The names in the addresses of the feeds. */
  readonly publicNames: ReadonlySet<string>;
  /** Other machines reach the port, and may use an address of this machine as the host. */
  readonly isOpen: boolean;
}

/**
 * A request is local only if it is for the loopback, from the loopback, and without any sign of a proxy. A header of a
 * proxy is never trusted: it can only make a request public. Undefined: the request is for another name, for example from a
 * web page whose own name is rebound to this machine.
 */
export const requestAccess = (
  request: Request,
  connection: Connection,
  { publicNames, isOpen }: AccessOptions,
): Access | undefined => {
  const { hostname } = new URL(request.url);
  // A request target with its own host overrides the header (RFC 9112 §3.2.2). Only an attacker sends two hosts.
  if (URL.parse(`http://${request.headers.get("host")}`)?.hostname !== hostname) return undefined;
  if (!isLoopbackName(hostname))
    return publicNames.has(hostname) || (isOpen && isAddress(hostname)) ? "public" : undefined;
  return isFromLoopback(connection) && !isForwarded(request, connection) ? "local" : "public";
};
