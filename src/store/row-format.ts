import * as z from "zod";
import { NewerRow } from "../domain/errors.ts";
import type { Key } from "./keys.ts";
import { allOf, type Condition, formatOf, type Row, rowKey, type Table } from "./table.ts";

/**
 * The format of all rows. A program neither reads nor writes a row of a newer one, and migrates an older one when it puts
 * it (docs/decisions/0046). After the first release, every change of a row is a new format.
 */
export interface RowFormat {
  readonly version: number;
  /**
   * The migration at position n makes a row of format n + 2 from one of format n + 1. An update changes single attributes
   * of a row and leaves it in its older format: no migration may change an attribute that updates write, and no update may
   * write a value that an older format does not have.
   */
  readonly migrations: readonly ((row: Row) => Row)[];
}

export const rowFormat: RowFormat = { version: 1, migrations: [] };

/** Returns a row in the program's format. A row that has no format is one of the first. */
export const migrateRow = (row: Row, { version, migrations }: RowFormat): Row =>
  migrations.slice(Math.max(formatOf(row), 1) - 1, version - 1).reduce((one, migrate) => migrate(one), row);

/** A kind of row: the keys that it has, and the schema with which it is read. */
export interface StoredKind {
  readonly partition: string;
  readonly sort: RegExp;
  readonly schema: z.ZodType;
  /** Attributes that are written and not read, such as those of an index. */
  readonly writtenOnly?: readonly string[];
}

/** Attributes that every row may have. */
const commonNames = ["pk", "sk", "format", "dueAt", "dueShard", "failures"];

const schemaNames = (schema: z.ZodType): readonly string[] => {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (!(schema instanceof z.ZodUnion)) return [];
  return schema.options.flatMap((option) => (option instanceof z.ZodType ? schemaNames(option) : []));
};

/** Returns a function that finds the attributes of a row that its kind does not have. */
export const findUnknown = (kinds: readonly StoredKind[]) => {
  const known = kinds.map(({ partition, sort, schema, writtenOnly = [] }) => {
    const names = new Set([...commonNames, ...writtenOnly, ...schemaNames(schema)]);
    return { partition, sort, names };
  });
  return (row: Row & Key): Row => {
    const [partition] = row.pk.split("#", 1);
    const names = known.find((one) => one.partition === partition && one.sort.test(row.sk))?.names;
    return names === undefined ? {} : Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name)));
  };
};

interface FormatOptions {
  readonly format: RowFormat;
  readonly kinds: readonly StoredKind[];
}

/** Rows with attributes that this program does not know. Usually there are none. */
const maxKept = 1_000;

const keyText = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/**
 * The table for a program of one format. It writes the format into each row, and throws `NewerRow` for a row of a newer
 * one, whether that is read or written. A put keeps the attributes that the program read and does not know.
 */
export const formattedTable = (table: Table, { format, kinds }: FormatOptions): Table => {
  const { version } = format;
  const notNewer: Condition = { kind: "formatAtMost", format: version };
  const unknownOf = findUnknown(kinds);
  const kept = new Map<string, Row>();

  const keepUnknown = (row: Row & Key): void => {
    const unknown = unknownOf(row);
    const text = keyText(row);
    kept.delete(text);
    if (Object.keys(unknown).length === 0) return;
    kept.set(text, unknown);
    for (const oldest of kept.keys()) {
      if (kept.size <= maxKept) return;
      kept.delete(oldest);
    }
  };

  const readable = (row: Row): Row => {
    const found = formatOf(row);
    if (found > version) {
      table.onUnreadable?.({ key: rowKey.parse(row), names: [], newer: { found, own: version } });
      throw new NewerRow(found, version);
    }
    const migrated = migrateRow(row, format);
    keepUnknown({ ...migrated, ...rowKey.parse(row) });
    return migrated;
  };

  const get = async (key: Key): Promise<Row | undefined> => {
    const row = await table.get(key);
    return row && readable(row);
  };

  const put: Table["put"] = async (row, condition, options) => {
    // A new row has no attributes of an earlier one.
    if (condition?.kind === "absent") return table.put({ ...row, format: version }, condition, options);
    const stamped = { ...kept.get(keyText(row)), ...row, format: version };
    if (await table.put(stamped, condition === undefined ? notNewer : allOf(condition, notNewer), options)) return true;
    await get(row);
    // The newer row was removed in between.
    return condition === undefined && put(row, condition, options);
  };

  return {
    ...table,
    get,
    put,
    update: async (key, change, condition) => {
      const setIfMissing = { ...change.setIfMissing, format: version };
      const row = await table.update(key, { ...change, setIfMissing }, allOf(condition, notNewer));
      if (row !== undefined) return readable(row);
      await get(key);
      return undefined;
    },
    remove: async (key, condition) => {
      if (await table.remove(key, condition === undefined ? notNewer : allOf(condition, notNewer))) {
        kept.delete(keyText(key));
        return true;
      }
      await get(key);
      return false;
    },
    page: async (query) => {
      const page = await table.page(query);
      return query.index === undefined ? { ...page, rows: page.rows.map(readable) } : page;
    },
  };
};
