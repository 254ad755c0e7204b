import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { dueAttributes, indexes, type Key, tableKeys } from "./keys.ts";
import { rowFormat } from "./row-format.ts";
import { standInRow } from "./row-kinds.ts";
import type {
  Change,
  Condition,
  Cursor,
  DueCondition,
  LeaseCondition,
  Query,
  QueryPage,
  Row,
  SortRange,
  Table,
} from "./table.ts";

/** The columns of an index are computed from the attributes, so that they cannot differ from them. */
const indexColumns = Object.values(indexes).map(
  ({ partition, sort }) =>
    `${partition} text as (attributes ->> '$.${partition}'), ${sort} integer as (attributes ->> '$.${sort}')`,
);

/** The attributes are one JSON text. `body`, which is bytes, has its own column. */
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

/** A damaged text has no attributes: its row is there, and cannot be read. */
const attributesOf = (text: unknown): Row => {
  try {
    return JSON.parse(String(text));
  } catch {
    return {};
  }
};

const rowOfColumns = ({ pk, sk, attributes, body }: Row): Row & Key => ({
  ...attributesOf(attributes),
  ...(body !== null && { body }),
  pk: String(pk),
  sk: String(sk),
});

/** The message of SQLite where it computes a column of an index from a damaged text. */
const isDamagedText = (error: unknown): boolean => error instanceof Error && error.message === "malformed JSON";

const dropIndexes = Object.values(indexes)
  .map(({ name }) => `drop index if exists ${name}`)
  .join(";");

/**
 * Replaces the rows whose text is damaged by what stands in for them, or removes them where that is made again. Returns
 * their keys. SQLite can neither change nor remove such a row while it has an index for it, nor check the database.
 */
export const repairDamagedTexts = (database: DatabaseSync): readonly Key[] => {
  const hasTable = database.prepare("select 1 from sqlite_schema where type = 'table' and name = 'row'").get();
  if (hasTable === undefined) return [];
  const keys = database
    .prepare("select pk, sk from row where not json_valid(attributes)")
    .all()
    .map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
  if (keys.length === 0) return [];
  database.exec(`begin immediate; ${dropIndexes}`);
  for (const key of keys) {
    database.prepare("delete from row where pk = ? and sk = ?").run(key.pk, key.sk);
    const row = standInRow(key);
    if (row === undefined) continue;
    const { pk, sk, dueAt, ...attributes } = row;
    const due = dueAttributes(key, typeof dueAt === "number" ? dueAt : undefined);
    const text = JSON.stringify({ ...attributes, ...due, format: rowFormat.version });
    database.prepare("insert into row (pk, sk, attributes) values (?, ?, ?)").run(pk, sk, text);
  }
  database.exec(`${schema}; commit`);
  return keys;
};

const changed = (row: Row, { set = {}, setIfMissing = {}, remove = [], add = {} }: Change): Row => {
  const kept = Object.entries({ ...setIfMissing, ...row }).filter(([name]) => !remove.includes(name));
  const sums = Object.entries(add).map(([name, amount]) => [name, Number(row[name] ?? 0) + amount]);
  return { ...Object.fromEntries(kept), ...set, ...Object.fromEntries(sums) };
};

/** The statements of the table. Each is prepared once. */
const tableStatements = (database: DatabaseSync) => {
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
  return {
    select: ({ pk, sk }: Key): Found | undefined => select.get(pk, sk),
    /** Selects columns of the stored row, which are all null if there is none. Undefined if the condition does not hold. */
    selectIf: (columns: string, { pk, sk }: Key, condition: Condition): Found | undefined => {
      const { text, values } = conditionSql(condition);
      const one = `(select 1) left join row as stored on stored.pk = ? and stored.sk = ?`;
      return statement(`select ${columns} from ${one} where ${text}`).get(pk, sk, ...values);
    },
    selectPage: (query: Query): readonly Found[] => {
      const { text, values } = pageSql(query);
      return statement(text).all(...values);
    },
    /** Stores the row and returns its columns. */
    store: ({ pk, sk }: Key, { pk: _, sk: __, body: bytes, ...others }: Row) => {
      const attributes = JSON.stringify(others);
      const body = bytes instanceof Uint8Array ? bytes : null;
      write.run(pk, sk, attributes, body);
      return { pk, sk, attributes, body };
    },
    erase: ({ pk, sk }: Key): void => {
      erase.run(pk, sk);
    },
  };
};

