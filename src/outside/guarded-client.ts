import { isIP } from "node:net";
import { type Asked, exchange } from "./exchange.ts";
import { allowedOf, guardedLookup, type Resolve, resolveBySystem } from "./lookup.ts";
import { OutsideError } from "./outside-error.ts";
import { type Allow, isPublic } from "./public-address.ts";

export interface Ask {
  readonly method?: Asked["method"] | undefined;
  /** They go to every host that a redirect leads to: no secrets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** For the whole exchange, redirects included, in ms. */
  readonly time: number;
  /** Bytes of the body as they come over the wire; 0 reads none of it and judges by the headers alone. */
  readonly size: number;
}

export interface Answer {
  /** Where the last redirect led. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** Never decompressed: `content-encoding` is the reader's. */
  readonly body: Uint8Array;
}

/** Asks an address that a document or a third party gave. Throws `OutsideError`. */
export type Client = (url: string, ask: Ask) => Promise<Answer>;

export interface ClientOptions {
  /** Where people find out who asks, for the User-Agent. */
  readonly about: string;
  readonly allow?: Allow | undefined;
  readonly resolve?: Resolve | undefined;
}

const mostRedirects = 5;

/** What may be asked at all. `new URL` has made a plain address of every disguise (`2130706433`, `0x7f.1`). */
const checked = (text: string, base: URL | undefined, allow: Allow): URL => {
  const url = URL.parse(text, base?.href);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new OutsideError(
      "scheme",
      `${base === undefined ? "the address" : `the redirect of ${base.host}`} is not an http(s) URL`,
    );
  if (url.username !== "" || url.password !== "")
    throw new OutsideError("credentials", `the URL of ${url.host} holds a user name or a password: take them out`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // Node asks no lookup about an address.
  if (isIP(host) !== 0) allowedOf([{ address: host, family: isIP(host) }], url.host, allow);
  return url;
};

/** Of a POST only 307 and 308 may be followed: the others would make a GET of it (RFC 9110 §15.4). */
const redirectOf = (status: number, headers: Headers, method: Asked["method"]): string | undefined => {
  const follows = method === "POST" ? [307, 308] : [301, 302, 303, 307, 308];
  return follows.includes(status) ? (headers.get("location") ?? undefined) : undefined;
};

/** A client for addresses that nobody vouches for: each is judged at every connection, each exchange has its bounds. */
export const guardedClient = ({ about, allow = isPublic, resolve = resolveBySystem }: ClientOptions): Client => {
  const lookup = guardedLookup(resolve, allow);
  // A header holds no other letters than ASCII's; `new URL` writes any address in them.
  const agent = `Crier (+${URL.parse(about)?.href ?? ""})`;
  return async (address, { method = "GET", headers = {}, body, time, size }) => {
    const signal = AbortSignal.timeout(time);
    const asked = { method, headers: { ...headers, "user-agent": agent }, body, size, lookup, signal };
    let url = checked(address, undefined, allow);
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const { target, ...answer } = await exchange(url, asked, (status, fields) => redirectOf(status, fields, method));
      if (target === undefined) return { ...answer, url: url.href };
      url = checked(target, url, allow);
    }
    throw new OutsideError("redirects", `${url.host} redirects more than ${mostRedirects} times`);
  };
};
