import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, errorMessage } from "../../domain/errors.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { Clock, Log, SetTimer } from "../../ports/runtime.ts";
import type { Table } from "../../store/table.ts";

/**
 * A failure is over when a write succeeds this long after it: on a nearly full disk, small writes succeed in between.
 */
const calm = 10 * second;

/** More bytes than a nearly full disk has free. */
const probeSize = 64 * 1024;

interface Failure {
  /** Only the first failure of a kind is logged. */
  readonly kind: string;
  readonly text: string;
  readonly at: Instant;
}

interface NewFailure extends Pick<Failure, "kind" | "text"> {
  readonly alarm: string;
  readonly cause: unknown;
}

interface Watching {
  readonly log: Log;
  readonly clock: Clock;
  readonly setTimer: SetTimer;
  /** Called when everything can be written again. Documents that could not be stored can be listed again. */
  readonly onRecovered: () => void;
}

type Guard = <T>(write: Promise<T>) => Promise<T>;

type Failures = ReturnType<typeof trackFailures>;

/**
 * Knows which files and folders cannot be written. Logs the first failure of each kind, and the end of the last one.
 */
const trackFailures = ({ log, clock, onRecovered }: Pick<Watching, "log" | "clock" | "onRecovered">) => {
  const failing = new Map<string, Failure>();
  return {
    has: (path: string): boolean => failing.has(path),
    /** Throws an error with the text that was logged for this kind of failure. */
    fail: (path: string, { alarm, kind, text, cause }: NewFailure): never => {
      const logged = [...failing.values()].find((one) => one.kind === kind);
      if (logged === undefined) log.alarm(alarm, text);
      failing.set(path, { kind, text: logged?.text ?? text, at: clock() });
      throw new Error(logged?.text ?? text, { cause });
    },
    succeed: (path: string): void => {
      const failure = failing.get(path);
      if (failure === undefined || clock() < failure.at + calm) return;
      failing.delete(path);
      if (failing.size > 0) return;
      log.info("the data folder can be written again");
      onRecovered();
    },
    isLogged: (...texts: readonly unknown[]): boolean =>
      [...failing.values()].some(({ text }) => texts.some((one) => String(one).includes(text))),
  };
};

const watchTable = (table: Table, file: string, failures: Failures): Table => {
  const failed = (cause: unknown): never => {
    const text = explainDatabase(cause, file);
    if (text === undefined) throw cause;
    return failures.fail(file, { alarm: "database", kind: isFullDatabase(cause) ? "full" : text, text, cause });
  };
  const written = <T>(answer: T): T => {
    failures.succeed(file);
    return answer;
  };
  return {
    get: (key) => table.get(key).catch(failed),
    put: (row, condition, options) => table.put(row, condition, options).then(written, failed),
    update: (key, change, condition) => table.update(key, change, condition).then(written, failed),
    remove: (key, condition) => table.remove(key, condition).then(written, failed),
    page: (query) => table.page(query).catch(failed),
  };
};

/**
 * Writes a file for nobody into a failing folder: Crier itself may write none for a long time, and not notice a
 * recovery.
 */
const startProbes = (setTimer: SetTimer, failures: Failures) => {
  const cancels = new Map<string, () => void>();
  const probe = async (folder: string): Promise<void> => {
    const file = join(folder, ".probe");
    try {
      await writeFile(file, new Uint8Array(probeSize), { flush: true });
      failures.succeed(folder);
    } catch {
      // The folder still cannot be written: the next probe follows.
    }
    await rm(file, { force: true }).catch(() => undefined);
    if (failures.has(folder)) probeLater(folder);
  };
  const probeLater = (folder: string): void => {
    cancels.get(folder)?.();
    cancels.set(
      folder,
      setTimer(calm, () => void probe(folder)),
    );
  };
  return {
    probeLater,
    close: (): void => {
      for (const cancel of cancels.values()) cancel();
    },
  };
};

/** A log without the entries that only repeat a failure that is logged already. */
const withoutRepetitions = (log: Log, { isLogged }: Failures): Log => ({
  info: log.info,
  warn: (message, fields = {}) => {
    if (!isLogged(message, ...Object.values(fields))) log.warn(message, fields);
  },
  alarm: (name, message, fields = {}) => {
    if (!isLogged(message, ...Object.values(fields))) log.alarm(name, message, fields);
  },
});

/**
 * Watches the writes to the table and to files. The returned log has one line for a disk that cannot be written, instead of
 * one for each step that could not be stored. Every step is retried, so that a person only has to do what that line says.
 */
export const watchStorage = ({ log, clock, setTimer, onRecovered }: Watching) => {
  const failures = trackFailures({ log, clock, onRecovered });
  const { probeLater, close } = startProbes(setTimer, failures);

  /** Returns a guard for writes to the files of a folder. */
  const files = (folder: string): Guard => {
    const failed = (cause: unknown): never => {
      const text = explainFile(cause, folder);
      if (text === undefined) throw cause;
      if (!failures.has(folder)) probeLater(folder);
      return failures.fail(folder, { alarm: "disk", kind: isFullDisk(cause) ? "full" : text, text, cause });
    };
    return (write) => write.catch(failed);
  };
  return {
    table: (table: Table, file: string): Table => watchTable(table, file, failures),
    files,
    objects: (objects: Objects, folder: string): Objects => {
      const guard = files(folder);
      return { read: objects.read, put: (key, bytes, options) => guard(objects.put(key, bytes, options)) };
    },
    log: withoutRepetitions(log, failures),
    close,
  };
};

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

const isFullDatabase = (error: unknown): boolean => codeOfSqlite(error) === codes.full;

export const isBusy = (error: unknown): boolean => codeOfSqlite(error) === codes.busy;

const damaged = (file: string): string =>
  `the database ${file} is damaged: stop Crier, move the file away and start again. What your sources hold comes back into the feeds and is not announced again; posts that came by the API must be put again`;

/**
 * Returns one line that says what is wrong with the database and what to do, or undefined if the error is not from
 * SQLite.
 */
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
      return `the disk does not read or write ${file} (${String(error)}): check the disk. Nothing that was stored is lost`;
    default:
      return `the database ${file} failed (${String(error)})`;
  }
};

/** The check of the database file found a fault. */
export class DamagedDatabase extends Error {
  override readonly name = "DamagedDatabase";
  constructor(file: string, found: string) {
    super(`${damaged(file)} (${found})`);
  }
}

/** Recognises a full disk by the code, so that it is one kind of failure for the table and for files. */
const isFullDisk = (error: unknown): boolean => ["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "");

/**
 * Returns one line that says what is wrong with the files of a folder and what to do, or undefined for any other error.
 */
export const explainFile = (error: unknown, folder: string): string | undefined => {
  if (isFullDisk(error))
    return `the disk is full, so that ${folder} cannot be written: free some space. Nothing that was stored is lost, and what waits is done then`;
  const [reason] = errorMessage(error).split(",", 1);
  switch (errorCode(error)) {
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return `${folder} cannot be written (${reason}): make it writable, or pass --data with a folder of your own`;
    case "EIO":
      return `the disk does not read or write ${folder} (${reason}): check the disk. Nothing that was stored is lost`;
    default:
      return undefined;
  }
};
