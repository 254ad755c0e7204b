import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Instant, second } from "../../domain/time.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { Clock, Log, SetTimer } from "../../ports/runtime.ts";
import type { Table } from "../../store/table.ts";
import { explainDatabase, isFullDatabase } from "./database-failure.ts";
import { explainFile, isFullDisk } from "./file-failure.ts";

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
