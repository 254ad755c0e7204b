import { lookup as systemLookup } from "node:dns/promises";
import { Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as TlsAgent } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { errorCode } from "../domain/errors.ts";

export interface ClientRequest {
  readonly method?: ExchangeRequest["method"];
  /** Headers are sent to the target of every redirect, too: they must not contain a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the whole exchange, including redirects. */
  readonly signal: AbortSignal;
  /** The largest body in bytes, as it is transferred. With 0 the body is not read. */
  readonly maxBytes: number;
}

export interface ClientResponse {
  /** The URL after all redirects. */
  readonly url: string;
  /** The target of the first redirects, as long as they were permanent (301, 308). */
  readonly movedTo: string | undefined;
  readonly status: number;
  readonly headers: Headers;
  /** The body is never decompressed: see its `content-encoding`. */
  readonly body: Uint8Array;
}

/** Sends a request to a URL that a document or a third party named. Throws `OutsideError`. */
export type Client = (url: string, request: ClientRequest) => Promise<ClientResponse>;

export interface ClientOptions {
  /** A URL for the User-Agent, where operators of other servers see who sends the requests. */
  readonly about: string;
  readonly allow: Allow;
  /** URLs of the configuration or the command line: on their origins alone a private address is allowed, too. */
  readonly own?: readonly string[];
  readonly resolve?: Resolve;
}

const maxRedirects = 5;

/** Returns the URL if it may be requested. `URL.parse` normalises every notation of an IPv4 address (`2130706433`). */
export const checkUrl = (text: string, base: URL | undefined, allowFor: (url: URL) => Allow): URL => {
  const url = URL.parse(text, base?.href);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new OutsideError(
      "scheme",
      base === undefined
        ? "the address is not an http(s) URL"
        : `${base.host} redirects to an address that is not an http(s) URL`,
    );
  if (url.username !== "" || url.password !== "")
    throw new OutsideError("credentials", `the URL of ${url.host} contains a user name or a password: remove them`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // Node calls no lookup for an IP address.
  if (isIP(host) !== 0) allowedAddresses([{ address: host, family: isIP(host) }], url.host, allowFor(url));
  return url;
};

/** The redirect that is followed. For a POST only 307 and 308 are: others would turn it into a GET (RFC 9110 §15.4). */
const redirectTarget = (status: number, headers: Headers, method: ExchangeRequest["method"]): string | undefined => {
  const followed = method === "POST" ? [307, 308] : [301, 302, 303, 307, 308];
  return followed.includes(status) ? (headers.get("location") ?? undefined) : undefined;
};

/** A client for untrusted URLs: it checks the IP address of every connection, and limits time, size and redirects. */
export const guardedClient = ({ about, allow, own = [], resolve = resolveBySystem }: ClientOptions): Client => {
  const ownOrigins = new Set(own.flatMap((url) => URL.parse(url)?.origin ?? []));
  const allowFor = ({ origin }: URL): Allow => (ownOrigins.has(origin) ? isPublicOrPrivate : allow);
  // A header may only contain ASCII; `URL.parse` encodes everything else.
  const userAgent = `Crier (+${URL.parse(about)?.href ?? ""})`;
  return async (address, { method = "GET", headers = {}, body, signal, maxBytes }) => {
    const sent = { method, headers: { ...headers, "user-agent": userAgent }, body, maxBytes, signal };
    let url = checkUrl(address, undefined, allowFor);
    let movedTo: string | undefined;
    let isMoving = true;
    const visited = new Set<string>();
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      visited.add(url.href);
      const lookup = guardedLookup(resolve, allowFor(url));
      const { target, ...response } = await exchange(url, { ...sent, lookup }, (status, fields) =>
        redirectTarget(status, fields, method),
      );
      if (target === undefined) return { ...response, url: url.href, movedTo };
      url = checkUrl(target, url, allowFor);
      if (visited.has(url.href)) throw new OutsideError("redirects", `${url.host} redirects to itself`);
      isMoving &&= response.status === 301 || response.status === 308;
      if (isMoving) movedTo = url.href;
    }
    throw new OutsideError("redirects", `${url.host} redirects more than ${maxRedirects} times`);
  };
};

interface ExchangeRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The largest body in bytes. With 0 the body is not read. */
  readonly maxBytes: number;
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal;
}

export interface ExchangeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The target of a redirect that is followed; its body is not read. */
  readonly target: string | undefined;
}

interface Agents {
  readonly http: Agent;
  readonly https: TlsAgent;
}

/** Each exchange opens its own connection: URLs that a document named are rarely on one host. */
const ownConnection: Agents = { http: new Agent({ keepAlive: false }), https: new TlsAgent({ keepAlive: false }) };

interface SentRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal | undefined;
  /** Connections are reused only among requests with the same rule for addresses: no lookup precedes their reuse. */
  readonly agents?: Agents;
  /** The time in ms without progress until a connection is open, TLS included. Without it only the signal ends the wait. */
  readonly connectTimeout?: number;
  /** Called immediately before the first byte of the request is written. */
  readonly onWrite?: () => void;
}

