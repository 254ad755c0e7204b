/** The primary result codes of SQLite (https://sqlite.org/rescode.html) that a person can do something about. */
const codes = {
  busy: 5,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code of an error of `node:sqlite`. */
const codeOfSqlite = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;

export const isFullDatabase = (error: unknown): boolean => codeOfSqlite(error) === codes.full;

export const isBusy = (error: unknown): boolean => codeOfSqlite(error) === codes.busy;

const damaged = (file: string): string =>
  `the database ${file} is damaged: stop Crier, move the file away and start again. What your sources hold comes back into the feeds and is not announced again; posts that came by the API must be put again`;

/** What is wrong with the database and what to do, in one line. Undefined for an error that is not SQLite's. */
export const explainDatabase = (error: unknown, file: string): string | undefined => {
  switch (codeOfSqlite(error)) {
    case undefined:
      return undefined;
    case codes.full:
      return `the disk is full, so that ${file} cannot be written: free some space. Nothing that was stored is lost, and what waits is done then`;
    case codes.corrupt:
    case codes.notADatabase:
      return damaged(file);
    case codes.readOnly:
    case codes.cannotOpen:
      return `the database ${file} cannot be written (${String(error)}): make its folder writable, or pass --data with a folder of your own`;
    case codes.inputOutput:
      return `the disk does not read or write ${file} (${String(error)}): look at the disk. Nothing that was stored is lost`;
    default:
      return `the database ${file} failed (${String(error)})`;
  }
};

/** A check of the file found a fault. */
export class DamagedDatabase extends Error {
  override readonly name = "DamagedDatabase";
  constructor(file: string, found: string) {
    super(`${damaged(file)} (${found})`);
  }
}
