import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type WebSocket, WebSocketServer } from "ws";

/** Its store's native library is not built: Node's own SQLite takes its place. */
const install = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "crier-relay-"));
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(join(import.meta.dirname, "relay", file), join(folder, file));
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return folder;
};

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

/** As much of better-sqlite3 as the store uses. */
const database = () => {
  const sqlite = new DatabaseSync(":memory:");
  return {
    close: () => sqlite.close(),
    prepare: (sql: string) => {
      const statement = sqlite.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        get: (...values: readonly SQLInputValue[]) => statement.get(...values),
        all: (values: readonly SQLInputValue[] = []) => statement.all(...values),
        run: (values: readonly SQLInputValue[] = []) => statement.run(...values),
      };
    },
  };
};

/** A relay of `@nostr-relay` with its own store and validator, on the loopback. */
export const startNostrRelay = async () => {
  const folder = install();
  const { NostrRelay, EventRepositorySqlite, Validator } = load(folder);
  const store = new EventRepositorySqlite(database());
  await store.init();
  // It would answer a question from its cache for a second.
  const relay = new NostrRelay(store, { filterResultCacheTtl: 0, eventHandlingResultCacheTtl: 0 });
  const validator = new Validator();
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    relay.handleConnection(socket);
    socket.on("message", async (data) => {
      try {
        await relay.handleMessage(socket, await validator.validateIncomingMessage(Buffer.from(data.toString())));
      } catch (error) {
        socket.send(JSON.stringify(["NOTICE", `invalid: ${error instanceof Error ? error.message : ""}`]));
      }
    });
    socket.on("close", () => relay.handleDisconnect(socket));
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const address: AddressInfo | string | null = server.address();
  return {
    url: `ws://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`,
    close: async (): Promise<void> => {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
};
