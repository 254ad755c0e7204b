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
