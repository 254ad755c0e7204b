import { isIP } from "node:net";
import { type ExchangeRequest, exchange } from "./exchange.ts";
import { allowedAddresses, guardedLookup, type Resolve, resolveBySystem } from "./lookup.ts";
import { OutsideError } from "./outside-error.ts";
import { type Allow, isPublicOrPrivate } from "./public-address.ts";

export interface ClientRequest {
  readonly method?: ExchangeRequest["method"];
  /** They are sent to the target of every redirect, too: never put a secret here. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, redirects included. */
  readonly signal: AbortSignal;
  /** The largest body, as it is transferred. 0: the body is not read. */
  readonly maxBytes: number;
}

export interface ClientResponse {
  /** After all redirects. */
  readonly url: string;
  /** Where the first redirects led, as long as they were permanent (301, 308). */
  readonly movedTo: string | undefined;
  readonly status: number;
  readonly headers: Headers;
  /** Never decompressed: see its `content-encoding`. */
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

/** The URL, if it may be requested. `URL.parse` normalises every notation of an IPv4 address (`2130706433`, `0x7f.1`). */
const checkUrl = (text: string, base: URL | undefined, allowFor: (url: URL) => Allow): URL => {
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

/** For a POST only 307 and 308 are followed: the others would turn it into a GET (RFC 9110 §15.4). */
const redirectOf = (status: number, headers: Headers, method: ExchangeRequest["method"]): string | undefined => {
  const followed = method === "POST" ? [307, 308] : [301, 302, 303, 307, 308];
  return followed.includes(status) ? (headers.get("location") ?? undefined) : undefined;
};

/** A client for URLs that are not trusted: the IP address of every connection is checked, and time, size and redirects are limited. */
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
        redirectOf(status, fields, method),
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
