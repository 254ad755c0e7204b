import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { indexes, type Key, tableKeys } from "./keys.ts";
import type { Change, Condition, Cursor, Query, Row, SortRange, Table } from "./table.ts";

/** The columns of an index are computed from the attributes, so that they cannot differ from them. */
const indexColumns = Object.values(indexes).map(
  ({ partition, sort }) =>
    `${partition} text as (attributes ->> '$.${partition}'), ${sort} integer as (attributes ->> '$.${sort}')`,
);

/** The attributes are one JSON text; `body`, which is bytes, has a column of its own. */
const schema = [
  `create table if not exists row (
    pk text not null, sk text not null, attributes text not null, body blob, ${indexColumns.join(", ")},
    primary key (pk, sk)
  ) strict`,
  ...Object.values(indexes).map(
    ({ name, partition, sort }) =>
      `create index if not exists ${name} on row (${partition}, ${sort}, pk, sk)
       where ${partition} is not null and ${sort} is not null`,
  ),
].join(";");

const attributesOf = (text: unknown): Row => JSON.parse(String(text));

const rowOfColumns = ({ pk, sk, attributes, body }: Row): Row => ({
  pk,
  sk,
  ...attributesOf(attributes),
  ...(body !== null && { body }),
});

const changed = (row: Row, { set = {}, setIfMissing = {}, remove = [], add = {} }: Change): Row => {
  const kept = Object.entries({ ...setIfMissing, ...row }).filter(([name]) => !remove.includes(name));
  const sums = Object.entries(add).map(([name, amount]) => [name, Number(row[name] ?? 0) + amount]);
  return { ...Object.fromEntries(kept), ...set, ...Object.fromEntries(sums) };
};

/**
 * The table in a SQLite database that this process alone uses. SQLite's calls are synchronous: nothing comes between the
 * check of a condition and the write.
 */
export const sqliteTable = (database: DatabaseSync): Table => {
  database.exec(schema);
  const prepared = new Map<string, StatementSync>();
  const statement = (text: string): StatementSync => {
    const known = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, known);
    return known;
  };
  const select = statement(`select ${rowColumns} from row where pk = ? and sk = ?`);
  const erase = statement("delete from row where pk = ? and sk = ?");
  const write = statement(
    `insert into row (pk, sk, attributes, body) values (?, ?, ?, ?)
     on conflict (pk, sk) do update set attributes = excluded.attributes, body = excluded.body`,
  );

  /** The columns of the stored row, all null where there is none. Undefined where the condition does not hold. */
  const selectIf = (columns: string, { pk, sk }: Key, condition: Condition): Found | undefined => {
    const { text, values } = conditionSql(condition);
    const one = `(select 1) left join row as stored on stored.pk = ? and stored.sk = ?`;
    return statement(`select ${columns} from ${one} where ${text}`).get(pk, sk, ...values);
  };
  const holds = (key: Key, condition: Condition | undefined): boolean =>
    condition === undefined || selectIf("1", key, condition) !== undefined;

  /** The columns of the row as it is stored now. */
  const store = ({ pk, sk }: Key, { pk: _, sk: __, body: bytes, ...others }: Row) => {
    const attributes = JSON.stringify(others);
    const body = bytes instanceof Uint8Array ? bytes : null;
    write.run(pk, sk, attributes, body);
    return { pk, sk, attributes, body };
  };

  return {
    get: async ({ pk, sk }) => {
      const found = select.get(pk, sk);
      return found && rowOfColumns(found);
    },
    put: async (row, condition, { durable } = { durable: false }) => {
      if (!holds(row, condition)) return false;
      if (durable) synced(database, () => store(row, row));
      else store(row, row);
      return true;
    },
    update: async (key, change, condition) => {
      const found = selectIf("attributes, body", key, condition);
      if (found === undefined) return undefined;
      const row = found.attributes === null ? {} : rowOfColumns(found);
      return rowOfColumns(store(key, changed(row, change)));
    },
    remove: async (key, condition) => {
      if (!holds(key, condition)) return false;
      erase.run(key.pk, key.sk);
      return true;
    },
    page: async (query) => {
      const { text, values } = pageSql(query);
      const found = statement(text).all(...values);
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      return {
        rows: query.index === undefined ? page.map(rowOfColumns) : page.map((row) => ({ ...row })),
        next: found.length > query.limit && last !== undefined ? cursorAfter(query, last) : undefined,
      };
    },
  };
};

/** In milliseconds: a Crier that is ending has closed the file by then. */
const openTimeout = 250;

/**
 * The database in a file, which no other process can open until this one has closed it or ended; `:memory:` is one of its
 * own. A write is in the file when its call returns, whatever becomes of the process, and on the disk a little later.
 */
export const openDatabase = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file, { timeout: openTimeout });
  try {
    database.exec(
      `pragma locking_mode = exclusive;
       pragma journal_mode = wal;
       pragma synchronous = normal;
       pragma cache_size = -8000;
       pragma temp_store = memory`,
    );
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
};

/** What the work writes is on the disk when it returns, and everything that was written before it. */
export const synced = (database: DatabaseSync, work: () => void): void => {
  database.exec("pragma synchronous = full");
  try {
    work();
  } finally {
    database.exec("pragma synchronous = normal");
  }
};

/** Every row, sorted by its keys. */
export function* sqliteRows(database: DatabaseSync): Generator<Row, void> {
  for (const found of database.prepare(`select ${rowColumns} from row order by pk, sk`).iterate())
    yield rowOfColumns(found);
}

