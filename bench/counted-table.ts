import { indexes, type Key } from "../src/store/keys.ts";
import type { Row, Table } from "../src/store/table.ts";

/** The requests that a table received. Units are those that DynamoDB would charge. */
export interface Counts {
  readonly calls: Map<string, number>;
  reads: number;
  writes: number;
  /** Writes whose condition did not hold: DynamoDB charges them, too. */
  failed: number;
  /** Write units of the table: one for each KB that is begun, of the row before or after, whichever is larger. */
  tableUnits: number;
  /** Write units of the indexes: one for each entry that is added, removed or changed. */
  indexUnits: number;
}

const kindOf = ({ pk, sk }: Key): string => {
  const [row = "", own = ""] = [pk, sk].map((part) => part.split("#", 1)[0]);
  return ["SOURCE", "SHARED"].includes(row) ? row : `${row}/${own}`;
};

/** Returns the size as DynamoDB counts it: the names and the values. JSON is a little longer. */
const sizeOf = ({ body, ...row }: Row): number =>
  Buffer.byteLength(JSON.stringify(row)) + (body instanceof Uint8Array ? body.length : 0);

const entriesOf = (row: Row | undefined): readonly (string | undefined)[] =>
  Object.values(indexes).map(({ partition, sort }) =>
    row?.[partition] === undefined || row[sort] === undefined ? undefined : `${row[partition]} ${row[sort]}`,
  );

/** The same table, whose calls are counted. */
export const countedTable = (table: Table): { readonly table: Table; readonly counts: Counts } => {
  const counts: Counts = { calls: new Map(), reads: 0, writes: 0, failed: 0, tableUnits: 0, indexUnits: 0 };
  const stored = new Map<string, { readonly size: number; readonly entries: readonly (string | undefined)[] }>();
  const count = (what: string): void => void counts.calls.set(what, (counts.calls.get(what) ?? 0) + 1);

  /** A row as it is now; undefined where it was removed. */
  const wrote = (what: string, key: Key, row: Row | undefined): void => {
    count(`write ${what} ${kindOf(key)}`);
    counts.writes += 1;
    const name = JSON.stringify([key.pk, key.sk]);
    const before = stored.get(name);
    const size = row === undefined ? 0 : sizeOf(row);
    const entries = entriesOf(row);
    counts.tableUnits += Math.max(1, Math.ceil(Math.max(size, before?.size ?? 0) / 1024));
    for (const [index, entry] of entries.entries()) {
      const old = before?.entries[index];
      if (entry !== old) counts.indexUnits += entry !== undefined && old !== undefined ? 2 : 1;
    }
    if (row === undefined) stored.delete(name);
    else stored.set(name, { size, entries });
  };
  const failed = (what: string, key: Key): void => {
    count(`failed ${what} ${kindOf(key)}`);
    counts.failed += 1;
  };
  const read = (what: string): void => {
    count(`read ${what}`);
    counts.reads += 1;
  };

  return {
    counts,
    table: {
      get: (key) => {
        read(`get ${kindOf(key)}`);
        return table.get(key);
      },
      put: async (row, condition, options) => {
        const isWritten = await table.put(row, condition, options);
        if (isWritten) wrote("put", row, row);
        else failed("put", row);
        return isWritten;
      },
      update: async (key, change, condition) => {
        const row = await table.update(key, change, condition);
        if (row === undefined) failed("update", key);
        else wrote("update", key, row);
        return row;
      },
      remove: async (key, condition) => {
        const isRemoved = await table.remove(key, condition);
        if (isRemoved) wrote("remove", key, undefined);
        else failed("remove", key);
        return isRemoved;
      },
      page: (query) => {
        read(`page ${query.index?.name ?? query.partition.split("#", 1)[0]}`);
        return table.page(query);
      },
    },
  };
};
