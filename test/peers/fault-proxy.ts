import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { FaultKind } from "../../src/sandbox/emulator.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

const errorPage = (status: number): Answer => ({
  status,
  headers: { "content-type": "text/html" },
  body: Buffer.from(`<html><h1>${status}</h1><p>The proxy answers in the place of the server.</p></html>`),
});

export interface FaultProxy {
  readonly url: string;
  /** Sets the fault of the next write. */
  fault(fault: FaultKind): void;
  /** Answers the next request whose body contains the text with these bytes: it does not reach the server. */
  answerTo(text: string, response: string): void;
  close(): Promise<void>;
}

/** A proxy between a client and a server on the loopback, which fails as gateways and connections do. */
export const faultProxy = async (
  target: string,
  isWrite: (request: { readonly method: string; readonly path: string }) => boolean,
): Promise<FaultProxy> => {
  const faults: FaultKind[] = [];
  const answers = new Map<string, string>();

  const forward = async ({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const passedOn = { ...headers, host: new URL(target).host, connection: "close" };
    // A connection of its own: snac2 closes each without saying so, and the next request on it would be lost.
    ask(new URL(url, target), { method, headers: passedOn, agent: false })
      .on("response", resolve)
      .on("error", reject)
      .end(body);
    const response = await promise;
    return { status: response.statusCode ?? 502, headers: response.headers, body: await buffer(response) };
  };
  const reply = (response: ServerResponse, { status, headers, body }: Answer): void => {
    const { "transfer-encoding": _, ...others } = headers;
    response.writeHead(status, { ...others, "content-length": body.length }).end(body);
  };

  const server = createServer(async (request, response) => {
    const { method = "GET", url = "/", socket } = request;
    const body = await buffer(request);
    const found = answers.size === 0 ? undefined : [...answers].find(([text]) => body.includes(text));
    if (found !== undefined) {
      answers.delete(found[0]);
      return socket.end(found[1]);
    }
    const fault = isWrite({ method, path: url }) ? faults.shift() : undefined;
    if (fault === "reset-before") return socket.resetAndDestroy();
    if (fault === "500" || fault === "503") return reply(response, errorPage(Number(fault)));
    const answer = await forward(request, body).catch(() => errorPage(502));
    if (fault === "reset-after") return socket.resetAndDestroy();
    if (fault === "silence") return;
    reply(response, fault === "applied-500" ? errorPage(500) : answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    fault: (fault) => void faults.push(fault),
    answerTo: (text, response) => void answers.set(text, response),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const own = "the proxy does not answer in the form of the server";

/** Only the server itself can give these answers, and it does not give them on request. */
export const ownRefusals = { "429": own, "401": own } as const;
