import { Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as TlsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { OutsideError, toOutsideError } from "./outside-error.ts";

export interface ExchangeRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** 0: the body is not read. */
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

/** Each exchange opens its own connection: the address of a connection that is reused would not be checked again. */
const agents = { http: new Agent({ keepAlive: false }), https: new TlsAgent({ keepAlive: false }) };

const send = (url: URL, { method, headers, body, lookup, signal }: ExchangeRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === "https:";
    const request = (isSecure ? requestHttps : requestHttp)(url, {
      method,
      // A small compressed response could decompress to any size: who asks for one limits it.
      headers: { "accept-encoding": "identity", ...headers },
      agent: isSecure ? agents.https : agents.http,
      lookup,
      signal,
    });
    request.once("response", resolve);
    request.on("error", reject);
    // Where a server answers 101 to a request without Upgrade, Node closes the connection and emits no other event.
    request.once("close", () => reject(new Error("the connection ended without a response")));
    request.end(body);
  });

const headersOf = ({ headersDistinct }: IncomingMessage): Headers => {
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
export const exchange = async (
  url: URL,
  sent: ExchangeRequest,
  redirect: (status: number, headers: Headers) => string | undefined,
): Promise<ExchangeResponse> => {
  let response: IncomingMessage | undefined;
  try {
    sent.signal.throwIfAborted();
    response = await send(url, sent);
    const [status, headers] = [response.statusCode ?? 0, headersOf(response)];
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
