import * as z from "zod";
import { BadCursor, NewerRow } from "../domain/errors.ts";
import type { Instant } from "../domain/time.ts";
import type { Page } from "../ports/store.ts";
import type { Key } from "./keys.ts";

/**
 * Text, numbers, booleans, null, and lists and maps of these; bytes only as the attribute `body`. Undefined values are not
 * stored.
 */
export type Row = Readonly<Record<string, unknown>>;

/** A condition on the stored row for a write. A comparison with a missing attribute is false, and its negation is true. */
export type Condition =
  | { readonly kind: "absent" }
  | { readonly kind: "present" }
  /** True if there is no row, or its version is this one or lower. */
  | { readonly kind: "notNewer"; readonly version: number }
  | {
      readonly kind: "is";
      readonly field: "version" | "nudges" | "revision" | "failures" | "post" | "title" | "save";
      readonly value: string | number;
    }
  /** True if there is a row, and its version is not a number. */
  | { readonly kind: "unversioned" }
  /** True if there is no row, or its format is not a number above this one. */
  | { readonly kind: "formatAtMost"; readonly format: number }
  | { readonly kind: "lacks"; readonly field: "lease" | "failures" | "save" }
  | DueCondition
  | LeaseCondition
  | { readonly kind: "all"; readonly of: readonly Condition[] };

export type DueCondition =
  | { readonly kind: "dueBy"; readonly at: Instant }
  /** True if the row is due after this moment, or not due. */
  | { readonly kind: "dueLater"; readonly at: Instant };

export type LeaseCondition =
  /** True if there is no lease, or it has expired. */
  | { readonly kind: "leaseFree"; readonly now: Instant }
  | { readonly kind: "leaseOf"; readonly holder: string }
  /** True if another worker has the lease, or nobody. */
  | { readonly kind: "leaseNotOf"; readonly holder: string };

