import { type Instant, second } from "../../domain/time.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Table } from "../../store/table.ts";
import { explainDatabase } from "./database-failure.ts";

/** After a failure a write must succeed this much later: where a disk is nearly full, small writes succeed between others. */
const calm = 10 * second;

interface Watching {
  /** The database's file. */
  readonly file: string;
  readonly log: Log;
  readonly clock: Clock;
  /** The database can be written again: what could not be stored may be listed again. */
  readonly onRecovered: () => void;
}

/**
 * The table, and a log in which a database that cannot be written is one line, and not one for each step that could not be
 * stored. Every step is tried again, so that nothing is to be done but what the line says.
 */
export const watchDatabase = (table: Table, { file, log, clock, onRecovered }: Watching) => {
  let failing: { readonly explanation: string; readonly at: Instant } | undefined;

  const fail = (cause: unknown): never => {
    const explanation = explainDatabase(cause, file);
    if (explanation === undefined) throw cause;
    if (failing?.explanation !== explanation) log.alarm("database", explanation);
    failing = { explanation, at: clock() };
    throw new Error(explanation, { cause });
  };
  const written = <T>(answer: T): T => {
    if (failing === undefined || clock() < failing.at + calm) return answer;
    failing = undefined;
    log.info("the database can be written again");
    onRecovered();
    return answer;
  };
  const isTold = (...texts: readonly unknown[]): boolean => {
    const explanation = failing?.explanation;
    return explanation !== undefined && texts.some((text) => String(text).includes(explanation));
  };

  const watched: Table = {
    get: (key) => table.get(key).catch(fail),
    put: (row, condition, options) => table.put(row, condition, options).then(written, fail),
    update: (key, change, condition) => table.update(key, change, condition).then(written, fail),
    remove: (key, condition) => table.remove(key, condition).then(written, fail),
    page: (query) => table.page(query).catch(fail),
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
  return { table: watched, log: quiet };
};
