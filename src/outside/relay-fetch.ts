import { isIP } from "node:net";
import type { WebSocket } from "ws";
import { isRecord } from "../domain/json-value.ts";
import { second } from "../domain/time.ts";
import type { Deadline } from "../ports/runtime.ts";
import {
  allowedAddresses,
  guardedLookup,
  isPublic,
  isPublicOrPrivate,
  OutsideError,
  type Resolve,
  type ResolvedAddress,
  resolveBySystem,
} from "./guarded-client.ts";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface RelayOptions {
  readonly fetch: Fetch;
  readonly deadline: Deadline;
  readonly resolve?: Resolve;
}

/** A relay that hangs must not delay the answers of the others. */
const timeLimit = 15 * second;

/** The limit of all messages that a relay sends until its answer is complete. */
const maxBytes = 1024 * 1024;

/**
 * The given `fetch` for the servers of accounts (see publicFetch), which also reaches relays of Nostr. A request to a `wss:`
 * address is one message on its own connection, in the body or in the parameter `message`. Its response is the JSON list of
 * the relay's messages until the answer is complete. If a relay refuses the connection, the response has the status of the
 * refusal.
 */
export const fetchWithRelays =
  ({ fetch, deadline, resolve = resolveBySystem }: RelayOptions): Fetch =>
  async (address, init) => {
    const url = new URL(address);
    if (url.protocol !== "wss:" && url.protocol !== "ws:") return publicFetch({ fetch, resolve })(address, init);
    // The configuration allows a relay without encryption only on this machine.
    const allow = url.protocol === "ws:" ? isPublicOrPrivate : isPublic;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(host) !== 0) allowedAddresses([{ address: host, family: isIP(host) }], url.host, allow);
    const message = typeof init.body === "string" ? init.body : (url.searchParams.get("message") ?? "");
    url.searchParams.delete("message");
    const signal = AbortSignal.any([deadline(timeLimit), ...(init.signal ? [init.signal] : [])]);
    const headers = { "user-agent": new Headers(init.headers).get("user-agent") ?? "" };
    // Most programs use no relay, so the module is loaded when it is needed.
    const ws = await import("ws");
    const socket = new ws.WebSocket(url, {
      lookup: guardedLookup(resolve, allow),
      headers,
      maxPayload: maxBytes,
      perMessageDeflate: false,
    });
    return exchange(socket, message, signal, url.host);
  };

const exchange = (socket: WebSocket, message: string, signal: AbortSignal, host: string): Promise<Response> => {
  const isAnswer = answerTo(message);
  const messages: string[] = [];
  let size = 0;
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  socket.on("open", () => socket.send(message));
  socket.on("message", (data) => {
    const text = data.toString();
    size += Buffer.byteLength(text);
    if (size > maxBytes) return reject(new OutsideError("too-large", `${host} sent more than ${maxBytes} bytes`));
    const heard = parsed(text);
    if (heard !== undefined) messages.push(text);
    if (isAnswer(heard)) resolve(Response.json(messages.map(parsed)));
  });
  socket.on("unexpected-response", (_, { statusCode = 0, headers }) => {
    const status = statusCode >= 200 && statusCode < 600 ? statusCode : 502;
    const named = ["retry-after", "location", "date"].flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    });
    resolve(new Response(null, { status, headers: Object.fromEntries(named) }));
  });
  // This listener stays: ending a connection that is not open yet is also an error.
  socket.on("error", reject);
  socket.on("close", () => reject(new Error(`${host} closed the connection`)));
  if (signal.aborted) abort();
  return promise.finally(() => {
    signal.removeEventListener("abort", abort);
    socket.terminate();
  });
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Finds the answer to a message: OK with the event's id, or EOSE or CLOSED with the query's id (NIP-01). */
const answerTo = (message: string): ((heard: unknown) => boolean) => {
  const [kind, subject] = asList(parsed(message));
  const ends: readonly unknown[] = kind === "EVENT" ? ["OK"] : ["EOSE", "CLOSED"];
  const id = isRecord(subject) ? subject.id : subject;
  return (heard) => {
    const [end, about] = asList(heard);
    return ends.includes(end) && about === id;
  };
};

interface PublicFetchOptions {
  readonly fetch: Fetch;
  readonly resolve?: Resolve;
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

/**
 * The given `fetch` for the servers of accounts. An https address in a private network or on this machine is refused, so
 * that no account reaches a service there. Addresses without encryption are allowed: the configuration accepts them only for
 * this machine, and Crier uses them for its sandbox. A name that resolves to another address at the next lookup (DNS
 * rebinding) has no effect, because the server there would need the certificate of that name.
 *
 * It is not the guarded client, which checks the address of the connection itself. Networks need what that client leaves
 * out and `fetch` has: connections that are reused, compressed responses, every method, and errors that say whether a byte
 * of the request was sent (`neverSent` in src/networks/http.ts), on which a second send depends.
 */
export const publicFetch = ({ fetch, resolve = resolveBySystem }: PublicFetchOptions): Fetch => {
  const resolveAddresses = async (host: string): Promise<readonly ResolvedAddress[]> => {
    if (isIP(host) !== 0) return [{ address: host, family: isIP(host) }];
    // A name without an address fails in the request itself, with its own message.
    return resolve(host).catch(() => []);
  };
  return async (address, init) => {
    const { protocol, hostname, host } = new URL(address);
    if (protocol !== "https:") return fetch(address, init);
    const lookup = resolveAddresses(hostname.replace(/^\[|\]$/g, ""));
    const addresses = await (init.signal ? Promise.race([lookup, untilAborted(init.signal)]) : lookup);
    if (addresses.every((one) => isPublic(one.address))) return fetch(address, init);
    throw new OutsideError("refused-address", `${host} resolves to an address that is not public`);
  };
};
