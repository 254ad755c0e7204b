import {
  type AttributeValue,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
  QueryCommand,
  UpdateItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { inGroups } from "../domain/concurrency.ts";
import { doublingPause } from "../domain/retry.ts";
import { type Instant, minute } from "../domain/time.ts";
import type { TokenStore } from "../ports/networks.ts";
import type { Runtime } from "../ports/runtime.ts";
import type { Store } from "../ports/store.ts";
import { dueAttributes, type Key, tableKeys } from "./keys.ts";
import {
  type Change,
  type Condition,
  type DueCondition,
  type LeaseCondition,
  type Query,
  type Row,
  rowKey,
  type SortRange,
  type Table,
} from "./table.ts";
import { type StoreOptions, tableStore } from "./table-store.ts";

const toItem = (row: Row) => marshall(row, { removeUndefinedValues: true });

const toKey = ({ pk, sk }: Key) => marshall({ pk, sk });

/**
 * The names and values of one command. Every attribute is written as `#name`, because DynamoDB reserves 573 words, such as
 * `state` and `key`. All expressions of a command share the names of values: each value has its own placeholder.
 */
const placeholders = () => {
  const names = new Map<string, string>();
  const values: unknown[] = [];
  const name = (attribute: string): string => {
    names.set(`#${attribute}`, attribute);
    return `#${attribute}`;
  };
  const value = (given: unknown): string => `:v${values.push(given)}`;
  const used = () => ({
    ExpressionAttributeNames: Object.fromEntries(names),
    ExpressionAttributeValues:
      values.length === 0 ? undefined : toItem(Object.fromEntries(values.map((one, index) => [`:v${index + 1}`, one]))),
  });
  return { name, value, used };
};
type Placeholders = ReturnType<typeof placeholders>;

const conditionText = (condition: Condition, to: Placeholders): string => {
  const { name, value } = to;
  switch (condition.kind) {
    case "absent":
      return `attribute_not_exists(${name(tableKeys.partition)})`;
    case "present":
      return `attribute_exists(${name(tableKeys.partition)})`;
    case "notNewer":
      return `(attribute_not_exists(${name(tableKeys.partition)}) OR ${name("version")} <= ${value(condition.version)})`;
    case "is":
      return `${name(condition.field)} = ${value(condition.value)}`;
    case "unversioned":
      return `(attribute_exists(${name(tableKeys.partition)}) AND NOT attribute_type(${name("version")}, ${value("N")}))`;
    case "formatAtMost":
      return `NOT ${name("format")} > ${value(condition.format)}`;
    case "lacks":
      return `attribute_not_exists(${name(condition.field)})`;
    case "dueBy":
    case "dueLater":
      return dueText(condition, to);
    case "leaseFree":
    case "leaseOf":
    case "leaseNotOf":
      return leaseText(condition, to);
    case "all":
      return condition.of.map((one) => conditionText(one, to)).join(" AND ");
  }
};

const dueText = (condition: DueCondition, { name, value }: Placeholders): string => {
  const dueAt = name("dueAt");
  return condition.kind === "dueBy"
    ? `${dueAt} <= ${value(condition.at)}`
    : `(attribute_not_exists(${dueAt}) OR ${dueAt} > ${value(condition.at)})`;
};

const leaseText = (condition: LeaseCondition, { name, value }: Placeholders): string => {
  const lease = name("lease");
  switch (condition.kind) {
    case "leaseFree":
      return `(attribute_not_exists(${lease}) OR ${lease}.${name("until")} <= ${value(condition.now)})`;
    case "leaseOf":
      return `${lease}.${name("holder")} = ${value(condition.holder)}`;
    case "leaseNotOf":
      return `NOT ${lease}.${name("holder")} = ${value(condition.holder)}`;
  }
};

const conditional = (condition: Condition | undefined) => {
  if (condition === undefined) return {};
  const to = placeholders();
  return { ConditionExpression: conditionText(condition, to), ...to.used() };
};

const changeText = ({ set = {}, setIfMissing = {}, remove = [], add = {} }: Change, { name, value }: Placeholders) => {
  const assignments = Object.entries(set).map(([field, given]) => `${name(field)} = ${value(given)}`);
  const defaults = Object.entries(setIfMissing).map(
    ([field, given]) => `${name(field)} = if_not_exists(${name(field)}, ${value(given)})`,
  );
  const clauses = {
    SET: [...assignments, ...defaults],
    REMOVE: remove.map(name),
    ADD: Object.entries(add).map(([field, given]) => `${name(field)} ${value(given)}`),
  };
  return Object.entries(clauses)
    .filter(([, parts]) => parts.length > 0)
    .map(([clause, parts]) => `${clause} ${parts.join(", ")}`)
    .join(" ");
};

const rangeText = (range: SortRange, sort: string, { value }: Placeholders): string => {
  if ("prefix" in range) return `begins_with(${sort}, ${value(range.prefix)})`;
  if ("atMost" in range) return `${sort} <= ${value(range.atMost)}`;
  if ("after" in range) return `${sort} > ${value(range.after)}`;
  return `${sort} BETWEEN ${value(range.between[0])} AND ${value(range.between[1])}`;
};

const queryInput = ({ index, partition, sort, newestFirst, limit, from }: Query) => {
  const to = placeholders();
  const keys = index ?? tableKeys;
  const ofPartition = `${to.name(keys.partition)} = ${to.value(partition)}`;
  return {
    IndexName: index?.name,
    ConsistentRead: index === undefined,
    KeyConditionExpression:
      sort === undefined ? ofPartition : `${ofPartition} AND ${rangeText(sort, to.name(keys.sort), to)}`,
    ...to.used(),
    ScanIndexForward: !newestFirst,
    Limit: limit,
    ExclusiveStartKey: from && toItem(from),
  };
};

const updateExpressions = (change: Change, condition: Condition) => {
  const to = placeholders();
  const expressions = {
    UpdateExpression: changeText(change, to),
    ConditionExpression: conditionText(condition, to),
  };
  return { ...expressions, ...to.used() };
};

const unlessConditionFailed = async <T>(call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};

/** The attribute of every row that has the id of its last write. */
export const writeId = "writeId";

export const rowOfItem = (item: Record<string, AttributeValue>): Row => {
  const { [writeId]: _, ...row } = unmarshall(item);
  return row;
};

/**
 * The table in DynamoDB. Only this file translates conditions, changes and ranges into its expressions. The SDK repeats a
 * request whose response was lost. If the write had been applied, its condition fails the second time: such a write is
 * recognised by its id.
 */
export const dynamoTable = (client: DynamoDBClient, name: string, newId: Runtime["newId"]): Table => {
  const getItem = async (key: Key) =>
    (await client.send(new GetItemCommand({ TableName: name, Key: toKey(key), ConsistentRead: true }))).Item;

  /** After a failed condition, returns the row if the same write had already been applied. */
  const madeBy = async (id: string, key: Key): Promise<Row | undefined> => {
    const item = await getItem(key);
    return item?.[writeId]?.S === id ? rowOfItem(item) : undefined;
  };

  return {
    get: async (key) => {
      const item = await getItem(key);
      return item && rowOfItem(item);
    },
    put: async (row, condition) => {
      const id = newId();
      const command = new PutItemCommand({
        TableName: name,
        Item: toItem({ ...row, [writeId]: id }),
        ...conditional(condition),
      });
      return ((await unlessConditionFailed(client.send(command))) ?? (await madeBy(id, row))) !== undefined;
    },
    update: async (key, change, condition) => {
      const id = newId();
      const command = new UpdateItemCommand({
        TableName: name,
        Key: toKey(key),
        ...updateExpressions({ ...change, set: { ...change.set, [writeId]: id } }, condition),
        ReturnValues: "ALL_NEW",
      });
      const answer = await unlessConditionFailed(client.send(command));
      return answer === undefined ? madeBy(id, key) : rowOfItem(answer.Attributes ?? {});
    },
    remove: async (key, condition) =>
      (await unlessConditionFailed(
        client.send(new DeleteItemCommand({ TableName: name, Key: toKey(key), ...conditional(condition) })),
      )) !== undefined,
    page: async (query) => {
      const answer = await client.send(new QueryCommand({ TableName: name, ...queryInput(query) }));
      return {
        rows: (answer.Items ?? []).map(rowOfItem),
        next: answer.LastEvaluatedKey && unmarshall(answer.LastEvaluatedKey),
      };
    },
  };
};

export interface DynamoOptions extends StoreOptions {
  readonly client: DynamoDBClient;
  /** The table's name. */
  readonly table: string;
}

export const dynamoStore = ({ client, table, ...options }: DynamoOptions): Store & TokenStore =>
  tableStore(dynamoTable(client, table, options.newId), options);

/** A table that is read or written as a whole, which only its owner does, never a function. */
export interface WholeTable {
  readonly client: DynamoDBClient;
  /** The table's name. */
  readonly name: string;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Yields every row, in no order. */
export async function* dynamoRows({ client, name }: Omit<WholeTable, "pause">): AsyncGenerator<Row, void> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName: name, ConsistentRead: true }))
    for (const item of Items) yield rowOfItem(item);
}

/** The limit of one BatchWriteItem. */
const batchSize = 25;
const parallel = 8;
const maxRounds = 12;
/** In ms. Twelve rounds take about three minutes. */
const batchPauses = { first: 100, longest: 2 * minute };

/** DynamoDB may leave out a part of a batch when it is busy. That part is sent again after a growing pause. */
const writeBatch = async (requests: readonly WriteRequest[], { client, name, pause }: WholeTable): Promise<void> => {
  let left = [...requests];
  for (let round = 0; left.length > 0; round += 1) {
    if (round === maxRounds) throw new Error(`the table ${name} accepts no more writes now: try again later`);
    if (round > 0) await pause(doublingPause(batchPauses, round));
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: left } }));
    left = UnprocessedItems?.[name] ?? [];
  }
};

const writeAll = async (requests: AsyncIterable<WriteRequest>, table: WholeTable): Promise<void> => {
  for await (const batches of inGroups(inGroups(requests, batchSize), parallel))
    await Promise.all(batches.map((batch) => writeBatch(batch, table)));
};

/** Puts rows without a condition. `id` is the id of all these writes, by which `wakeRow` recognises unchanged rows. */
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

/** Makes a row due if it was put with this id and not written since. Any other row stays unchanged. */
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
