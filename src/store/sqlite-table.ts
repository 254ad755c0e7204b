import type { DatabaseSync, StatementSync } from "node:sqlite";
import { indexes, type Key } from "./keys.ts";
import { conditionSql } from "./sql-conditions.ts";
import { cursorAfter, type Found, pageSql, rowColumns } from "./sql-query.ts";
import { synced } from "./sqlite-database.ts";
import type { Change, Condition, Row, Table } from "./table.ts";

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

export const rowOfColumns = ({ pk, sk, attributes, body }: Row): Row => ({
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