/** `found` is the result of `pageSql`, which selects one row more than the page has. */
const pageOf = (query: Query, found: readonly Found[]): QueryPage => {
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: query.index === undefined ? page.map(rowOfColumns) : page.map((row) => ({ ...row })),
    next: found.length > query.limit && last !== undefined ? cursorAfter(query, last) : undefined,
  };
};

/**
 * The table in a SQLite database that only this process uses. SQLite's calls are synchronous: nothing happens between the
 * check of a condition and the write.
 */
export const sqliteTable = (database: DatabaseSync): Table => {
  database.exec(schema);
  const { select, selectIf, selectPage, store, erase } = tableStatements(database);
  /** A text that was damaged while this process ran stops no write. */
  const repaired = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      if (!isDamagedText(error) || repairDamagedTexts(database).length === 0) throw error;
      return write();
    }
  };
  const holds = (key: Key, condition: Condition | undefined): boolean =>
    condition === undefined || selectIf("1", key, condition) !== undefined;
  return {
    get: async (key) => {
      const found = select(key);
      return found && rowOfColumns(found);
    },
    put: async (row, condition, { durable } = { durable: false }) =>
      repaired(() => {
        if (!holds(row, condition)) return false;
        if (durable) synced(database, () => store(row, row));
        else store(row, row);
        return true;
      }),
    update: async (key, change, condition) =>
      repaired(() => {
        const found = selectIf("attributes, body", key, condition);
        if (found === undefined) return undefined;
        const row = found.attributes === null ? {} : rowOfColumns({ ...key, ...found });
        return rowOfColumns(store(key, changed(row, change)));
      }),
    remove: async (key, condition) =>
      repaired(() => {
        if (!holds(key, condition)) return false;
        erase(key);
        return true;
      }),
    page: async (query) => pageOf(query, selectPage(query)),
  };
};

/** In milliseconds. A Crier that is ending closes the file within this time. */
const openTimeout = 250;

/**
 * Opens the database in a file. No other process can open it until this one has closed it or ended. `:memory:` is a new
 * database. A write is in the file when its call returns, even if the process ends then, and on the disk a little later.
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

/**
 * Notes in the file that its rows have at most this format. Returns the format that the file has, if that is newer: then
 * nothing is written.
 */
export const claimFormat = (database: DatabaseSync, version: number): number | undefined => {
  const found = Number(database.prepare("pragma user_version").get()?.user_version);
  if (found < version) database.exec(`pragma user_version = ${version}`);
  return found > version ? found : undefined;
};

/** Runs `work`. Its writes, and all earlier ones, are on the disk when this returns. */
export const synced = (database: DatabaseSync, work: () => void): void => {
  database.exec("pragma synchronous = full");
  try {
    work();
  } finally {
    database.exec("pragma synchronous = normal");
  }
};

/** Yields every row, sorted by its keys. */
export function* sqliteRows(database: DatabaseSync): Generator<Row, void> {
  for (const found of database.prepare(`select ${rowColumns} from row order by pk, sk`).iterate())
    yield rowOfColumns(found);
}

/** Copies the database to a file that does not exist or is empty. The call is synchronous: no write happens during it. */
export const copyDatabase = (database: DatabaseSync, file: string): void => {
  database.prepare("vacuum into ?").run(file);
};

/** Runs `work` in a transaction. All its writes are on the disk when this resolves, and none after an error or a crash. */
export const allOrNothing = async (database: DatabaseSync, work: () => Promise<void>): Promise<void> => {
  database.exec("pragma synchronous = full; begin immediate");
  try {
    await work();
    database.exec("commit");
  } catch (error) {
    // After an error such as a full disk, SQLite has already rolled back.
    if (database.isTransaction) database.exec("rollback");
    throw error;
  } finally {
    database.exec("pragma synchronous = normal");
  }
};