/** The database as it is now, in a file that does not exist or is empty. Nothing is written meanwhile: the call is synchronous. */
export const copyDatabase = (database: DatabaseSync, file: string): void => {
  database.prepare("vacuum into ?").run(file);
};

/** What the work writes is all on the disk when this resolves; where it throws or the process ends, nothing of it is. */
export const allOrNothing = async (database: DatabaseSync, work: () => Promise<void>): Promise<void> => {
  database.exec("pragma synchronous = full; begin immediate");
  try {
    await work();
    database.exec("commit");
  } catch (error) {
    // A full disk has rolled it back already.
    if (database.isTransaction) database.exec("rollback");
    throw error;
  } finally {
    database.exec("pragma synchronous = normal");
  }
};

type Found = Readonly<Record<string, SQLOutputValue>>;

/** The columns of a whole row. An index gives only keys. */
const rowColumns = "pk, sk, attributes, body";

/** The columns that sort a list, the last of which are unique. */
const orderOf = ({ index }: Query): readonly string[] => (index === undefined ? ["sk"] : [index.sort, "pk", "sk"]);

/** One row more than the page has: with it there is a next page. */
const pageSql = (query: Query): Sql => {
  const { index, partition, sort, newestFirst, limit, from } = query;
  const keys = index ?? tableKeys;
  const order = orderOf(query);
  const parts: Sql[] = [{ text: `${keys.partition} = ?`, values: [partition] }];
  // SQLite takes a partial index only for a query that names its conditions.
  if (index !== undefined) parts.push({ text: `${keys.sort} is not null`, values: [] });
  if (sort !== undefined) parts.push(rangeSql(sort, keys.sort));
  if (from !== undefined)
    parts.push({
      text: `(${order.join(", ")}) ${newestFirst ? "<" : ">"} (${order.map(() => "?").join(", ")})`,
      values: order.map((name) => from[name] ?? ""),
    });
  const columns = index === undefined ? rowColumns : `pk, sk, ${keys.partition}, ${keys.sort}`;
  const sorted = order.map((name) => `${name} ${newestFirst ? "desc" : "asc"}`).join(", ");
  return {
    text: `select ${columns} from row where ${parts.map(({ text }) => text).join(" and ")} order by ${sorted} limit ?`,
    values: [...parts.flatMap(({ values }) => values), limit + 1],
  };
};

const cursorAfter = ({ index }: Query, row: Found): Cursor => {
  const names = index === undefined ? ["pk", "sk"] : ["pk", "sk", index.partition, index.sort];
  return Object.fromEntries(
    names.map((name) => {
      const value = row[name];
      return [name, typeof value === "number" ? value : String(value)];
    }),
  );
};

/** A part of a statement and the values of its question marks, in their order. */
interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** The stored row, which may be missing: `selectIf` names it so. */
const stored = "stored";

/** As JSON text, in which `2`, `"2"` and `true` differ. Every attribute is written by `JSON.stringify`. */
const json = (path: string): string => `(${stored}.attributes -> '$.${path}')`;

/** For comparisons of numbers. */
const number = (path: string): string => `(${stored}.attributes ->> '$.${path}')`;

const missing = `${stored}.pk is null`;

/**
 * A condition in SQL. A comparison with a missing attribute is null there, which is not true, and so is its negation: a
 * condition that holds of a missing attribute says so.
 */
const conditionSql = (condition: Condition): Sql => {
  switch (condition.kind) {
    case "absent":
      return { text: missing, values: [] };
    case "present":
      return { text: `${stored}.pk is not null`, values: [] };
    case "notNewer":
      return { text: `(${missing} or ${number("version")} <= ?)`, values: [condition.version] };
    case "is":
      return { text: `${json(condition.field)} = ?`, values: [JSON.stringify(condition.value)] };
    case "lacks":
      return { text: `${json(condition.field)} is null`, values: [] };
    case "dueBy":
      return { text: `${number("dueAt")} <= ?`, values: [condition.at] };
    case "dueLater":
      return { text: `(${json("dueAt")} is null or ${number("dueAt")} > ?)`, values: [condition.at] };
    case "leaseFree":
      return { text: `(${json("lease")} is null or ${number("lease.until")} <= ?)`, values: [condition.now] };
    case "leaseOf":
      return { text: `${json("lease.holder")} = ?`, values: [JSON.stringify(condition.holder)] };
    case "leaseNotOf":
      return { text: `${json("lease.holder")} is not ?`, values: [JSON.stringify(condition.holder)] };
    case "all": {
      const parts = condition.of.map(conditionSql);
      return { text: parts.map(({ text }) => text).join(" and "), values: parts.flatMap(({ values }) => values) };
    }
  }
};

const lastCodePoint = 0x10ffff;

/** The next text after all that begin with the prefix, by code points. Undefined where there is none. */
const afterPrefix = (prefix: string): string | undefined => {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  const last = points.findLastIndex((point) => point < lastCodePoint);
  const point = points[last];
  if (point === undefined) return undefined;
  // Surrogates are no characters: UTF-8 has none.
  const next = point === 0xd7ff ? 0xe000 : point + 1;
  return String.fromCodePoint(...points.slice(0, last), next);
};

const rangeSql = (range: SortRange, column: string): Sql => {
  if ("atMost" in range) return { text: `${column} <= ?`, values: [range.atMost] };
  if ("between" in range) return { text: `${column} between ? and ?`, values: range.between };
  const after = afterPrefix(range.prefix);
  return after === undefined
    ? { text: `${column} >= ?`, values: [range.prefix] }
    : { text: `${column} >= ? and ${column} < ?`, values: [range.prefix, after] };
};
