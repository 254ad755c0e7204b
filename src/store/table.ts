import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Key } from "./keys.ts";

export type Row = Readonly<Record<string, unknown>>;

/** An expression in DynamoDB's language with `#name` for every attribute and `:value` for every value. */
export interface Expression {
  readonly text: string;
  readonly values?: Row | undefined;
}

export interface Query {
  readonly index?: { readonly name: string; readonly partition: string; readonly sort: string } | undefined;
  readonly partition: string;
  /** A condition on the sort key, in words of `#sort`. */
  readonly sort?: Expression | undefined;
  readonly newestFirst?: boolean | undefined;
  readonly limit: number;
  readonly from?: Readonly<Record<string, AttributeValue>> | undefined;
}

export interface QueryPage {
  readonly rows: readonly Row[];
  readonly next?: Readonly<Record<string, AttributeValue>> | undefined;
}

/** The few calls that rows need. A failed condition is an answer; every other failure throws. */
export interface Table {
  /** Consistent. */
  get(key: Key): Promise<Row | undefined>;
  put(row: Row & Key, condition?: Expression): Promise<boolean>;
  /** The row as it is afterwards; undefined where the condition did not hold. */
  update(key: Key, change: Expression, condition: Expression): Promise<Row | undefined>;
  remove(key: Key, condition?: Expression): Promise<boolean>;
  /** Consistent, unless it reads an index. */
  page(query: Query): Promise<QueryPage>;
  all(query: Query): AsyncIterable<Row>;
}

/** Only for what is bounded by nature: the deliveries of one post, the feeds of one site. */
export const collect = async (rows: AsyncIterable<Row>): Promise<readonly Row[]> => {
  const collected: Row[] = [];
  for await (const row of rows) collected.push(row);
  return collected;
};

/** Every attribute is written as `#name`: DynamoDB reserves 573 words, `state` and `key` among them. */
const namesIn = (...texts: readonly string[]): Record<string, string> =>
  Object.fromEntries([...texts.join(" ").matchAll(/#(\w+)/g)].map(([placeholder, name]) => [placeholder, name ?? ""]));

const toItem = (row: Row) => marshall(row, { removeUndefinedValues: true });

const valuesOf = (values: Row | undefined) =>
  values === undefined || Object.keys(values).length === 0
    ? undefined
    : toItem(Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])));

const conditional = (condition: Expression | undefined) =>
  condition === undefined
    ? {}
    : {
        ConditionExpression: condition.text,
        ExpressionAttributeNames: namesIn(condition.text),
        ExpressionAttributeValues: valuesOf(condition.values),
      };

const answered = async <T>(call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};

export const dynamoTable = (client: DynamoDBClient, name: string): Table => {
  const page = async ({ index, partition, sort, newestFirst, limit, from }: Query): Promise<QueryPage> => {
    const names = { "#partition": index?.partition ?? "pk", ...(sort && { "#sort": index?.sort ?? "sk" }) };
    const answer = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: index?.name,
        ConsistentRead: index === undefined,
        KeyConditionExpression:
          sort === undefined ? "#partition = :partition" : `#partition = :partition AND ${sort.text}`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: valuesOf({ ...sort?.values, partition }),
        ScanIndexForward: !newestFirst,
        Limit: limit,
        ExclusiveStartKey: from,
      }),
    );
    return { rows: (answer.Items ?? []).map((item) => unmarshall(item)), next: answer.LastEvaluatedKey };
  };

  return {
    get: async (key) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: name, Key: toItem({ ...key }), ConsistentRead: true }),
      );
      return Item && unmarshall(Item);
    },
    put: async (row, condition) =>
      (await answered(
        client.send(new PutItemCommand({ TableName: name, Item: toItem(row), ...conditional(condition) })),
      )) !== undefined,
    update: async (key, change, condition) => {
      const answer = await answered(
        client.send(
          new UpdateItemCommand({
            TableName: name,
            Key: toItem({ ...key }),
            UpdateExpression: change.text,
            ConditionExpression: condition.text,
            ExpressionAttributeNames: namesIn(change.text, condition.text),
            ExpressionAttributeValues: valuesOf({ ...change.values, ...condition.values }),
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      return answer && unmarshall(answer.Attributes ?? {});
    },
    remove: async (key, condition) =>
      (await answered(
        client.send(new DeleteItemCommand({ TableName: name, Key: toItem({ ...key }), ...conditional(condition) })),
      )) !== undefined,
    page,
    async *all(query) {
      let from = query.from;
      do {
        const { rows, next } = await page({ ...query, from });
        yield* rows;
        from = next;
      } while (from !== undefined);
    },
  };
};

/** `version` grows by one with every save; 0 stands for a row that does not exist yet. */
export const onVersion = (version: number): Expression =>
  version === 0 ? { text: "attribute_not_exists(#pk)" } : { text: "#version = :read", values: { read: version } };

/** No put and no delete touches what a newer version of the post wrote (interleavings 15, 16, 25). */
export const notNewer = (version: number): Expression => ({
  text: "attribute_not_exists(#pk) OR #version <= :mine",
  values: { mine: version },
});
