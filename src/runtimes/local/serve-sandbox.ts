import type { Account } from "../../domain/account.ts";
import { minute } from "../../domain/time.ts";
import { networks } from "../../networks/index.ts";
import type { Clock } from "../../ports/runtime.ts";
import { sandboxApp } from "../../sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../sandbox/timeline.ts";
import { listen } from "./listen.ts";
import { reachOf } from "./request-reach.ts";

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
  const app = sandboxApp({ timeline: timelineInMemory(), accounts, clock });
  http.serve(async (request, env) => {
    const reach = reachOf(request, env, { publicNames: new Set(), isOpen: false });
    return reach === "local"
      ? app.fetch(request, env)
      : new Response("The sandbox answers programs on this machine, at 127.0.0.1 or localhost.\n", { status: 421 });
  });
  return {
    url,
    accounts: networks.map((network) => ({
      network: network.name,
      url: `${url}/sandbox/api/${network.name}/${network.name}`,
      credentials: network.sandboxCredentials(accountOf(network)),
    })),
    close: http.close,
  };
};
