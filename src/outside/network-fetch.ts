import { Agent, type IncomingMessage } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { isIP } from "node:net";
import { pipeline } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import type { WebSocket } from "ws";
import { errorCode } from "../domain/errors.ts";
import { isRecord } from "../domain/json-value.ts";
import { second } from "../domain/time.ts";
import type { Deadline } from "../ports/runtime.ts";
import {
  type Allow,
  allowedAddresses,
  checkUrl,
  guardedLookup,
  isPublic,
  isPublicOrPrivate,
  OutsideError,
  type Resolve,
  readHeaders,
  resolveBySystem,
  send,
} from "./guarded-client.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Addresses without encryption are on this machine: the configuration accepts no others, and the sandbox is there. */
const allowByScheme = ({ protocol }: URL): Allow =>
  protocol === "http:" || protocol === "ws:" ? isPublicOrPrivate : isPublic;

interface GuardedFetchOptions {
  readonly resolve?: Resolve;
  readonly allowFor?: (url: URL) => Allow;
  /** In ms. */
  readonly connectTimeout?: number;
}

/**
 * How long a connection is kept for the next request that reads, in ms. The steps of one send follow within it. A server
 * may close it at the moment at which it is used: a request that reads is repeated then, on a connection of its own. One
 * that writes always has its own, because nobody would know whether it was applied.
 */
const idleTime = 1 * second;

/**
 * `fetch` for the servers of accounts. It checks the IP address of every connection when it opens it, which the global
 * `fetch` cannot do without a library. It reuses connections for reading, and follows no redirect.
 *
 * Throws the signal's reason, or an `interrupted` OutsideError if the request may have been sent. Any other error means that
 * no byte of the request was written: a second send depends on it (`neverSent` in src/networks/http.ts).
 */
export const guardedFetch = ({
  resolve = resolveBySystem,
  allowFor = allowByScheme,
  connectTimeout = 10 * second,
}: GuardedFetchOptions = {}): Fetch => {
  const kept = { keepAlive: true, timeout: idleTime };
  const agents = { http: new Agent(kept), https: new TlsAgent(kept) };
  return async (address, init) => {
    const url = checkUrl(address, undefined, allowFor);
    const signal = init.signal ?? undefined;
    const request = new Request(url, { ...init, signal: null });
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    let isSent = false;
    try {
      signal?.throwIfAborted();
      const sendOver = (connections: typeof agents | undefined) =>
        send(url, {
          method: request.method,
          headers: {
            "accept-encoding": "gzip",
            ...Object.fromEntries(request.headers),
            // Node sends a body without its length if the method is one that usually has none, such as DELETE.
            ...(body === undefined ? {} : { "content-length": String(body.byteLength) }),
          },
          body,
          lookup: guardedLookup(resolve, allowFor(url)),
          signal,
          ...(connections && { agents: connections }),
          connectTimeout,
          onWrite: () => {
            isSent = true;
          },
        });
      if (!isReading(request)) return toResponse(await sendOver(undefined));
      const message = await sendOver(agents).catch((error: unknown) => {
        if (isSent && isClosed(error)) return sendOver(undefined);
        throw error;
      });
      return toResponse(message);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!isSent) throw error;
      const code = errorCode(error);
      throw new OutsideError(
        "interrupted",
        `${url.host} did not answer${code === undefined ? "" : ` (${code})`}`,
        error,
      );
    }
  };
};

const isReading = ({ method }: Pick<Request, "method">): boolean => method === "GET" || method === "HEAD";

const isClosed = (error: unknown): boolean => ["ECONNRESET", "EPIPE"].includes(errorCode(error) ?? "");

/** Responses without a body (RFC 9110 §6.4.1 and §15.3.6). */
const bodiless = [204, 205, 304];

/** `Response` accepts no other status. */
const isKnown = (status: number): boolean => status >= 200 && status <= 599;

/** Throws if it has no valid status. */
const toResponse = (message: IncomingMessage): Response => {
  const { statusCode: status = 0 } = message;
  if (!isKnown(status)) {
    message.destroy();
    throw new Error(`the status ${status} does not exist`);
  }
  const init = { status, headers: readHeaders(message) };
  if (!bodiless.includes(status)) return new Response(decoded(message), init);
  message.resume();
  return new Response(null, init);
};

/** The caller limits the size. Like `fetch`, it accepts a gzip stream that lacks its end. */
const decoded = (message: IncomingMessage): AsyncIterable<Uint8Array> =>
  /^(?:x-)?gzip$/i.test(message.headers["content-encoding"] ?? "")
    ? pipeline(
        message,
        createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }),
        () => undefined,
      )
    : message;

interface RelayOptions {
  readonly deadline: Deadline;
  readonly resolve?: Resolve;
}

/** A relay that hangs must not delay the answers of the others. */
const timeLimit = 15 * second;

/** The limit of all messages that a relay sends until its answer is complete. */
const maxBytes = 1024 * 1024;

/**
 * `guardedFetch`, which also reaches relays of Nostr. A request to a `wss:` address is one message on its own connection, in
 * the body or in the parameter `message`. Its response is the JSON list of the relay's messages until the answer is complete.
 * If a relay refuses the connection, the response has the status of the refusal.
 */
export const fetchWithRelays = ({ deadline, resolve = resolveBySystem }: RelayOptions): Fetch => {
  const fetch = guardedFetch({ resolve });
  return async (address, init) => {
    const url = new URL(address);
    if (url.protocol !== "wss:" && url.protocol !== "ws:") return fetch(address, init);
    const allow = allowByScheme(url);
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
