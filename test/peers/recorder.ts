import { once } from "node:events";
import { createServer, request } from "node:http";

export interface Recorder {
  /** Where a reader finds a file of Crier's: each reader has an address of its own, so that its answers can be told apart. */
  address(reader: string, file: string): string;
  /** Status codes of what was answered at that address since the last call. */
  take(address: string): readonly number[];
  stop(): Promise<void>;
}

/** Stands between the readers and Crier, passes everything on unchanged, and notes what was answered. */
export const recorderFor = async (upstream: string): Promise<Recorder> => {
  const { port, hostname } = new URL(upstream);
  const answers = new Map<string, number[]>();
  const server = createServer((asked, answer) => {
    const { method, url = "/", headers } = asked;
    const path = url.replace(/^\/[^/]+/, "");
    const onward = request({ hostname, port, method, path, headers }, (reply) => {
      const status = reply.statusCode ?? 502;
      answers.set(url, [...(answers.get(url) ?? []), status]);
      answer.writeHead(status, reply.rawHeaders);
      reply.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the recorder has no port");
  return {
    address: (reader, file) => `http://127.0.0.1:${address.port}/${encodeURIComponent(reader)}/${file}`,
    take: (at) => {
      const { pathname } = new URL(at);
      const taken = answers.get(pathname) ?? [];
      answers.delete(pathname);
      return taken;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};
