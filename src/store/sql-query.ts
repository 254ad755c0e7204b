import type { SQLOutputValue } from "node:sqlite";
import { tableKeys } from "./keys.ts";
import { rangeSql, type Sql } from "./sql-conditions.ts";
import type { Cursor, Query } from "./table.ts";

export type Found = Readonly<Record<string, SQLOutputValue>>;

/** The columns of a whole row. An index gives only keys. */
export const rowColumns = "pk, sk, attributes, body";

/** The columns that sort a list, the last of which are unique. */
const orderOf = ({ index }: Query): readonly string[] => (index === undefined ? ["sk"] : [index.sort, "pk", "sk"]);

/** One row more than the page has: with it there is a next page. */
export const pageSql = (query: Query): Sql => {
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

export const cursorAfter = ({ index }: Query, row: Found): Cursor => {
  const names = index === undefined ? ["pk", "sk"] : ["pk", "sk", index.partition, index.sort];
  return Object.fromEntries(
    names.map((name) => {
      const value = row[name];
      return [name, typeof value === "number" ? value : String(value)];
    }),
  );
};
