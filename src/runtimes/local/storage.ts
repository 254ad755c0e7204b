import { access, constants, mkdir, open as openFile, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { errorCode, errorMessage } from "../../domain/errors.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import { endLeases } from "../../store/due-index.ts";
import { rowFormat } from "../../store/row-format.ts";
import { claimFormat, openDatabase, repairDamagedTexts, sqliteTable } from "../../store/sqlite-table.ts";
import { logUnreadable } from "../../store/unreadable-rows.ts";
import type { Cleanup } from "./cleanup.ts";
import { StartError } from "./listen.ts";
import { keepPrivate, ownerOnly } from "./private-files.ts";
import { DamagedDatabase, explainDatabase, isBusy } from "./watch-storage.ts";

const fileSize = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );

/** Creates the folder, and the database's file with a mode that keeps other users out from the beginning. */
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

/** Throws if a page of the file is damaged, because a fault that is found later would interrupt a step. */
const check = (database: DatabaseSync, file: string): void => {
  const found = database.prepare("pragma quick_check(1)").get()?.quick_check;
  if (found !== "ok") throw new DamagedDatabase(file, String(found));
};

const openChecked = (file: string, data: string) => {
  const database = openDatabase(file);
  try {
    const newer = claimFormat(database, rowFormat.version);
    if (newer !== undefined)
      throw new StartError(
        `${data} has the data of a newer Crier (format ${newer}, this one reads up to ${rowFormat.version}): install that version again, or pass --data with a new folder for an export that was made before it`,
      );
    const repaired = repairDamagedTexts(database);
    check(database, file);
    return { database, table: sqliteTable(database), repaired };
  } catch (error) {
    database.close();
    throw error;
  }
};

/** A new database has no row of the posts that the sandbox showed, so that their timeline is kept in another file. */
const setTimelineAside = async (data: string): Promise<void> => {
  const timeline = join(data, "sandbox.jsonl");
  if ((await fileSize(timeline)) !== undefined) await rename(timeline, join(data, "sandbox.earlier.jsonl"));
};

/** Opens the table in the data folder. Only this process uses it until `cleanup` runs. */
export const openTable = async (data: string, log: Log, clock: Clock, cleanup: Cleanup) => {
  const file = join(data, "crier.db");
  const isNew = !(await fileSize(file));
  await makeFiles(data, file);
  const owner = processFile(data);
  const open = async () => {
    try {
      return openChecked(file, data);
    } catch (cause) {
      if (cause instanceof StartError) throw cause;
      if (!isBusy(cause)) throw new StartError(explainDatabase(cause, file) ?? errorMessage(cause), { cause });
      const pid = await owner.running();
      const user =
        pid === undefined ? `another program has ${file} open` : `another Crier (process ${pid}) uses ${data}`;
      throw new StartError(`${user}: stop it or pass --data`, { cause });
    }
  };
  const { database, table, repaired } = await open();
  cleanup.add(() => database.close());
  const wasUnclean = await owner.take();
  cleanup.add(owner.remove);
  await keepPrivate(data, log);
  if (isNew) await setTimelineAside(data);
  const notice = logUnreadable(log);
  for (const key of repaired) notice({ key, names: [] });
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
    return errorCode(error) === "EPERM";
  }
};

/**
 * The file with the id of the process that uses the data folder. It is left behind by a crash. Only messages need it:
 * SQLite has the lock.
 */
const processFile = (data: string) => {
  const file = join(data, "crier.pid");
  const read = async (): Promise<number | undefined> => {
    const pid = Number(await readFile(file, "utf8").catch(() => ""));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  };
  return {
    /** Returns the id of the process, or undefined if it has ended. */
    running: async (): Promise<number | undefined> => {
      const pid = await read();
      return pid !== undefined && isRunning(pid) ? pid : undefined;
    },
    /** Writes the id of this process. Returns true if the last process did not remove its own. */
    take: async (): Promise<boolean> => {
      const wasLeft = (await read()) !== undefined;
      await writeFile(file, `${process.pid}\n`).catch(() => undefined);
      return wasLeft;
    },
    remove: () => rm(file, { force: true }),
  };
};