/** Resolves with the response as soon as its headers have arrived. */
export const send = (
  url: URL,
  { method, headers, body, lookup, signal, agents = ownConnection, connectTimeout, onWrite }: SentRequest,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === "https:";
    const request = (isSecure ? requestHttps : requestHttp)(url, {
      method,
      // A small compressed response could decompress to any size: a caller that requests one limits it.
      headers: { "accept-encoding": "identity", ...headers },
      agent: isSecure ? agents.https : agents.http,
      lookup,
      ...(signal === undefined ? {} : { signal }),
      ...(connectTimeout === undefined ? {} : { timeout: connectTimeout }),
    });
    let isWritten = false;
    const write = () => {
      isWritten = true;
      onWrite?.();
      request.end(body);
    };
    // Node writes nothing before `end`. An error before the connection is open is therefore one of a request never sent.
    request.once("socket", (socket) => {
      if (request.reusedSocket) write();
      else socket.once(isSecure ? "secureConnect" : "connect", write);
    });
    request.once("timeout", () => {
      if (!isWritten)
        request.destroy(new OutsideError("connect-timeout", `${url.host} accepted no connection in time`));
    });
    request.once("response", resolve);
    request.on("error", reject);
    // If a server answers 101 to a request without Upgrade, Node closes the connection and emits no other event.
    request.once("close", () => reject(new Error("the connection ended without a response")));
  });

export const readHeaders = ({ headersDistinct }: IncomingMessage): Headers => {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
};

const readBody = async (response: IncomingMessage, maxBytes: number, host: string): Promise<Uint8Array> => {
  const tooLarge = () => new OutsideError("too-large", `${host} answered with more than ${maxBytes} bytes`);
  if (Number(response.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** One request and its response, on a connection that is closed afterwards. */
const exchange = async (
  url: URL,
  sent: ExchangeRequest,
  redirect: (status: number, headers: Headers) => string | undefined,
): Promise<ExchangeResponse> => {
  let response: IncomingMessage | undefined;
  try {
    sent.signal.throwIfAborted();
    response = await send(url, sent);
    const [status, headers] = [response.statusCode ?? 0, readHeaders(response)];
    const target = redirect(status, headers);
    const isRead = target === undefined && sent.method !== "HEAD" && sent.maxBytes > 0;
    const body = isRead ? await readBody(response, sent.maxBytes, url.host) : new Uint8Array();
    return { status, headers, target, body };
  } catch (error) {
    throw toOutsideError(error, url.host, sent.signal);
  } finally {
    response?.destroy();
  }
};

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a host to all its addresses. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

/** Lookups use the few threads that files and compression need, too: there is at most one lookup for each host at a time. */
const runningLookups = new Map<string, Promise<readonly ResolvedAddress[]>>();

export const resolveBySystem: Resolve = (host) => {
  const lookup =
    runningLookups.get(host) ?? systemLookup(host, { all: true }).finally(() => runningLookups.delete(host));
  runningLookups.set(host, lookup);
  return lookup;
};

/** Returns the addresses that may be connected to. Throws if there is none. */
export const allowedAddresses = (
  addresses: readonly ResolvedAddress[],
  host: string,
  allow: Allow,
): readonly ResolvedAddress[] => {
  const allowed = addresses.filter(({ address }) => allow(address));
  if (allowed.length > 0) return allowed;
  throw new OutsideError("refused-address", `${host} resolves to an address that is not public`);
};

/**
 * The lookup for one connection. Node connects to the addresses that were checked: a name that resolves to another address
 * at the next lookup (DNS rebinding) has no effect.
 */
export const guardedLookup =
  (resolve: Resolve, allow: Allow): LookupFunction =>
  (host, { all }, callback) => {
    resolve(host)
      .then((addresses) => allowedAddresses(addresses, host, allow))
      .then(
        ([first, ...rest]) => {
          if (first === undefined) return callback(new Error(`${host} has no address`), "");
          if (all) return callback(null, [first, ...rest]);
          callback(null, first.address, first.family);
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ""),
      );
  };

/** Returns true if a request may be sent to the IP address. */
export type Allow = (address: string) => boolean;

/** IANA assigns global IPv6 addresses from this block only; ipaddr.js does not know every other block. */
const globalUnicast = ipaddr.parseCIDR("2000::/3");

/**
 * True for an address of the public internet. Not public are loopback, private, link-local (such as 169.254.169.254 and
 * other metadata addresses), carrier-grade NAT, multicast and reserved addresses, and IPv6 addresses that contain an IPv4
 * address (mapped, NAT64, 6to4, Teredo).
 */
export const isPublic: Allow = (address) => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(globalUnicast);
};

/** EC2's metadata service, which returns credentials, is in the range of private addresses. */
const ec2Metadata = ipaddr.parseCIDR("fd00:ec2::/32");

/**
 * Allows public and private addresses. It is used for origins that the owner configured: their server may be on this machine
 * or in their network. Link-local addresses, which clouds use for metadata, are never allowed.
 */
export const isPublicOrPrivate: Allow = (address) => {
  if (isPublic(address)) return true;
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === "ipv6" && parsed.match(ec2Metadata)) return false;
  return ["loopback", "private", "uniqueLocal"].includes(parsed.range());
};

/** The reason why a request failed. */
export type OutsideCode =
  | "scheme"
  | "credentials"
  | "refused-address"
  | "redirects"
  | "too-large"
  | "timeout"
  | "connect-timeout"
  | "unreachable"
  | "interrupted";

/** A request to the outside failed. The message names only the host: a path or query may contain a secret. */
export class OutsideError extends Error {
  override readonly name = "OutsideError";
  readonly code: OutsideCode;

  constructor(code: OutsideCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const toOutsideError = (error: unknown, host: string, signal: AbortSignal): OutsideError => {
  if (error instanceof OutsideError) return error;
  if (signal.aborted) return new OutsideError("timeout", `${host} did not answer in time`, error);
  const code = errorCode(error);
  return new OutsideError(
    "unreachable",
    `${host} could not be reached${code === undefined ? "" : ` (${code})`}`,
    error,
  );
};
