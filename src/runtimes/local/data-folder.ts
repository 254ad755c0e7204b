import { access, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { MiddlewareHandler } from "hono";
import { problem } from "../../api/middleware.ts";
import { errorCode } from "../../domain/errors.ts";
import { type Site, sourceName } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import { folderObjects } from "../../objects/folder-objects.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { Clock, Log, Runtime } from "../../ports/runtime.ts";
import { compressedBodies } from "../../store/bodies.ts";
import { restoreKey } from "../../store/keys.ts";
import { rowFormat } from "../../store/row-format.ts";
import { allOrNothing, copyDatabase, sqliteRows } from "../../store/sqlite-table.ts";
import { tableStore } from "../../store/table-store.ts";
import { exportLines, exportRows, fromPortable, type Installation, undoMove } from "../../transfer/export-file.ts";
import { type CheckedExport, TransferError } from "../../transfer/read-export.ts";
import { checkSites, type DocumentSource, describeContents, restoredRows } from "../../transfer/restored-rows.ts";
import { type Cleanup, cleanupStack } from "./cleanup.ts";
import { StartError } from "./listen.ts";
import type { LocalEnv } from "./local-server.ts";
import { ownerOnly } from "./private-files.ts";
import { openTable } from "./storage.ts";
import { explainDatabase } from "./watch-storage.ts";

interface FolderOptions extends Pick<Runtime, "clock" | "newId"> {
  readonly data: string;
  readonly log: Log;
}

const explain = (error: unknown, data: string): string | undefined => {
  if (error instanceof StartError) return error.message;
  if (errorCode(error) === "ENOSPC")
    return `the disk is full, so that nothing is restored into ${data}: free some space`;
  return explainDatabase(error, join(data, "crier.db"));
};

/** Runs `act` and then the cleanup. An error says in one line why the folder or its database cannot be used. */
const inFolder = async <T>(data: string, act: (cleanup: Cleanup) => Promise<T>): Promise<T> => {
  const cleanup = cleanupStack();
  try {
    return await act(cleanup);
  } catch (error) {
    const message = explain(error, data);
    throw message === undefined ? error : new TransferError(message, { cause: error });
  } finally {
    await cleanup.run();
  }
};

const folders = (data: string) => ({
  bodies: folderObjects(join(data, "bodies")),
  files: folderObjects(join(data, "public")),
});

/** Opens the data folder of a Crier that is stopped. */
const openStopped = async ({ data, log, clock, newId }: FolderOptions, cleanup: Cleanup) => {
  const exists = await access(join(data, "crier.db")).then(
    () => true,
    () => false,
  );
  if (!exists) throw new TransferError(`there is no crier.db in ${data}: pass --data with the folder of a Crier`);
  const { database, table } = await openTable(data, log, clock, cleanup);
  const { bodies } = folders(data);
  return {
    rows: () => sqliteRows(database),
    bodies: compressedBodies(bodies),
    moves: tableStore(table, { bodies, newId }).moves,
    clock,
    untilQuiet: async () => {},
  };
};

/** A data folder in which no Crier runs. `label` is its name in messages. */
export const folderInstallation = (label: string, options: FolderOptions): Installation => ({
  label,
  nextStep: "Start Crier with it.",
  untilQuiet: 0,
  export: (kind, write) =>
    inFolder(options.data, async (cleanup) => exportRows(await openStopped(options, cleanup), kind, write)),
  restore: (checked, sites) => restoreFolder(checked, sites, options),
  resume: () => inFolder(options.data, async (cleanup) => undoMove((await openStopped(options, cleanup)).moves)),
});

/**
 * The sources of a site's documents on one machine: the folder of `--content`, and the configured folder if there is
 * only one.
 */
const documentSources = ({ id: site, sources }: Site): readonly DocumentSource[] => {
  const own = sources.filter(({ kind }) => kind === "folder");
  const configured = own.length === 1 ? own.map((one) => ({ site, source: sourceName(one) })) : [];
  return [{ site, source: "folder" }, ...configured];
};

const restoreRow = (checked: CheckedExport, at: Instant) => ({
  ...restoreKey,
  format: rowFormat.version,
  state: "done",
  at,
  made: checked.made,
  sha256: checked.sha256,
});

/** Restores an export into a new or empty data folder, completely or not at all. */
const restoreFolder = (
  checked: CheckedExport,
  sites: readonly Site[],
  { data, log, clock, newId }: FolderOptions,
): Promise<void> =>
  inFolder(data, async (cleanup) => {
    checkSites(checked, sites);
    const { database, table } = await openTable(data, log, clock, cleanup);
    const found = await describeContents(sqliteRows(database));
    if (found !== undefined)
      throw new TransferError(
        `the data folder ${data} is not empty (${found}), so that nothing is restored: pass --data with a new folder`,
      );
    const { bodies, files } = folders(data);
    const now = clock();
    await allOrNothing(database, async () => {
      const packing = compressedBodies(bodies);
      const restored = restoredRows(checked, now);
      for await (const row of restored.rows()) await table.put(await fromPortable(row, packing));
      for (const row of restored.listings(sites.flatMap(documentSources)))
        await table.put(await fromPortable(row, packing));
      await table.put(restoreRow(checked, now));
      await restored.writeReceipts({ store: tableStore(table, { bodies, newId }), files, sites });
    });
  });

interface ExportOptions {
  readonly database: DatabaseSync;
  /** The path of the data folder. The copy of the database is in it while it is read. */
  readonly data: string;
  readonly bodies: Objects;
  readonly clock: Clock;
}

/**
 * Answers with an export of the database while Crier runs. A copy is exported, so that all rows are of one moment and
 * Crier continues to work while they are sent.
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
