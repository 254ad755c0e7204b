import { type WebSocket, WebSocketServer } from "ws";
import type { Account } from "../domain/account.ts";
import { decodePercent } from "../domain/address.ts";
import type { SocketConnection, SocketHandlers } from "./emulator.ts";
import { emulators } from "./index.ts";
import type { Timeline } from "./timeline.ts";

type Upgrade = Parameters<WebSocketServer["handleUpgrade"]>;
type Fetch = (request: Request, env: object) => Response | Promise<Response>;

interface Open {
  readonly account: string;
  readonly handlers: SocketHandlers;
}

const maxMessage = 1024 * 1024;

/** The connections over WebSocket to the emulated networks that are spoken to so. */
export const sandboxSockets = (accounts: readonly Account[]) => {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxMessage });
  const open = new Set<Open>();

  const serve = (socket: WebSocket, account: Account, url: string, fetch: Fetch): void => {
    const end = new AbortController();
    // For a fault that resets the connection.
    const incoming = { socket: { resetAndDestroy: () => socket.terminate() } };
    const connection: SocketConnection = {
      send: (text) => socket.send(text),
      request: async ({ search = "", ...init }) =>
        fetch(new Request(url + search, { ...init, signal: end.signal }), { incoming }),
    };
    const handlers = emulators.find(({ network }) => network === account.network)?.socket?.(connection);
    if (handlers === undefined) {
      socket.close();
      return;
    }
    const one = { account: account.name, handlers };
    open.add(one);
    socket.on("message", (data) => void handlers.receive(data.toString()).catch(() => socket.terminate()));
    // What is too large ends the connection.
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      open.delete(one);
      end.abort();
    });
  };

  return {
    /** The same timeline, whose posts the connections learn of. */
    watched: (timeline: Timeline): Timeline => ({
      all: timeline.all,
      put: async (post) => {
        await timeline.put(post);
        for (const { account, handlers } of open) if (account === post.account) handlers.posted(post);
      },
    }),
    /** `url`: the address that is asked for. False where no emulated network is spoken to so. */
    upgrade: (
      url: string,
      [incoming, socket, head]: readonly [Upgrade[0], Upgrade[1], Upgrade[2]],
      fetch: Fetch,
    ): boolean => {
      const [, network, name] = /^\/sandbox\/api\/([^/]+)\/([^/]+)\/?$/.exec(new URL(url).pathname) ?? [];
      const account = accounts.find((one) => one.network === network && one.name === decodePercent(name ?? ""));
      const isSpoken = emulators.some((emulator) => emulator.network === network && emulator.socket !== undefined);
      if (account === undefined || !isSpoken) return false;
      server.handleUpgrade(incoming, socket, head, (connected) => serve(connected, account, url, fetch));
      return true;
    },
    close: (): void => {
      for (const client of server.clients) client.terminate();
    },
  };
};
