/** What `@hono/node-server` passes with each request. */
export interface Connection {
  readonly incoming?: {
    readonly httpVersion: string;
    /** With their names in lower case. */
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

/** HTTP/1.0 is what nginx speaks where it is not told otherwise, and no browser. */
const isForwarded = ({ headers }: Request, { incoming }: Connection): boolean =>
  incoming?.httpVersion === "1.0" ||
  // Node's own object is there already: the other one would be made for its names alone.
  (incoming?.headers === undefined ? [...headers.keys()] : Object.keys(incoming.headers)).some((name) =>
    forwardingHeader.test(name),
  );

/** Who asks: a program on this machine, or anybody. */
export type Reach = "local" | "public";

export interface ReachOptions {
  /** The names in the addresses of the feeds. */
  readonly publicNames: ReadonlySet<string>;
  /** Other machines reach the port: then they may ask by its address. */
  readonly isOpen: boolean;
}

/**
 * Local is only what asks for the loopback, from the loopback, without a trace of a proxy. No header of a proxy is believed:
 * each can but make a request public. Undefined: the request is for another name, as of a web page whose own name is rebound
 * to this machine.
 */
export const reachOf = (
  request: Request,
  connection: Connection,
  { publicNames, isOpen }: ReachOptions,
): Reach | undefined => {
  const { hostname } = new URL(request.url);
  // A target with a host of its own overrides the header (RFC 9112 §3.2.2), and only programs that mean to deceive send two.
  if (URL.parse(`http://${request.headers.get("host")}`)?.hostname !== hostname) return undefined;
  if (!isLoopbackName(hostname))
    return publicNames.has(hostname) || (isOpen && isAddress(hostname)) ? "public" : undefined;
  return isFromLoopback(connection) && !isForwarded(request, connection) ? "local" : "public";
};
