import {
  type AttributeValue,
  CreateTableCommand,
  type DynamoDBClient,
  paginateScan,
  ResourceInUseException,
  type ScanCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import type { Instant } from "../domain/time.ts";
import { indexes, tableKeys } from "./keys.ts";

type Item = Readonly<Record<string, AttributeValue>>;
type Index = (typeof indexes)[keyof typeof indexes];

const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: "HASH" as const },
  { AttributeName: sort, KeyType: "RANGE" as const },
];

/** The input of `CreateTable`. */
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

/** Creates the table if it does not exist, and resolves when it can be used. A deployment's table is created by its stack. */
export const createTable = async (client: DynamoDBClient, table: string): Promise<void> => {
  try {
    await client.send(new CreateTableCommand({ TableName: table, ...tableDefinition }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.01, maxDelay: 0.1 }, { TableName: table });
};

const { partition: pk, sort: sk } = tableKeys;

const attributes = [
  ...new Set([pk, sk, ...Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort])]),
];

async function* scan(client: DynamoDBClient, input: ScanCommandInput): AsyncGenerator<Item> {
  for await (const { Items } of paginateScan({ client }, input)) yield* Items ?? [];
}

const update = (client: DynamoDBClient, item: Item, input: Omit<UpdateItemCommandInput, "Key">) => {
  const key = Object.fromEntries([pk, sk].flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
  return client.send(new UpdateItemCommand({ ...input, Key: key }));
};

/** Identifies an index entry: the row's keys in the table and in the index. */
const entryOf = (item: Item, { name, partition, sort }: Index): string =>
  JSON.stringify([name, item[pk]?.S, item[sk]?.S, item[partition]?.S, item[sort]?.N]);

const isIndexed = (item: Item, { partition, sort }: Index): boolean =>
  item[partition] !== undefined && item[sort] !== undefined;

/**
 * After an unclean stop the embedded database may lack index entries of rows that it kept (57 due rows after 60 kills).
 * Writes every such row again, unchanged, and returns their number. Runs once, before anything else. Readers skip
 * entries without a row.
 */
export const repairDue = async (client: DynamoDBClient, table: string): Promise<number> => {
  const indexed = new Set<string>();
  for (const index of Object.values(indexes))
    for await (const item of scan(client, { TableName: table, IndexName: index.name }))
      indexed.add(entryOf(item, index));
  const keys = {
    ConsistentRead: true,
    ProjectionExpression: attributes.map((name) => `#${name}`).join(", "),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
  let repaired = 0;
  for await (const item of scan(client, { TableName: table, ...keys })) {
    const missing = Object.values(indexes).find(
      (index) => isIndexed(item, index) && !indexed.has(entryOf(item, index)),
    );
    if (missing === undefined) continue;
    const unchanged = { UpdateExpression: "SET #sort = #sort", ExpressionAttributeNames: { "#sort": missing.sort } };
    await update(client, item, { TableName: table, ...unchanged });
    repaired += 1;
  }
  return repaired;
};

/**
 * Ends every lease of a process that is certainly dead, because this one has the lock of the data folder: its feeds can
 * be rendered at once, and its claims have expired. A request in flight may still be applied, which `settle` waits for.
 */
export const endLeases = async (client: DynamoDBClient, table: string, now: Instant): Promise<void> => {
  const filter = { FilterExpression: "attribute_exists(lease) OR attribute_exists(leaseUntil)" };
  for await (const item of scan(client, { TableName: table, ConsistentRead: true, ...filter })) {
    const isClaim = item.leaseUntil !== undefined;
    await update(client, item, {
      TableName: table,
      UpdateExpression: isClaim ? "SET leaseUntil = :now, dueAt = :now" : "REMOVE lease",
      ExpressionAttributeValues: isClaim ? { ":now": { N: String(now) } } : undefined,
    });
  }
};
