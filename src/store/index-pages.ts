import * as z from "zod";
import type { Page } from "../ports/store.ts";
import type { Cursor, Index, Query, Row, Table } from "./table.ts";

export const rowKey = z.object({ pk: z.string(), sk: z.string() });

const cursor = z.record(z.string(), z.union([z.string(), z.number()]));

/** A cursor says nothing to its bearer and is checked when it comes back: it travels through URLs. */
const toText = (next: Cursor | undefined): string | undefined =>
  next && Buffer.from(JSON.stringify(next)).toString("base64url");

const fromText = (text: string | undefined, partition: string, name: string): Cursor | undefined => {
  if (text === undefined) return undefined;
  try {
    const next = cursor.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
    if (next[name] === partition) return next;
  } catch (cause) {
    throw new RangeError(`"${text}" does not continue this list: ask for it without \`from\``, { cause });
  }
  throw new RangeError(`"${text}" continues another list: ask for this one without \`from\``);
};

/** One page of the rows that an index names, read from the table: an entry whose row is gone or has moved on is passed over. */
export const listed = async (
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
  const start = fromText(from, query.partition, index.partition);
  const page = await table.page({ ...query, index, from: start });
  const rows = await Promise.all(
    page.rows.map(async (entry) => {
      const row = await table.get(rowKey.parse(entry));
      return row?.[index.partition] === entry[index.partition] && row?.[index.sort] === entry[index.sort]
        ? row
        : undefined;
    }),
  );
  return { rows: rows.filter((row) => row !== undefined), next: toText(page.next) };
};