/** The changes of an update, which creates the row if there is none. */
export interface Change {
  readonly set?: Row;
  /** Attributes that are set only if the row lacks them. */
  readonly setIfMissing?: Row;
  readonly remove?: readonly string[];
  /** Numbers that are added to attributes. A missing attribute counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
}

/** Selects rows of a partition by their sort key: text in the table, a number in an index. `between` includes both ends. */
export type SortRange =
  | { readonly prefix: string }
  | { readonly between: readonly [string, string] }
  | { readonly atMost: number }
  | { readonly after: number };

/** The sort key of an index is a number. A row without the attributes of an index is not in it. */
export interface Index {
  readonly name: string;
  readonly partition: string;
  readonly sort: string;
}

/** The row after which a list continues: its keys in the table and in the index. */
export type Cursor = Readonly<Record<string, string | number>>;

export interface Query {
  readonly index?: Index;
  readonly partition: string;
  readonly sort?: SortRange;
  readonly newestFirst?: boolean;
  /** The number of rows in one page. */
  readonly limit: number;
  readonly from?: Cursor;
}

export interface QueryPage {
  readonly rows: readonly Row[];
  readonly next: Cursor | undefined;
}

export interface PutOptions {
  /**
   * The row survives a power cut once the put has resolved. Other writes on one machine survive the end of the process, but
   * a power cut may lose the last ones.
   */
  readonly durable: boolean;
}

/** The calls that the store needs. A failed condition is a result, every other failure throws. */
export interface Table {
  /** A consistent read. */
  get(key: Key): Promise<Row | undefined>;
  put(row: Row & Key, condition?: Condition, options?: PutOptions): Promise<boolean>;
  /** The row after the update; undefined if the condition did not hold. */
  update(key: Key, change: Change, condition: Condition): Promise<Row | undefined>;
  /** Removing a missing row is not a failure. */
  remove(key: Key, condition?: Condition): Promise<boolean>;
  /** A consistent read, except of an index: that may be late, and returns only the rows' keys in the index and the table. */
  page(query: Query): Promise<QueryPage>;
  /** Called with a row that cannot be read. Absent where nobody is told. */
  readonly onUnreadable?: (unreadable: UnreadableRow) => void;
}

/** A stored row that cannot be read: its attributes have other types than Crier writes, or its text is damaged. */
export interface UnreadableRow {
  readonly key: Key;
  /** The attributes that cannot be read. */
  readonly names: readonly string[];
  /** The formats of the row and of this program, if the row has a newer one. */
  readonly newer?: { readonly found: number; readonly own: number };
}

/** Yields the rows of every page. */
export async function* allRows(table: Table, query: Query): AsyncGenerator<Row, void> {
  let from = query.from;
  do {
    const { rows, next } = await table.page({ ...query, ...(from && { from }) });
    yield* rows;
    from = next;
  } while (from !== undefined);
}

/** Collects all rows. Only for queries that are always small: the deliveries of one post, the feeds of one site. */
export const collect = async (table: Table, query: Query): Promise<readonly Row[]> => {
  const collected: Row[] = [];
  for await (const row of allRows(table, query)) collected.push(row);
  return collected;
};

export const allOf = (...of: readonly Condition[]): Condition => ({
  kind: "all",
  of: of.flatMap((one) => (one.kind === "all" ? one.of : [one])),
});

/**
 * The version of a row whose own cannot be read. It is higher than one that was counted, so that what is written after it
 * is newer than what was written before.
 */
export const unreadableVersion = 1_000_000_000;

/** The version of a row, whatever else in it cannot be read. */
export const readableVersion = ({ version }: Row): number =>
  typeof version === "number" && Number.isSafeInteger(version) && version > 0 ? version : unreadableVersion;

/** The format of a row. One that has none, or a damaged one, is of the first. */
export const formatOf = ({ format }: Row): number => (typeof format === "number" ? format : 0);

/** Reads a row, except one of a newer format, which this program leaves as it is. */
export const readUnlessNewer = async (table: Table, key: Key): Promise<Row | undefined> => {
  try {
    return await table.get(key);
  } catch (error) {
    if (error instanceof NewerRow) return undefined;
    throw error;
  }
};

/** Every save raises `version` by one. A row that does not exist yet has version 0. */
export const onVersion = (version: number): Condition => {
  if (version === 0) return { kind: "absent" };
  return version === unreadableVersion ? { kind: "unversioned" } : { kind: "is", field: "version", value: version };
};

/** Returns the names of the attributes that a schema could not read. */
export const faultyNames = ({ issues }: z.ZodError): readonly string[] => [
  ...new Set(issues.map(({ path: [name] }) => String(name ?? "row"))),
];

/** Parses a row. One that cannot be read is reported, and undefined: it is one fault, and stops nothing else. */
export const parseRow = <Schema extends z.ZodType>(
  table: Table,
  row: Row,
  schema: Schema,
): z.output<Schema> | undefined => {
  const { data, error } = schema.safeParse(row);
  if (error !== undefined) table.onUnreadable?.({ key: rowKey.parse(row), names: faultyNames(error) });
  return data;
};

/** Parses a row. What cannot be read of it is reported, and replaced by what a new row would have. */
export const parseOrReplace = <Schema extends z.ZodType>(
  table: Table,
  row: Row,
  schema: Schema,
  fresh: Row,
): z.output<Schema> => {
  const { data, error } = schema.safeParse(row);
  if (error === undefined) return data;
  const names = faultyNames(error);
  table.onUnreadable?.({ key: rowKey.parse(row), names });
  const readable = Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
  return schema.parse({ ...fresh, ...readable, version: readableVersion(row) });
};

/** Reads a row by its key. Undefined if there is none, or if it cannot be read. */
export const readRow = async <Schema extends z.ZodType>(
  table: Table,
  key: Key,
  schema: Schema,
): Promise<z.output<Schema> | undefined> => {
  const row = await table.get(key);
  return row && parseRow(table, row, schema);
};

/** Reads a row by its key. `fresh`: the row if there is none yet. The next save replaces what cannot be read. */
export const readOrFresh = async <Schema extends z.ZodType>(
  table: Table,
  key: Key,
  schema: Schema,
  fresh: Row,
): Promise<z.output<Schema>> => {
  const row = await table.get(key);
  return row === undefined ? schema.parse({ ...fresh, version: 0 }) : parseOrReplace(table, row, schema, fresh);
};

/** Saves a row as a whole. False if another worker has saved it since it was read. */
export const saveRow = (table: Table, key: Key, row: { readonly version: number }): Promise<boolean> =>
  table.put({ ...key, ...row, version: row.version + 1 }, onVersion(row.version));

export const rowKey = z.object({ pk: z.string(), sk: z.string() });

const keyText = z.string().min(1).max(1024);

/** Encodes a cursor as base64url: it is opaque to callers and used in URLs. */
const encodeCursor = (next: Cursor | undefined): string | undefined =>
  next && Buffer.from(JSON.stringify(next)).toString("base64url");

/** Accepts only keys that a table can have returned: DynamoDB answers others with its own error. */
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

interface IndexQuery extends Omit<Query, "from" | "index"> {
  readonly index: Index;
  readonly from: string | undefined;
}

/** Reads a page of the entries of an index: keys and positions, without their rows. */
export const readIndexKeys = async (table: Table, { from, ...query }: IndexQuery): Promise<Page<Row>> => {
  const start = decodeCursor(from, query.partition, query.index);
  const page = await table.page({ ...query, ...(start && { from: start }) });
  return { rows: page.rows, next: encodeCursor(page.next) };
};

/** One page of an index, with the rows read from the table. An entry is left out if its row was removed or changed, or has a newer format. */
export const readIndexPage = async (table: Table, query: IndexQuery): Promise<Page<Row>> => {
  const { index } = query;
  const page = await readIndexKeys(table, query);
  const rows = await Promise.all(
    page.rows.map(async (entry) => {
      const row = await readUnlessNewer(table, rowKey.parse(entry));
      return row?.[index.partition] === entry[index.partition] && row?.[index.sort] === entry[index.sort]
        ? row
        : undefined;
    }),
  );
  return { rows: rows.filter((row) => row !== undefined), next: page.next };
};

/** A moment that a date can have (ECMA-262 §21.4.1.1): `toISOString` throws for any other. */
export const instant = z.number().min(-8.64e15).max(8.64e15);

/** An attribute that a row may lack. The parsed row always has the property. */
export const orUndefined = <T extends z.ZodType>(attribute: T) => attribute.optional().prefault(undefined);
