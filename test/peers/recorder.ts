import { once } from "node:events";
import { createServer, request } from "node:http";

export interface Recorder {
  /** The URL of a file for one reader, so that its responses can be told apart. */
  address(reader: string, file: string): string;
  /** The status codes of the responses at this URL since the last call. */
  take(address: string): readonly number[];
  stop(): Promise<void>;
}

/** A proxy between the readers and Crier that records the status codes. */
export const recorderFor = async (upstream: string): Promise<Recorder> => {
  const { port, hostname } = new URL(upstream);
  const statuses = new Map<string, number[]>();
  const server = createServer((received, response) => {
    const { method, url = "/", headers } = received;
    const path = url.replace(/^\/[^/]+/, "");
    const forwarded = request({ hostname, port, method, path, headers }, (reply) => {
      const status = reply.statusCode ?? 502;
      statuses.set(url, [...(statuses.get(url) ?? []), status]);
      response.writeHead(status, reply.rawHeaders);
      reply.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    received.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the recorder has no port");
  return {
    address: (reader, file) => `http://127.0.0.1:${address.port}/${encodeURIComponent(reader)}/${file}`,
    take: (at) => {
      const { pathname } = new URL(at);
      const recorded = statuses.get(pathname) ?? [];
      statuses.delete(pathname);
      return recorded;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};
