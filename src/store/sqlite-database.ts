import { DatabaseSync } from "node:sqlite";

/** In milliseconds: a Crier that is ending has closed the file by then. */
const timeout = 250;

/**
 * The database in a file, which no other process can open until this one has closed it or ended; `:memory:` is one of its
 * own. A write is in the file when its call returns, whatever becomes of the process, and on the disk a little later.
 */
export const openDatabase = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file, { timeout });
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
