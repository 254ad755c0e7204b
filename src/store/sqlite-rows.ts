import type { DatabaseSync } from "node:sqlite";
import { rowColumns } from "./sql-query.ts";
import { rowOfColumns } from "./sqlite-table.ts";
import type { Row } from "./table.ts";

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
