import { once } from "node:events";
import dynalite from "dynalite";

export interface EmbeddedDynamoDb {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** DynamoDB's API on LevelDB in this process, on a free port of the loopback. Without a folder it is in memory. */
export const startEmbedded = async ({ dir }: { readonly dir: string | undefined }): Promise<EmbeddedDynamoDb> => {
  const server = dynalite({ path: dir, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the embedded DynamoDB got no port on 127.0.0.1");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      const closed = Promise.withResolvers<void>();
      server.close((error) => (error ? closed.reject(error) : closed.resolve()));
      await closed.promise;
    },
  };
};
