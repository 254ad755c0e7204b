import {
  type AttributeValue,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  paginateScan,
  UpdateItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { inGroups } from "../domain/concurrency.ts";
import type { Instant } from "../domain/time.ts";
import { rowOfItem, writeId } from "./dynamo-table.ts";
import { rowKey } from "./index-pages.ts";
import { dueAttributes, type Key } from "./keys.ts";
import type { Row } from "./table.ts";

/** A table that is read or written as a whole: by its owner, never by a function. */
export interface WholeTable {
  readonly client: DynamoDBClient;
  /** The table's name. */
  readonly name: string;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Every row, in no order. */
export async function* dynamoRows({ client, name }: Omit<WholeTable, "pause">): AsyncGenerator<Row, void> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName: name, ConsistentRead: true }))
    for (const item of Items) yield rowOfItem(item);
}

/** The limit of one BatchWriteItem. */
const batchSize = 25;
const parallel = 8;
const maxRounds = 12;

/** DynamoDB may leave out a part of a batch when it is busy: that is sent again, later each time. */
const writeBatch = async (requests: readonly WriteRequest[], { client, name, pause }: WholeTable): Promise<void> => {
  let left = [...requests];
  for (let round = 0; left.length > 0; round += 1) {
    if (round === maxRounds) throw new Error(`the table ${name} takes no more writes now: try again later`);
    if (round > 0) await pause(50 * 2 ** round);
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: left } }));
    left = UnprocessedItems?.[name] ?? [];
  }
};

const writeAll = async (requests: AsyncIterable<WriteRequest>, table: WholeTable): Promise<void> => {
  for await (const batches of inGroups(inGroups(requests, batchSize), parallel))
    await Promise.all(batches.map((batch) => writeBatch(batch, table)));
};

/** Puts rows whatever is there. `id`: of these writes, by which `wakeRow` knows a row that nobody has changed since. */
export const putRows = (rows: AsyncIterable<Row & Key>, id: string, table: WholeTable): Promise<void> => {
  const toItem = (row: Row): Record<string, AttributeValue> =>
    marshall({ ...row, [writeId]: id }, { removeUndefinedValues: true });
  async function* requests(): AsyncGenerator<WriteRequest> {
    for await (const row of rows) yield { PutRequest: { Item: toItem(row) } };
  }
  return writeAll(requests(), table);
};

export const removeRows = (rows: AsyncIterable<Row>, table: WholeTable): Promise<void> => {
  async function* requests(): AsyncGenerator<WriteRequest> {
    for await (const row of rows) yield { DeleteRequest: { Key: marshall(rowKey.parse(row)) } };
  }
  return writeAll(requests(), table);
};

/** Makes a row due that was put with this id and not written since; any other stays as it is. */
export const wakeRow = async (
  { pk, sk }: Key,
  due: Instant,
  id: string,
  { client, name }: Omit<WholeTable, "pause">,
): Promise<void> => {
  const { dueShard, dueAt } = { dueShard: undefined, dueAt: undefined, ...dueAttributes({ pk, sk }, due) };
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: name,
        Key: marshall({ pk, sk }),
        UpdateExpression: "SET #shard = :shard, #at = :at, #write = :woken",
        ConditionExpression: "#write = :id",
        ExpressionAttributeNames: { "#shard": "dueShard", "#at": "dueAt", "#write": writeId },
        ExpressionAttributeValues: marshall({ ":shard": dueShard, ":at": dueAt, ":id": id, ":woken": `${id}#woken` }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};
