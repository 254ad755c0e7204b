import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { Page } from "../ports/store.ts";
import type { Query, Row, Table } from "./table.ts";

export const rowKey = z.object({ pk: z.string(), sk: z.string() });

const startKey = z.record(z.string(), z.union([z.object({ S: z.string() }), z.object({ N: z.string() })]));

/** A cursor says nothing to its bearer and is checked when it comes back: it travels through URLs. */
const toCursor = (key: Readonly<Record<string, AttributeValue>> | undefined): string | undefined =>
  key && Buffer.from(JSON.stringify(key)).toString("base64url");

const fromCursor = (cursor: string | undefined, partition: string, name: string) => {
  if (cursor === undefined) return undefined;
  try {
    const key = startKey.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    const own = key[name];
    if (own !== undefined && "S" in own && own.S === partition) return key;
  } catch (cause) {
    throw new RangeError(`"${cursor}" does not continue this list: ask for it without \`from\``, { cause });
  }
  throw new RangeError(`"${cursor}" continues another list: ask for this one without \`from\``);
};

/** One page of the rows that an index names, read from the table: an entry whose row is gone or has moved on is passed over. */
export const listed = async (
  table: Table,
  {
    index,
    from,
    ...query
  }: Omit<Query, "from" | "index"> & {
    readonly index: NonNullable<Query["index"]>;
    readonly from?: string | undefined;
  },
): Promise<Page<Row>> => {
  const start = fromCursor(from, query.partition, index.partition);
  const page = await table.page({ ...query, index, from: start });
  const rows = await Promise.all(
    page.rows.map(async (entry) => {
      const row = await table.get(rowKey.parse(entry));
      return row?.[index.partition] === entry[index.partition] && row?.[index.sort] === entry[index.sort]
        ? row
        : undefined;
    }),
  );
  return { rows: rows.filter((row) => row !== undefined), next: toCursor(page.next) };
};
