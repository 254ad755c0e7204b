import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Account } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/time.ts";
import type { FaultKind } from "../../src/sandbox/faults.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { type Timeline, type TimelinePost, timelineInMemory } from "../../src/sandbox/timeline.ts";

export interface SandboxServer {
  /** Base URL, as `connectNetworks` wants it. */
  readonly url: string;
  readonly timeline: Timeline;
  fault(account: string, fault: FaultKind, times?: number): Promise<void>;
  /** Of one account, the oldest first. */
  posts(account: string): readonly TimelinePost[];
  close(): Promise<void>;
}

/** The sandbox on a real server on the loopback. */
export const startSandbox = async (
  accounts: readonly Account[],
  clock: () => Instant = Date.now,
  timeline: Timeline = timelineInMemory(),
): Promise<SandboxServer> => {
  const server = createAdaptorServer({ fetch: sandboxApp({ timeline, accounts, clock }).fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    timeline,
    fault: async (account, fault, times = 1) => {
      const reply = await fetch(`${url}/sandbox/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ account, fault, times }),
      });
      if (!reply.ok) throw new Error(await reply.text());
    },
    posts: (account) => timeline.all().filter((post) => post.account === account),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
};
