import * as z from "zod";
import { BadCursor } from "../domain/errors.ts";
import type { Page } from "../ports/store.ts";
import type { Cursor, Index, Query, Row, Table } from "./table.ts";

export const rowKey = z.object({ pk: z.string(), sk: z.string() });

const keyText = z.string().min(1).max(1024);

/** As base64url: a cursor is opaque to callers and used in URLs. */
const encodeCursor = (next: Cursor | undefined): string | undefined =>
  next && Buffer.from(JSON.stringify(next)).toString("base64url");

/** Accepts only keys that a table can have given: DynamoDB answers others with an error of its own. */
const decodeCursor = (from: string | undefined, partition: string, index: Index): Cursor | undefined => {
  if (from === undefined) return undefined;
  try {
    return z
      .strictObject({ pk: keyText, sk: keyText, [index.partition]: z.literal(partition), [index.sort]: z.int() })
      .parse(JSON.parse(Buffer.from(from, "base64url").toString()));
  } catch (cause) {
    throw new BadCursor({ cause });
  }
};

/** One page of an index, with the rows read from the table. An entry whose row was removed or changed is left out. */
export const readIndexPage = async (
  table: Table,
  {
    index,
    from,
    ...query
  }: Omit<Query, "from" | "index"> & {
    readonly index: Index;
    readonly from: string | undefined;
  },
): Promise<Page<Row>> => {
  const start = decodeCursor(from, query.partition, index);
  const page = await table.page({ ...query, index, ...(start && { from: start }) });
  const rows = await Promise.all(
    page.rows.map(async (entry) => {
      const row = await table.get(rowKey.parse(entry));
      return row?.[index.partition] === entry[index.partition] && row?.[index.sort] === entry[index.sort]
        ? row
        : undefined;
    }),
  );
  return { rows: rows.filter((row) => row !== undefined), next: encodeCursor(page.next) };
};
