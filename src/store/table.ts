import type { Instant } from "../domain/time.ts";
import type { Key } from "./keys.ts";

/** Text, numbers, booleans, null, bytes, and lists and maps of these. What is undefined is not stored. */
export type Row = Readonly<Record<string, unknown>>;

/** What must hold of the stored row for a write to happen. A comparison with an attribute that the row lacks is false, and its opposite true. */
export type Condition =
  | { readonly kind: "absent" }
  | { readonly kind: "present" }
  /** There is no row, or its version is at most this one. */
  | { readonly kind: "notNewer"; readonly version: number }
  | {
      readonly kind: "is";
      readonly field: "version" | "nudges" | "revision" | "failures" | "post" | "title";
      readonly value: string | number;
    }
  | { readonly kind: "lacks"; readonly field: "lease" | "failures" }
  | { readonly kind: "dueBy"; readonly at: Instant }
  /** Due after this moment, or not at all. */
  | { readonly kind: "dueLater"; readonly at: Instant }
  /** Nobody has the lease, or it is over. */
  | { readonly kind: "leaseFree"; readonly now: Instant }
  | { readonly kind: "leaseOf"; readonly holder: string }
  /** Somebody else has the lease, or nobody. */
  | { readonly kind: "leaseNotOf"; readonly holder: string }
  | { readonly kind: "all"; readonly of: readonly Condition[] };

/** What an update does to a row; it makes the row where there is none. */
export interface Change {
  readonly set?: Row | undefined;
  /** Set where the row lacks the attribute. */
  readonly setIfMissing?: Row | undefined;
  readonly remove?: readonly string[] | undefined;
  /** Added to a number; a missing one counts as 0. */
  readonly add?: Readonly<Record<string, number>> | undefined;
}

/** Which rows of a partition, by their sort key: text in the table, a number in an index. Both ends of `between` count. */
export type SortRange =
  | { readonly prefix: string }
  | { readonly between: readonly [string, string] }
  | { readonly atMost: number };

/** The sort key of an index is a number. A row without an index's attributes is not in it. */
export interface Index {
  readonly name: string;
  readonly partition: string;
  readonly sort: string;
}

/** The row after which a list goes on: its keys in the table and in the index. */
export type Cursor = Readonly<Record<string, string | number>>;

export interface Query {
  readonly index?: Index | undefined;
  readonly partition: string;
  readonly sort?: SortRange | undefined;
  readonly newestFirst?: boolean | undefined;
  /** Of one page. */
  readonly limit: number;
  readonly from?: Cursor | undefined;
}

export interface QueryPage {
  readonly rows: readonly Row[];
  readonly next?: Cursor | undefined;
}

/** The few calls that rows need. A failed condition is an answer; every other failure throws. */
export interface Table {
  /** Consistent. */
  get(key: Key): Promise<Row | undefined>;
  put(row: Row & Key, condition?: Condition): Promise<boolean>;
  /** The row as it is afterwards; undefined where the condition did not hold. */
  update(key: Key, change: Change, condition: Condition): Promise<Row | undefined>;
  /** A row that is not there is no failure. */
  remove(key: Key, condition?: Condition): Promise<boolean>;
  /** Consistent, unless it reads an index: that may be late, and answers nothing but the rows' keys in it and in the table. */
  page(query: Query): Promise<QueryPage>;
}

/** The rows of every page. */
export async function* allRows(table: Table, query: Query): AsyncGenerator<Row, void> {
  let from = query.from;
  do {
    const { rows, next } = await table.page({ ...query, from });
    yield* rows;
    from = next;
  } while (from !== undefined);
}

/** Only for what is bounded by nature: the deliveries of one post, the feeds of one site. */
export const collect = async (table: Table, query: Query): Promise<readonly Row[]> => {
  const collected: Row[] = [];
  for await (const row of allRows(table, query)) collected.push(row);
  return collected;
};

export const allOf = (...of: readonly Condition[]): Condition => ({ kind: "all", of });

/** `version` grows by one with every save; 0 stands for a row that does not exist yet. */
export const onVersion = (version: number): Condition =>
  version === 0 ? { kind: "absent" } : { kind: "is", field: "version", value: version };
