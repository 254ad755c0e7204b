import { Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as TlsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { failure, OutsideError } from "./outside-error.ts";

export interface Asked {
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly size: number;
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Where a redirect leads; the body is not read then. */
  readonly target?: string | undefined;
}

/** A connection of its own for each exchange: one that was opened before would not be judged again. */
const agents = { http: new Agent({ keepAlive: false }), https: new TlsAgent({ keepAlive: false }) };

const send = (url: URL, { method, headers, body, lookup, signal }: Asked): Promise<IncomingMessage> =>
  new Promise((answer, fail) => {
    const isSecure = url.protocol === "https:";
    const request = (isSecure ? requestHttps : requestHttp)(url, {
      method,
      // Compressed, a small answer could unfold to any size.
      headers: { ...headers, "accept-encoding": "identity" },
      agent: isSecure ? agents.https : agents.http,
      lookup,
      signal,
    });
    request.once("response", answer);
    request.on("error", fail);
    // Where a server answers 101 unasked, Node hangs up and says no more than this.
    request.once("close", () => fail(new Error("the connection ended without an answer")));
    request.end(body);
  });

const headersOf = ({ headersDistinct }: IncomingMessage): Headers => {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
};

const read = async (answer: IncomingMessage, size: number, host: string): Promise<Uint8Array> => {
  const tooLarge = () => new OutsideError("too-large", `${host} answered with more than ${size} bytes`);
  if (Number(answer.headers["content-length"] ?? 0) > size) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length > size) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** One request and its answer, on a connection of its own that ends with it. */
export const exchange = async (
  url: URL,
  asked: Asked,
  redirect: (status: number, headers: Headers) => string | undefined,
): Promise<Exchanged> => {
  let answer: IncomingMessage | undefined;
  try {
    asked.signal.throwIfAborted();
    answer = await send(url, asked);
    const [status, headers] = [answer.statusCode ?? 0, headersOf(answer)];
    const target = redirect(status, headers);
    const isRead = target === undefined && asked.method !== "HEAD" && asked.size > 0;
    return { status, headers, target, body: isRead ? await read(answer, asked.size, url.host) : new Uint8Array() };
  } catch (error) {
    throw failure(error, url.host, asked.signal);
  } finally {
    answer?.destroy();
  }
};
