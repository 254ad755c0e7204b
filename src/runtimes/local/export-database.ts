import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { MiddlewareHandler } from "hono";
import { problem } from "../../api/middleware.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { Clock } from "../../ports/runtime.ts";
import { compressedBodies } from "../../store/bodies.ts";
import { copyDatabase, sqliteRows } from "../../store/sqlite-rows.ts";
import { exportLines } from "../../transfer/export-lines.ts";
import type { LocalEnv } from "./admit-request.ts";
import { explainDatabase } from "./database-failure.ts";
import { ownerOnly } from "./private-files.ts";

interface ExportOptions {
  readonly database: DatabaseSync;
  /** The data folder, where the copy is while it is read. */
  readonly data: string;
  readonly bodies: Objects;
  readonly clock: Clock;
}

/**
 * Answers with an export of the database while Crier runs. It is made of a copy, so that all rows are of one moment and
 * the work goes on while they are sent.
 */
export const exportDatabase = ({ database, data, bodies, clock }: ExportOptions): MiddlewareHandler<LocalEnv> => {
  const file = join(data, "export.db");
  let isRunning = false;

  const copy = async (): Promise<DatabaseSync> => {
    await rm(file, { force: true });
    await (await open(file, "wx", ownerOnly.file)).close();
    copyDatabase(database, file);
    return new DatabaseSync(file, { readOnly: true });
  };

  async function* lines(): AsyncGenerator<string> {
    const copied = await copy();
    try {
      yield* exportLines(sqliteRows(copied), { bodies: compressedBodies(bodies), now: clock(), kind: "backup" });
    } finally {
      copied.close();
    }
  }

  async function* once(): AsyncGenerator<string> {
    try {
      yield* lines();
    } finally {
      await rm(file, { force: true });
      isRunning = false;
    }
  }

  return async (c) => {
    if (isRunning) return problem(c, 409, "An export is being made: wait until it is done, and try again.");
    isRunning = true;
    const rows = once();
    try {
      const { value: first = "" } = await rows.next();
      const rest = Readable.from(prepend(first, rows));
      const zipped = createGzip();
      rest.once("error", (error) => zipped.destroy(error));
      zipped.once("close", () => rest.destroy());
      return c.body(Readable.toWeb(rest.pipe(zipped)), 200, { "Content-Type": "application/gzip" });
    } catch (error) {
      return problem(c, 500, explainDatabase(error, file) ?? `The export failed: ${String(error)}.`);
    }
  };
};

async function* prepend(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
