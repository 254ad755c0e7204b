import * as z from "zod";
import { BadCursor } from "../domain/errors.ts";
import type { Page } from "../ports/store.ts";
import type { Cursor, Index, Query, Row, Table } from "./table.ts";

export const rowKey = z.object({ pk: z.string(), sk: z.string() });

const keyText = z.string().min(1).max(1024);

/** A cursor says nothing to its bearer and is checked when it comes back: it travels through URLs. */
const encodeCursor = (next: Cursor | undefined): string | undefined =>
  next && Buffer.from(JSON.stringify(next)).toString("base64url");

/** Exactly the keys that the table gave: an engine answers others with an error of its own. */
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

/** One page of the rows that an index names, read from the table: an entry whose row is gone or has moved on is passed over. */
export const readIndexPage = async (
  table: Table,
  {
    index,
    from,
    ...query
  }: Omit<Query, "from" | "index"> & {
    readonly index: Index;
    readonly from?: string | undefined;
  },
): Promise<Page<Row>> => {
  const start = decodeCursor(from, query.partition, index);
  const page = await table.page({ ...query, index, from: start });
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
