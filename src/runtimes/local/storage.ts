import { access, constants, mkdir, open as openFile, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { codeOf, errorMessage } from "../../domain/errors.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import { endLeases } from "../../store/due-index.ts";
import { openDatabase, sqliteTable } from "../../store/sqlite-table.ts";
import type { Table } from "../../store/table.ts";
import type { Cleanup } from "./cleanup.ts";
import { StartError } from "./listen.ts";
import { keepPrivate, ownerOnly } from "./private-files.ts";
import { DamagedDatabase, explainDatabase, isBusy } from "./watch-storage.ts";

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );

/** The folder, and the database's file in it, which other users cannot read from its first moment on. */
const makeFiles = async (data: string, file: string): Promise<void> => {
  try {
    await mkdir(data, { recursive: true, mode: ownerOnly.folder });
    await access(data, constants.W_OK);
    await (await openFile(file, "a", ownerOnly.file)).close();
  } catch (cause) {
    const [reason] = errorMessage(cause).split(",", 1);
    throw new StartError(`the data folder ${data} cannot be used (${reason}): pass --data with a folder of your own`, {
      cause,
    });
  }
};

/** Throws where a page of the file is damaged: a fault that shows later would stop a step half-way. */
const check = (database: DatabaseSync, file: string): void => {
  const found = database.prepare("pragma quick_check(1)").get()?.quick_check;
  if (found !== "ok") throw new DamagedDatabase(file, String(found));
};

const openChecked = (file: string): { readonly database: DatabaseSync; readonly table: Table } => {
  const database = openDatabase(file);
  try {
    check(database, file);
    return { database, table: sqliteTable(database) };
  } catch (error) {
    database.close();
    throw error;
  }
};

/** A database of an earlier version is not read; what the sandbox showed belongs to it. */
const startAnew = async (data: string, log: Log): Promise<void> => {
  const earlier = join(data, "dynamodb");
  const timeline = join(data, "sandbox.jsonl");
  if ((await sizeOf(timeline)) !== undefined) await rename(timeline, join(data, "sandbox.earlier.jsonl"));
  if ((await sizeOf(earlier)) !== undefined)
    log.info(
      `${earlier} is of an earlier version and stays as it is: Crier starts anew beside it, what your sources hold is history and is not announced again, and posts that came by the API must be put again`,
    );
};

/** The table in the data folder, which this process alone uses until `cleanup` runs. */
export const openTable = async (data: string, log: Log, clock: Clock, cleanup: Cleanup) => {
  const file = join(data, "crier.db");
  const isNew = !(await sizeOf(file));
  await makeFiles(data, file);
  const owner = processFile(data);
  const open = async () => {
    try {
      return openChecked(file);
    } catch (cause) {
      if (!isBusy(cause)) throw new StartError(explainDatabase(cause, file) ?? errorMessage(cause), { cause });
      const pid = await owner.running();
      const user =
        pid === undefined ? `another program has ${file} open` : `another Crier (process ${pid}) uses ${data}`;
      throw new StartError(`${user}: stop it or pass --data`, { cause });
    }
  };
  const { database, table } = await open();
  cleanup.add(() => database.close());
  const wasUnclean = await owner.take();
  cleanup.add(owner.remove);
  await keepPrivate(data, log);
  if (isNew) await startAnew(data, log);
  if (wasUnclean) {
    await endLeases(table, clock());
    log.info("the last run did not end cleanly; nothing was lost");
  }
  return { file, database, table };
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

/** The process that uses the data folder, or did when it ended without removing this. Only for messages: SQLite has the lock. */
const processFile = (data: string) => {
  const file = join(data, "crier.pid");
  const read = async (): Promise<number | undefined> => {
    const pid = Number(await readFile(file, "utf8").catch(() => ""));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  };
  return {
    /** Undefined where it has ended. */
    running: async (): Promise<number | undefined> => {
      const pid = await read();
      return pid !== undefined && isRunning(pid) ? pid : undefined;
    },
    /** True where the last process did not remove its own. */
    take: async (): Promise<boolean> => {
      const wasLeft = (await read()) !== undefined;
      await writeFile(file, `${process.pid}\n`).catch(() => undefined);
      return wasLeft;
    },
    remove: () => rm(file, { force: true }),
  };
};
