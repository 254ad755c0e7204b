import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** The names that better-sqlite3 uses for the extended result codes of SQLite (sqlite.org/rescode.html). */
const codes: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  517: "SQLITE_BUSY_SNAPSHOT",
  1555: "SQLITE_CONSTRAINT_PRIMARYKEY",
  2067: "SQLITE_CONSTRAINT_UNIQUE",
};

const withCode = <Result>(run: () => Result): Result => {
  try {
    return run();
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? codes[Number(error.errcode)] : undefined;
    throw code === undefined ? error : Object.assign(new Error(String(error), { cause: error }), { code });
  }
};

/**
 * Replaces better-sqlite3, whose native library is not built. It has the part that servers use, on Node's own SQLite.
 */
class Database {
  readonly #sqlite: DatabaseSync;

  constructor(location: string) {
    this.#sqlite = new DatabaseSync(location);
  }

  pragma(pragma: string): void {
    this.#sqlite.exec(`PRAGMA ${pragma}`);
  }

  prepare(sql: string) {
    const statement = withCode(() => this.#sqlite.prepare(sql));
    return {
      reader: statement.columns().length > 0,
      get: (...values: readonly SQLInputValue[]) => withCode(() => statement.get(...values)),
      all: (values: readonly SQLInputValue[] = []) => withCode(() => statement.all(...values)),
      iterate: (values: readonly SQLInputValue[] = []) => withCode(() => statement.iterate(...values)),
      run: (values: readonly SQLInputValue[] = []) => withCode(() => statement.run(...values)),
    };
  }

  close(): void {
    this.#sqlite.close();
  }
}

export default Database;
