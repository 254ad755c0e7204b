import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import * as z from "zod";
import { fetchWithRelays } from "../../src/outside/network-fetch.ts";
import type { FaultKind } from "../../src/sandbox/emulator.ts";
import type { StoredPost, TestServer } from "../contract/server.ts";
import { connectionOf } from "../support/configured-account.ts";
import Database from "./better-sqlite3.ts";
import { installed } from "./install.ts";

interface Packages {
  readonly NostrRelay: new (store: Store, options: object) => Relay;
  readonly EventRepositorySqlite: new (database: object) => Store;
  readonly Validator: new () => { validateIncomingMessage(data: Buffer): Promise<unknown> };
}
interface Store {
  init(): Promise<void>;
}
interface Relay {
  handleConnection(client: WebSocket): void;
  handleDisconnect(client: WebSocket): void;
  handleMessage(client: WebSocket, message: unknown): Promise<unknown>;
}

const load = (folder: string): Packages => {
  const require = createRequire(join(folder, "package.json"));
  const names = ["core", "event-repository-sqlite", "validator"];
  return Object.assign({}, ...names.map((name) => require(`@nostr-relay/${name}`)));
};

export interface NostrRelay {
  readonly url: string;
  /** Sets the fault of the next event that it is sent. */
  fault(fault: FaultKind): void;
  close(): Promise<void>;
}

const isEvent = (data: unknown): boolean => String(data).startsWith('["EVENT"');

/** A relay of `@nostr-relay` with its own store and validator, on the loopback. */
export const startNostrRelay = async (): Promise<NostrRelay> => {
  const { NostrRelay, EventRepositorySqlite, Validator } = load(await installed("relay"));
  const store = new EventRepositorySqlite(new Database(":memory:"));
  await store.init();
  // It would answer a question from its cache for a second.
  const relay = new NostrRelay(store, { filterResultCacheTtl: 0, eventHandlingResultCacheTtl: 0 });
  const validator = new Validator();
  const faults: FaultKind[] = [];
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    relay.handleConnection(socket);
    socket.on("message", async (data) => {
      const fault = isEvent(data) ? faults.shift() : undefined;
      if (fault === "reset-before") return socket.terminate();
      // The relay's messages do not arrive.
      if (fault !== undefined) socket.send = () => undefined;
      try {
        await relay.handleMessage(socket, await validator.validateIncomingMessage(Buffer.from(data.toString())));
      } catch (error) {
        socket.send(JSON.stringify(["NOTICE", `invalid: ${error instanceof Error ? error.message : ""}`]));
      }
      if (fault === "reset-after") socket.terminate();
    });
    socket.on("close", () => relay.handleDisconnect(socket));
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const address: AddressInfo | string | null = server.address();
  return {
    url: `ws://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`,
    fault: (fault) => void faults.push(fault),
    close: async (): Promise<void> => {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** `fetch` that reaches it. */
export const fetchFromRelay = fetchWithRelays({ deadline: () => AbortSignal.timeout(30_000) });

const Event = z.object({
  id: z.string(),
  pubkey: z.string(),
  kind: z.int(),
  content: z.string(),
  created_at: z.int(),
  tags: z.array(z.array(z.string())),
});
export type Event = z.infer<typeof Event>;

/** The notes and articles on the relay, as any client sees them, the newest first. */
export const eventsOn = async (relay: Pick<NostrRelay, "url">): Promise<readonly Event[]> => {
  const url = new URL(relay.url);
  url.searchParams.set("message", JSON.stringify(["REQ", "test", { kinds: [1, 30_023], limit: 500 }]));
  const said = z.array(z.array(z.unknown())).parse(await (await fetchFromRelay(url.href, { method: "GET" })).json());
  return said.flatMap(([type, , event]) => (type === "EVENT" ? [Event.parse(event)] : []));
};

const storedPost = ({ id, pubkey, kind, content, created_at, tags }: Event): StoredPost => {
  const [, name] = tags.find(([tag]) => tag === "d") ?? [];
  return {
    id: kind === 1 ? id : `${kind}:${pubkey}:${name}`,
    url: undefined,
    text: content,
    request: { kind, content, created_at, tags },
    pictures: [],
  };
};

const noStatus = "a relay has no statuses";
const notHttp = "a relay is not asked over HTTP";

/** A real relay. Each account has one of its own: a relay knows no accounts, only keys. */
export const relayServer: TestServer = {
  name: "a relay",
  lacks: {
    "401": noStatus,
    "429": noStatus,
    "500": noStatus,
    "503": noStatus,
    "applied-500": noStatus,
    http: notHttp,
    login: "a relay takes the events of every key",
    refusal: "a relay takes an event with empty texts",
  },
  keepsClock: false,
  open: async (network, configured, clock) => {
    const relay = await startNostrRelay();
    const at = (url: string) => ({ ...configured, settings: { ...configured.settings, relays: [url] } });
    const own = network.sandboxCredentials(configured);
    return {
      account: at(relay.url),
      connect: ({ at: address, secret = own, ...options } = {}) => {
        const account = at(address?.replace("http:", "ws:") ?? relay.url);
        return connectionOf(network.connect({ account, secret, fetch: fetchFromRelay, clock, ...options }));
      },
      posts: async () => (await eventsOn(relay)).map(storedPost).toReversed(),
      fault: async (fault) => relay.fault(fault),
      answerTo: () => {
        throw new Error(notHttp);
      },
      close: relay.close,
    };
  },
};