type Found = Readonly<Record<string, SQLOutputValue>>;

/** The columns of a whole row. An index gives only keys. */
const rowColumns = "pk, sk, attributes, body";

/** The columns that sort a list. The last of them are unique. */
const orderOf = ({ index }: Query): readonly string[] => (index === undefined ? ["sk"] : [index.sort, "pk", "sk"]);

/** Selects one row more than the page has: if it exists, there is a next page. */
const pageSql = (query: Query): Sql => {
  const { index, partition, sort, newestFirst, limit, from } = query;
  const keys = index ?? tableKeys;
  const order = orderOf(query);
  const parts: Sql[] = [{ text: `${keys.partition} = ?`, values: [partition] }];
  // SQLite uses a partial index only for a query that repeats its condition.
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

/** The name of the stored row in `selectIf`. The row may be missing. */
const stored = "stored";

/** An attribute as JSON text, in which `2`, `"2"` and `true` differ. `JSON.stringify` writes every attribute. */
const json = (path: string): string => `(${stored}.attributes -> '$.${path}')`;

/** An attribute as a number, for comparisons. */
const number = (path: string): string => `(${stored}.attributes ->> '$.${path}')`;

const typeIsNotNumber = (path: string): string =>
  `coalesce(json_type(${stored}.attributes, '$.${path}'), '') not in ('integer', 'real')`;

const missing = `${stored}.pk is null`;

/**
 * A condition in SQL. A comparison with a missing attribute is null there, and so is its negation: neither is true. A
 * condition that a missing attribute meets must say so.
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
    case "unversioned":
      return { text: `${stored}.pk is not null and ${typeIsNotNumber("version")}`, values: [] };
    case "formatAtMost":
      return { text: `(${typeIsNotNumber("format")} or ${number("format")} <= ?)`, values: [condition.format] };
    case "lacks":
      return { text: `${json(condition.field)} is null`, values: [] };
    case "dueBy":
    case "dueLater":
      return dueSql(condition);
    case "leaseFree":
    case "leaseOf":
    case "leaseNotOf":
      return leaseSql(condition);
    case "all": {
      const parts = condition.of.map(conditionSql);
      return { text: parts.map(({ text }) => text).join(" and "), values: parts.flatMap(({ values }) => values) };
    }
  }
};

const dueSql = ({ kind, at }: DueCondition): Sql => {
  return kind === "dueBy"
    ? { text: `${number("dueAt")} <= ?`, values: [at] }
    : { text: `(${json("dueAt")} is null or ${number("dueAt")} > ?)`, values: [at] };
};

const leaseSql = (condition: LeaseCondition): Sql => {
  switch (condition.kind) {
    case "leaseFree":
      return { text: `(${json("lease")} is null or ${number("lease.until")} <= ?)`, values: [condition.now] };
    case "leaseOf":
      return { text: `${json("lease.holder")} = ?`, values: [JSON.stringify(condition.holder)] };
    case "leaseNotOf":
      return { text: `${json("lease.holder")} is not ?`, values: [JSON.stringify(condition.holder)] };
  }
};

const lastCodePoint = 0x10ffff;

/** The next text, by code points, after all texts with the prefix. Undefined if there is none. */
const afterPrefix = (prefix: string): string | undefined => {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  const last = points.findLastIndex((point) => point < lastCodePoint);
  const point = points[last];
  if (point === undefined) return undefined;
  // Surrogates are skipped: UTF-8 does not have them.
  const next = point === 0xd7ff ? 0xe000 : point + 1;
  return String.fromCodePoint(...points.slice(0, last), next);
};

const rangeSql = (range: SortRange, column: string): Sql => {
  if ("atMost" in range) return { text: `${column} <= ?`, values: [range.atMost] };
  if ("after" in range) return { text: `${column} > ?`, values: [range.after] };
  if ("between" in range) return { text: `${column} between ? and ?`, values: range.between };
  const after = afterPrefix(range.prefix);
  return after === undefined
    ? { text: `${column} >= ?`, values: [range.prefix] }
    : { text: `${column} >= ? and ${column} < ?`, values: [range.prefix, after] };
};
