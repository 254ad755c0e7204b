import type { Account } from "../../domain/account.ts";
import { minute } from "../../domain/time.ts";
import { networks } from "../../networks/index.ts";
import type { Clock } from "../../ports/runtime.ts";
import { sandboxApp } from "../../sandbox/sandbox-server.ts";
import { sandboxSockets } from "../../sandbox/sandbox-sockets.ts";
import { timelineInMemory } from "../../sandbox/timeline.ts";
import { listen } from "./listen.ts";
import { type Connection, isLoopbackName, reachOf } from "./request-reach.ts";

/** What a client needs to post to one emulated network. */
interface EmulatedAccount {
  readonly network: string;
  /** To be used instead of the network's own address. */
  readonly url: string;
  readonly credentials: Readonly<Record<string, string>>;
}

export interface ServedSandbox {
  readonly url: string;
  readonly accounts: readonly EmulatedAccount[];
  close(): Promise<void>;
}

/** An account on each network, which has the network's name. */
const accountOf = ({ name, settings }: (typeof networks)[number]): Account => ({
  name,
  network: name,
  site: "main",
  language: undefined,
  pacing: { interval: minute, dailyCap: 50 },
  settings: settings.parse({}),
});

/** The emulated networks alone, on the loopback. What is posted is lost when the process ends. */
export const serveSandbox = async (port: number, clock: Clock): Promise<ServedSandbox> => {
  const http = await listen(port);
  const url = `http://127.0.0.1:${http.port}`;
  const accounts = networks.map(accountOf);
  const sockets = sandboxSockets(accounts);
  const app = sandboxApp({ timeline: sockets.watched(timelineInMemory()), accounts, clock });
  const isLocal = (request: Request, connection: Connection): boolean =>
    reachOf(request, connection, { publicNames: new Set(), isOpen: false }) === "local";
  http.serve(async (request, env) =>
    isLocal(request, env)
      ? app.fetch(request, env)
      : new Response("The sandbox answers programs on this machine, at 127.0.0.1 or localhost.\n", { status: 421 }),
  );
  http.upgrade((incoming, socket, head) => {
    const { host = "", origin } = incoming.headers;
    const address = `http://${host}${incoming.url}`;
    const refuse = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    if (!URL.canParse(address) || !isLocal(new Request(address, { headers: { host } }), { incoming }))
      return refuse("421 Misdirected Request");
    // Any web page may open a WebSocket to this machine.
    const page = origin === undefined ? undefined : (URL.parse(origin)?.hostname ?? "");
    if (page !== undefined && !isLoopbackName(page)) return refuse("421 Misdirected Request");
    if (!sockets.upgrade(address, [incoming, socket, head], app.fetch)) refuse("404 Not Found");
  });
  return {
    url,
    accounts: networks.map((network) => ({
      network: network.name,
      url: `${url}/sandbox/api/${network.name}/${network.name}`,
      credentials: network.sandboxCredentials(accountOf(network)),
    })),
    close: () => {
      sockets.close();
      return http.close();
    },
  };
};
