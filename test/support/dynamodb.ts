import { once } from "node:events";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { createTable } from "../../src/store/embedded-table.ts";

export const localClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });

const startDynalite = async (): Promise<string> => {
  const server = dynalite({ path: undefined, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // It ends with the process.
  server.unref();
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
};

/** One for all test files of this process. */
let running: Promise<string> | undefined;
let tables = 0;

export interface ADynamoTable {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly endpoint: string;
  stop(): void;
}

/** A new table of DynamoDB's API in memory. */
export const aDynamoTable = async (): Promise<ADynamoTable> => {
  running ??= startDynalite();
  const endpoint = await running;
  const client = localClient(endpoint);
  tables += 1;
  const name = `table-${tables}`;
  await createTable(client, name);
  return { client, name, endpoint, stop: () => client.destroy() };
};
