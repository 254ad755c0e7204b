import { once } from "node:events";
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { indexes, tableKeys } from "../../src/store/keys.ts";
import { localClient } from "./local-client.ts";

const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: "HASH" as const },
  { AttributeName: sort, KeyType: "RANGE" as const },
];

/** The input of `CreateTable`. A deployment's table is created by its stack, which a test compares with this. */
export const tableDefinition = {
  BillingMode: "PAY_PER_REQUEST" as const,
  AttributeDefinitions: [
    { AttributeName: tableKeys.partition, AttributeType: "S" as const },
    { AttributeName: tableKeys.sort, AttributeType: "S" as const },
    ...Object.values(indexes).flatMap(({ partition, sort }) => [
      { AttributeName: partition, AttributeType: "S" as const },
      { AttributeName: sort, AttributeType: "N" as const },
    ]),
  ],
  KeySchema: keySchema(tableKeys.partition, tableKeys.sort),
  GlobalSecondaryIndexes: Object.values(indexes).map(({ name, partition, sort }) => ({
    IndexName: name,
    KeySchema: keySchema(partition, sort),
    Projection: { ProjectionType: "KEYS_ONLY" as const },
  })),
};

/** Resolves when the table can be used. */
export const createTable = async (client: DynamoDBClient, table: string): Promise<void> => {
  await client.send(new CreateTableCommand({ TableName: table, ...tableDefinition }));
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.01, maxDelay: 0.1 }, { TableName: table });
};

const startDynalite = async (): Promise<string> => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // It ends with the process.
  server.unref();
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
};

/** All test files of this process share one DynamoDB. */
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
