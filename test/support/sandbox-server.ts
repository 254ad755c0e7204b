import { type AddressInfo, createServer } from "node:net";
import { createAdaptorServer, type Http2Bindings, type HttpBindings } from "@hono/node-server";
import type { Account } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/time.ts";
import type { FaultKind } from "../../src/sandbox/emulator.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { type Timeline, type TimelinePost, timelineInMemory } from "../../src/sandbox/timeline.ts";

export interface SandboxServer {
  /** Base URL, for `connectNetworks`. */
  readonly url: string;
  readonly timeline: Timeline;
  fault(account: string, fault: FaultKind, times?: number): Promise<void>;
  /** Answers the next request whose body contains the text with these bytes: it does not reach the sandbox. */
  answerTo(text: string, response: string): void;
  /** Returns the posts of one account, the oldest first. */
  posts(account: string): readonly TimelinePost[];
  close(): Promise<void>;
}

type Serve = (request: Request) => Promise<Response>;

/** The sandbox on a real server on the loopback. `around`: what happens around the sandbox's answer to each request. */
export const startSandbox = async (
  accounts: readonly Account[],
  clock: () => Instant = Date.now,
  timeline: Timeline = timelineInMemory(),
  around: (request: Request, serve: Serve) => Promise<Response> = (request, serve) => serve(request),
): Promise<SandboxServer> => {
  const app = sandboxApp({ timeline, accounts, clock });
  const answers = new Map<string, string>();
  const answer = async (request: Request, env: HttpBindings | Http2Bindings): Promise<Response> => {
    const body = answers.size === 0 ? "" : await request.clone().text();
    const found = [...answers].find(([text]) => body.includes(text));
    if (found === undefined) return around(request, async (one) => app.fetch(one, env));
    const [text, response] = found;
    answers.delete(text);
    env.incoming.socket.end(response);
    return new Promise(() => undefined);
  };
  const server = createAdaptorServer({ fetch: answer });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    timeline,
    fault: async (account, fault, times = 1) => {
      const response = await fetch(`${url}/sandbox/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ account, fault, times }),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    answerTo: (text, response) => answers.set(text, response),
    posts: (account) => timeline.all().filter((post) => post.account === account),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
};

/** The address of a port on which no server listens. */
export const closedPort = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
};
