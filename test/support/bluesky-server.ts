import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Account } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/time.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";

/** A personal data server of one account, at an address of its own, as an account with a secret has it. */
export const aBlueskyServer = (account: Account, clock: () => Instant = Date.now) => {
  const timeline = timelineInMemory();
  let app = sandboxApp({ timeline, accounts: [account], clock });
  const asked: string[] = [];
  const methodOf = (url: string): string => new URL(url).pathname.slice("/xrpc/".length);
  return {
    /** The methods that were called, in their order. */
    asked,
    posts: () => timeline.all().filter(({ deletedAt }) => deletedAt === null),
    /** Ends all sessions. */
    restart: () => {
      app = sandboxApp({ timeline, accounts: [account], clock });
    },
    fetch: async (url: string, init?: RequestInit): Promise<Response> => {
      asked.push(methodOf(url).replace(/^com\.atproto\.(?:server|repo)\./, ""));
      const { pathname, search } = new URL(url);
      return app.request(`/sandbox/api/bluesky/${encodeURIComponent(account.name)}${pathname}${search}`, init);
    },
  };
};

/** The same on a port of the loopback. */
export const aBlueskyServerOn = async (account: Account) => {
  const own = aBlueskyServer(account);
  const server = createServer(async (request, response) => {
    const { method = "GET", url = "", headers } = request;
    const body = await buffer(request);
    const answer = await own.fetch(new URL(url, "http://127.0.0.1").href, {
      method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)] satisfies [string, string]),
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { ...own, url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
};
