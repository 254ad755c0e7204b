import type { AddressInfo } from "node:net";
import { afterEach, beforeEach } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";

type Message = readonly [kind: string, ...rest: readonly unknown[]];

export interface RelayServer {
  readonly url: string;
  /** The messages of clients. */
  readonly heard: readonly Message[];
  /** The relay's answer to a message, by default none. A text is sent as it is. */
  answer: (message: Message, socket: WebSocket) => readonly (Message | string)[];
}

const isMessage = (value: unknown): value is Message => Array.isArray(value) && typeof value[0] === "string";

/** Starts relays on the loopback for the tests of a file, which answer as a test says. */
export const relayServers = (count: number): readonly RelayServer[] => {
  const relays = Array.from({ length: count }, () => ({
    url: "",
    heard: [] as Message[],
    answer: (): readonly (Message | string)[] => [],
  }));
  let servers: readonly WebSocketServer[] = [];
  beforeEach(async () => {
    servers = relays.map((relay) => {
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      Object.assign(relay, { heard: [], answer: () => [] });
      server.on("connection", (socket) =>
        socket.on("message", (data) => {
          const message: unknown = JSON.parse(data.toString());
          if (!isMessage(message)) return;
          relay.heard.push(message);
          const { answer }: RelayServer = relay;
          for (const said of answer(message, socket))
            socket.send(typeof said === "string" ? said : JSON.stringify(said));
        }),
      );
      return server;
    });
    await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
    for (const [index, server] of servers.entries()) {
      const address: AddressInfo | string | null = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      Object.assign(relays[index] ?? {}, { url: `ws://127.0.0.1:${port}/` });
    }
  });
  afterEach(async () => {
    for (const server of servers) {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  return relays;
};
