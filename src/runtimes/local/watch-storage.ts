import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, errorMessage } from "../../domain/errors.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { Clock, Log, SetTimer } from "../../ports/runtime.ts";
import type { Table } from "../../store/table.ts";

/** After a failure a write must succeed this much later: where a disk is nearly full, small writes succeed between others. */
const calm = 10 * second;

/** More than what is free where a disk is nearly full. */
const probeSize = 64 * 1024;

interface Failure {
  /** Of failures of one kind, the first is told. */
  readonly kind: string;
  readonly text: string;
  readonly at: Instant;
}

interface Watching {
  readonly log: Log;
  readonly clock: Clock;
  readonly setTimer: SetTimer;
  /** All can be written again: what could not be stored may be listed again. */
  readonly onRecovered: () => void;
}

type Guard = <T>(write: Promise<T>) => Promise<T>;

/**
 * The table and the files, and a log in which a disk that cannot be written is one line, and not one for each step that
 * could not be stored. Every step is tried again, so that nothing is to be done but what the line says.
 */
export const watchStorage = ({ log, clock, setTimer, onRecovered }: Watching) => {
  const failing = new Map<string, Failure>();
  const probes = new Map<string, () => void>();

  const fail = (place: string, alarm: string, kind: string, text: string, cause: unknown): never => {
    const told = [...failing.values()].find((one) => one.kind === kind);
    if (told === undefined) log.alarm(alarm, text);
    failing.set(place, { kind, text: told?.text ?? text, at: clock() });
    throw new Error(told?.text ?? text, { cause });
  };
  const succeed = (place: string): void => {
    const failure = failing.get(place);
    if (failure === undefined || clock() < failure.at + calm) return;
    failing.delete(place);
    if (failing.size > 0) return;
    log.info("the data folder can be written again");
    onRecovered();
  };
  const isTold = (...texts: readonly unknown[]): boolean =>
    [...failing.values()].some(({ text }) => texts.some((one) => String(one).includes(text)));

  const table = (own: Table, file: string): Table => {
    const failed = (cause: unknown): never => {
      const text = explainDatabase(cause, file);
      if (text === undefined) throw cause;
      return fail(file, "database", isFullDatabase(cause) ? "full" : text, text, cause);
    };
    const written = <T>(answer: T): T => {
      succeed(file);
      return answer;
    };
    return {
      get: (key) => own.get(key).catch(failed),
      put: (row, condition, options) => own.put(row, condition, options).then(written, failed),
      update: (key, change, condition) => own.update(key, change, condition).then(written, failed),
      remove: (key, condition) => own.remove(key, condition).then(written, failed),
      page: (query) => own.page(query).catch(failed),
    };
  };

  /** Files may not be written for a long time: whether they can be is found out by one that is nobody's. */
  const probe = async (folder: string): Promise<void> => {
    const file = join(folder, ".probe");
    try {
      await writeFile(file, new Uint8Array(probeSize), { flush: true });
      succeed(folder);
    } catch {
      // Not yet.
    }
    await rm(file, { force: true }).catch(() => undefined);
    if (failing.has(folder)) probeLater(folder);
  };
  const probeLater = (folder: string): void => {
    probes.get(folder)?.();
    probes.set(
      folder,
      setTimer(calm, () => void probe(folder)),
    );
  };

  /** Guards writes to files of a folder. */
  const files = (folder: string): Guard => {
    const failed = (cause: unknown): never => {
      const text = explainFile(cause, folder);
      if (text === undefined) throw cause;
      if (!failing.has(folder)) probeLater(folder);
      return fail(folder, "disk", isFullDisk(cause) ? "full" : text, text, cause);
    };
    return (write) => write.catch(failed);
  };
  const objects = (own: Objects, folder: string): Objects => {
    const guard = files(folder);
    return { read: own.read, put: (key, bytes, options) => guard(own.put(key, bytes, options)) };
  };

  const quiet: Log = {
    info: log.info,
    warn: (message, fields = {}) => {
      if (!isTold(message, ...Object.values(fields))) log.warn(message, fields);
    },
    alarm: (name, message, fields = {}) => {
      if (!isTold(message, ...Object.values(fields))) log.alarm(name, message, fields);
    },
  };
  return {
    table,
    files,
    objects,
    log: quiet,
    close: () => {
      for (const cancel of probes.values()) cancel();
    },
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

/** By its codes, so that one full disk is one matter whoever meets it first. */
const isFullDisk = (error: unknown): boolean => ["ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "");

/** What is wrong with the files in a folder and what to do, in one line. Undefined for any other error. */
export const explainFile = (error: unknown, folder: string): string | undefined => {
  if (isFullDisk(error))
    return `the disk is full, so that ${folder} cannot be written: free some space. Nothing that was stored is lost, and what waits is done then`;
  const [reason] = errorMessage(error).split(",", 1);
  switch (codeOf(error)) {
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return `${folder} cannot be written (${reason}): make it writable, or pass --data with a folder of your own`;
    case "EIO":
      return `the disk does not read or write ${folder} (${reason}): look at the disk. Nothing that was stored is lost`;
    default:
      return undefined;
  }
};
